"""A path as text: at most three short bubbles, each step with its place, one question at most."""

import random
import re

import pytest

from actions.answer import Answers
from actions.rendering import text
from actions.rendering.phrases import phrases
from actions.rendering.reply import Message, Reply
from actions.situation import Situation
from knowledge.states import STATES
from knowledge.task_path import Reach, candidates, find_path

LANGUAGES = ("en", "es")
EVENT = "death_of_loved_one"
ADDRESS = re.compile(r"^   .*$|^\d\. ", re.MULTILINE)
"""The line below a step that says where it is done, and its number."""


def some_people(content, event, count=8):
    """Return sets of facts: of nobody, and of ``count`` people for whom a few steps of ``event`` surely are."""
    chance = random.Random(event.slug)
    people = [{}]
    for _ in range(count):
        facts = {"state": chance.choice(sorted(STATES)), "relation": chance.choice(sorted(content.facts["relation"].values))}
        for step in chance.sample(event.steps, 4):
            for name in step.who.facts() if step.who else []:
                fact = content.facts[name]
                values = {"bool": [True, True, False], "choice": sorted(fact.values), "number": [8, 30, 63, 70], "date": ["2026-03-01"]}
                facts[name] = chance.choice(values.get(fact.kind, ["TX"]))
        people.append(facts)
    return people


@pytest.fixture(scope="module")
def replies(base, content, today):
    """Return (language, event, facts, start, reply) for some people of each event, first steps and what else."""
    return [
        (language, slug, facts, start, Answers(base, Situation(language=language, event=slug, facts=facts, start=start), today).path()[0])
        for slug, event in content.events.items()
        for facts in some_people(content, event)
        for start in (0, 3)
        if start < len(candidates(base, event, facts, today))
        for language in LANGUAGES
    ]


def test_an_answer_has_at_most_three_bubbles(replies):
    """C11."""
    assert {len(reply.messages) for *_, reply in replies} <= {2, 3}
    assert {tuple(message.part for message in reply.messages) for *_, reply in replies} <= {
        ("opening", "steps", "question"),
        ("opening", "steps", "closing"),
    }


def test_a_bubble_has_at_most_sixty_words(replies):
    """C11; where a step is done stands on a line of its own and does not count, and the name of an office is one word."""

    def words(reply, message):
        text = ADDRESS.sub("", message.text)
        for step in (reply.path or {}).get("steps", ()):
            name = step["service"]["name"].removesuffix(".")
            text = text.replace(name, "office").replace(name[:1].lower() + name[1:], "office")
        return text.split()

    long = {
        (slug, language, len(found), " ".join(found))
        for language, slug, _, _, reply in replies
        for message in reply.messages
        if len(found := words(reply, message)) > 60
    }
    assert not long


def test_nothing_is_left_to_be_filled_in(replies):
    for *_, reply in replies:
        assert not re.search(r"[{}]|\bNone\b|\.\.", reply.text()), reply.text()


def test_each_step_is_numbered_and_followed_by_its_place(replies):
    for *_, reply in replies:
        lines = next(message.text for message in reply.messages if message.part == "steps").split("\n")
        steps = reply.path["steps"]
        assert len(lines) == 2 * len(steps)
        for number, step in enumerate(steps, 1):
            assert lines[2 * number - 2] == f"{number}. {step['do']}"
            assert step["reach"]["url"] in lines[2 * number - 1]
            assert not step["reach"]["phone"] or step["reach"]["phone"] in lines[2 * number - 1]


def test_the_way_in_which_a_step_is_done_best_comes_first():
    own = phrases("en")
    reach = {"url": "https://www.ssa.gov/", "phone": "800-772-1213"}
    assert text.place(Reach("phone", **reach), own) == "Call 800-772-1213, https://www.ssa.gov/"
    assert text.place(Reach("web", **reach), own) == "https://www.ssa.gov/, Call 800-772-1213"
    assert text.place(Reach("web", "https://www.ssa.gov/"), own) == "https://www.ssa.gov/"


