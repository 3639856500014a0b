"""Put a path, a question or a few words together into a reply."""

from __future__ import annotations

import datetime as dt
import json

from actions.rendering import text, voice
from actions.rendering.phrases import Phrases, phrases
from actions.rendering.reply import Choice, Message, Outcome, Reply
from actions.situation import Situation
from knowledge.search import services_path
from knowledge.store import KnowledgeBase
from knowledge.task_path import TaskPath, find_path
from knowledge.words import Words

PERSON_SERVICE = "usagov_contact_center"
_MOST_CHOICES = 8


class Answers:
    """Word the answers of one turn."""

    def __init__(self, base: KnowledgeBase, situation: Situation, today: dt.date) -> None:
        self.base, self.situation, self.today = base, situation, today
        self.phrases: Phrases = phrases(situation.language)

    def words(self, key: str, outcome: Outcome = "smalltalk", choices: list[Choice] | None = None, **values: object) -> Reply:
        """Return the phrase ``key`` as a reply."""
        lines = [line.format(**values) for line in self.phrases.lines(key)]
        return self.reply(outcome, [Message(line) for line in lines], " ".join(lines), choices=choices or [])

    def reply(
        self, outcome: Outcome, messages: list[Message], speech: str, path: TaskPath | None = None, choices: list[Choice] | None = None
    ) -> Reply:
        """Return a reply in the language of the turn."""
        now = self.situation
        return Reply(
            language=self.phrases.language,
            outcome=outcome,
            messages=messages,
            speech=voice.plain(speech, self.phrases.language),
            event=now.event,
            also=now.also,
            path=path.as_json() if path else None,
            choices=choices or [],
        )

    def find(self) -> TaskPath:
        """Return the path for the situation."""
        now = self.situation
        assert now.event is not None
        return find_path(self.base, now.event, now.facts, now.language, self.today, now.start, now.skipped)

    def path(self, lead: str | None = None) -> tuple[Reply, Situation]:
        """Return the path for the situation as a reply, and the situation after it."""
        now, found = self.situation, self.find()
        is_new = now.event not in now.opened
        opening = found.opening if is_new and now.start == 0 else None
        head = " ".join(part for part in (opening, lead, text.intro(found, self.phrases, now.start > 0)) if part)
        closing = text.closing(found, self.phrases)
        if now.also:
            titles = ", ".join(self.base.event(slug).title.in_(now.language) for slug in now.also)
            closing = self.phrases.line("also", titles=titles)
        messages = [Message(head, "opening"), text.steps(found, self.phrases)]
        question = self.question(found.ask) if found.ask else None
        if question:
            closing = f"{question} {self.phrases.line('can_skip')}"
        messages.append(Message(closing, "question" if question else "closing"))
        choices = self.choices_for(found.ask) if found.ask else []
        choices += [Choice(self.base.event(slug).title.in_(now.language), f"/{slug}") for slug in now.also[:2]]
        if found.more and not found.ask:
            choices.append(Choice(self.phrases.line("more"), "/what_else"))
        before = " ".join(part for part in (opening, lead) if part)
        speech = voice.speak_path(found, self.phrases, before=before, after=closing)
        after = now.with_(asked=found.ask, focus=0, misses=0, opened=[*now.opened, now.event] if is_new and now.event else now.opened)
        return self.reply("path", messages, speech, found, choices), after

    def question(self, fact: str) -> str:
        """Return how to ask for ``fact``."""
        return Words(self.base.facts(), self.situation.facts, self.situation.language).question(fact)

    def choices_for(self, fact_name: str) -> list[Choice]:
        """Return the buttons that answer the question for ``fact_name``, and one to skip it."""
        fact, language = self.base.facts()[fact_name], self.situation.language
        skip = Choice(self.phrases.line("skip"), "/skip")
        if fact.kind == "bool":
            pairs = [(self.phrases.line("yes"), "yes"), (self.phrases.line("no"), "no")]
        elif fact.kind == "choice":
            pairs = [(label.in_(language), value) for value, label in list(fact.values.items())[:_MOST_CHOICES]]
        else:
            pairs = []
        labelled = [(label[:1].upper() + label[1:], value) for label, value in pairs]
        return [*(Choice(label, "/inform" + json.dumps({fact_name: value})) for label, value in labelled), skip]

    def person(self, lead: str = "hand_off", outcome: Outcome = "handoff") -> Reply:
        """Return how to reach a person."""
        service = self.base.service(PERSON_SERVICE)
        lines = self.phrases.lines(lead)
        spoken = list(lines)
        if service and service.phones:
            phone, language = service.phones[0], self.situation.language
            hours = phone.hours.in_(language) if phone.hours else ""
            lines.append(f"{service.name.in_(language)}. {self.phrases.line('hand_off_tell', phone=phone.number, hours=hours)}")
            spoken.append(
                f"{service.name.in_(language)}. "
                + self.phrases.line("spoken_phone", digits=voice.digits(phone.number, language))
                + f" {hours}."
            )
            if phone.tty:
                lines.append(self.phrases.line("hand_off_tty", tty=phone.tty))
        return self.reply(outcome, [Message(" ".join(lines))], " ".join(spoken))

    def search(self, lead: str, outcome: Outcome, query: str | None = None) -> Reply:
        """Return the services that fit what was said, and a person when there are none."""
        now = self.situation
        found = services_path(self.base, query or now.text, now.facts, now.language, self.today)
        choices = [Choice(self.phrases.line("person"), "/person")]
        if not found.steps:
            return self.person("not_found")
        messages = [Message(" ".join(self.phrases.lines(lead)), "opening"), text.steps(found, self.phrases)]
        speech = voice.speak_path(found, self.phrases, before=messages[0].text)
        return self.reply(outcome, messages, speech, found, choices)