def test_at_most_one_question_is_asked_and_it_can_be_skipped(replies):
    """C23."""
    for language, *_, reply in replies:
        opening, _, last = reply.messages
        assert "?" not in opening.text
        assert last.text.count("?") <= 1
        if last.part == "question":
            assert last.text.endswith(phrases(language).line("can_skip"))
            assert reply.choices[-1].payload == "/skip"


def test_the_number_of_steps_is_the_one_that_is_announced(replies):
    for language, _, _, start, reply in replies:
        count, own = len(reply.path["steps"]), phrases(language)
        expected = own.line("intro_more") if start else own.line("intro_one") if count == 1 else own.line("intro_many", count=count)
        assert reply.messages[0].text.endswith(expected)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_condolence_is_said_first_and_once(base, content, today, language):
    """C21."""
    situation = Situation(language=language, event=EVENT, facts={"relation": "mother"})
    first, situation = Answers(base, situation, today).path()
    again, _ = Answers(base, situation.with_(facts={**situation.facts, "state": "OH"}), today).path()
    opening = content.events[EVENT].opening.in_(language).replace("{relation}", content.facts["relation"].values["mother"].in_(language))
    assert first.messages[0].text.startswith(opening)
    assert opening not in again.text()
    assert opening not in again.speech


def test_every_opening_is_short(content):
    """C21: at most eight words."""
    for event in content.events.values():
        for opening in (event.opening, event.opening_neutral):
            assert opening is None or len(opening.en.replace("{relation}", "your father").split()) <= 8


def test_every_answer_says_what_happens_next(replies):
    """C05."""
    for language, slug, _, _, reply in replies:
        last = reply.messages[-1]
        assert last.part == "question" or len(last.text.split()) > 4, (slug, language)


def test_what_else_is_offered_while_there_is_more(replies):
    for *_, reply in replies:
        offered = [choice.payload for choice in reply.choices]
        assert ("/what_else" in offered) == bool(reply.path["more"] and not reply.path["ask"])


def test_no_button_is_empty_and_none_is_shown_twice(replies):
    """C43: nothing asked twice."""
    for *_, reply in replies:
        labels = [choice.label for choice in reply.choices]
        assert len(set(labels)) == len(labels)
        assert all(label[:1].isupper() or not label[:1].isalpha() or label.startswith("¿") for label in labels)


def test_a_reply_survives_the_way_through_json(replies):
    for *_, reply in replies[::20]:
        assert Reply.from_json(reply.as_json()) == reply


def test_both_languages_lead_to_the_same_pages_and_numbers(base, content, today):
    for event in content.events.values():
        for facts in some_people(content, event, 5):
            english, spanish = (find_path(base, event.slug, facts, language, today) for language in LANGUAGES)
            assert [step.service.id for step in english.steps] == [step.service.id for step in spanish.steps]
            assert [bool(step.reach.phone) for step in english.steps] == [bool(step.reach.phone) for step in spanish.steps]


def test_a_language_without_phrases_is_answered_in_english():
    assert phrases("fr").language == "en"
    assert phrases("../en").language == "en"


def test_a_path_of_one_step_is_announced_as_one(folder, tmp_path, today):
    from knowledge.store import open_knowledge

    folder.change("events/moving.yml", "    who: {fact: served, is: true}", "    who: {fact: served, is: true}\n    if_unknown: hide")
    base = open_knowledge(tmp_path / "var", folder.root)
    path = find_path(base, "moving", {}, "en", today)
    assert text.intro(path, phrases("en"), more=False) == phrases("en").line("intro_one")
    assert text.closing(path, phrases("en")) == phrases("en").line("closing_one")
    assert text.steps(path, phrases("en")) == Message(
        "1. Tell the Postal Service your new address.\n   https://www.usps.com/manage/forward.htm, Call 800-275-8777", "steps"
    )
    base.close()
