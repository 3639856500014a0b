"""The words of the content and of the assistant itself are plain, short and kind (C10 to C16, C20, C22)."""

import re
from collections.abc import Iterator
from itertools import groupby

import pytest

from actions.rendering.phrases import FOLDER, phrases

LANGUAGES = ("en", "es")
MOST_WORDS = {"en": 20, "es": 24}
EVENT_OF_DEATH = "death_of_loved_one"
WORD = re.compile(r"[\w{}][\w{}'’.,&/-]*")
NOT_A_VERB = {
    "en": "the a an you your yours it its this that these those they their we our i my he his she her who there here".split(),
    "es": "el la los las lo un una unos unas usted su sus este esta esto ese esa eso hay aquí ahí quien ellos ellas yo mi".split(),
}
LEAD_IN = re.compile(r"^(if|for|to|with|without|when|si|para|por|con|sin|cuando)\b[^,]*, ", re.IGNORECASE)
"""What may stand before the verb: for whom or for when the step is."""


def texts(content, language, slug=None) -> Iterator[tuple[str, str]]:
    """Yield where each text of the content stands, and the text; ``slug`` limits it to one event and what belongs to it."""
    events = [event for event in content.events.values() if slug in (None, event.slug)]
    services = {step.service for event in events for step in event.steps}
    facts = {fact for event in events for fact in event.ask} | {f for e in events for s in e.steps if s.who for f in s.who.facts()}
    for event in events:
        for name in ("title", "opening", "opening_neutral", "closing"):
            if text := getattr(event, name):
                yield f"{event.slug}.{name}", text.in_(language)
        for step in event.steps:
            for name in ("do", "say", "why", "deadline", "cost", "takes"):
                if text := getattr(step, name):
                    yield f"{event.slug}.{step.id}.{name}", text.in_(language)
            for line in step.bring.in_(language) if step.bring else []:
                yield f"{event.slug}.{step.id}.bring", line
    for fact in content.facts.values():
        if slug is None or fact.id in facts:
            if fact.question:
                yield f"{fact.id}.question", fact.question.in_(language)
            for name in ("because", "values"):
                for value, text in getattr(fact, name).items():
                    yield f"{fact.id}.{name}.{value}", text.in_(language)
    for service in content.services.values():
        if slug is None or service.id in services:
            yield f"{service.id}.name", service.name.in_(language)
            yield f"{service.id}.summary", service.summary.in_(language)
            for phone in service.phones:
                for name in ("hours", "press"):
                    if text := getattr(phone, name):
                        yield f"{service.id}.{name}", text.in_(language)
    for table in content.states.values():
        for state, row in table.rows.items():
            if slug is None and row.note:
                yield f"{table.program}.{state}.note", row.note.in_(language)


def own_words(language) -> Iterator[tuple[str, str]]:
    """Yield what the assistant itself says."""
    own = phrases(language)
    for key in own._entries:
        for line in own.lines(key):
            yield f"phrases.{key}", line


def steps(content):
    return [(event, step) for event in content.events.values() for step in event.steps]


def sentences(text) -> list[str]:
    return [part for part in re.split(r"(?<=[.?])(?<! [A-Za-z]\.)(?<!EE\.)\s+(?=[A-ZÁÉÍÓÚÑ¿{])", text) if part]


def matching(pattern, content, language, slug=None):
    found = re.compile(pattern, re.IGNORECASE)
    own = own_words(language) if slug is None else []
    return [(place, text) for place, text in [*texts(content, language, slug), *own] if found.search(text)]


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_sentence_is_longer_than_twenty_words(content, language):
    """C11; 24 in Spanish, which needs more small words for the same thing. A colon or semicolon ends a thought too."""
    labels = (".hours", ".name", ".values")
    found = [
        (place, len(WORD.findall(sentence)), sentence)
        for place, text in [*texts(content, language), *own_words(language)]
        if not place.endswith(labels)
        for whole in sentences(text)
        for sentence in re.split("[;:] ", whole)
        if len(WORD.findall(sentence)) > MOST_WORDS[language]
    ]
    assert not found


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_step_has_more_than_two_sentences(content, language):
    """C11."""
    assert not [(step.id, step.do.in_(language)) for _, step in steps(content) if len(sentences(step.do.in_(language))) > 2]


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_starts_with_a_verb(content, language):
    """C14: not with an article, a pronoun or a name; "If ...," and "For ...," may say first for whom it is."""
    wrong = []
    for event, step in steps(content):
        for text in (step.do, step.say):
            words = LEAD_IN.sub("", text.in_(language)) if text else ""
            first = re.split(r"[^\w]", words, maxsplit=1)[0] if words else "Do"
            if first.casefold() in NOT_A_VERB[language] or first.isupper() or LEAD_IN.match(words + ", "):
                wrong.append((event.slug, step.id, text.in_(language)))
    assert not wrong


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_step_starts_with_a_capital_and_ends_with_a_full_stop(content, language):
    for _, step in steps(content):
        for text in (step.do, step.why, *([step.say] if step.say else [])):
            words = text.in_(language)
            assert words[0] in "{¿" or words[0].isupper()
            assert words[-1] in ".?"


@pytest.mark.parametrize("language", LANGUAGES)
def test_there_is_no_exclamation_mark_and_no_emoji(content, language):
    """C15."""
    assert not matching("[!¡\N{VARIATION SELECTOR-16}\U0001f000-\U0001faff\u2600-\u27bf]", content, language)


def test_the_files_of_the_content_and_the_phrases_hold_no_look_alike_letters():
    """A Cyrillic or Greek letter in a Latin word cannot be found by the search and is read out wrong."""
    paths = [*FOLDER.glob("*.yml"), *(FOLDER.parents[2] / "knowledge" / "content").rglob("*.yml")]
    assert len(paths) > 20
    assert not [
        path.name for path in paths if re.search("[\u0370-\u03ff\u0400-\u04ff\u200b-\u200f\ufeff]", path.read_text(encoding="utf-8"))
    ]


@pytest.mark.parametrize(
    ("language", "words"),
    [
        (
            "en",
            r"pass(ed|es|ing)? (away|on\b)|loved one|the deceased|\bexpired\b|no longer with us|your loss\b|late (father|mother)",
        ),
        ("es", r"fallec|difunt|ser(es)? querido|ya no está con|pasó a mejor vida|perdió la vida|partió|su pérdida|q\.?e\.?p\.?d"),
    ],
)
def test_death_is_called_death(content, language, words):
    """C20: says "died", "death", "dies"; never a paraphrase."""
    assert not matching(words, content, language)


@pytest.mark.parametrize(
    ("language", "words"),
    [
        ("en", r"cause of death|how (did|was) .* die|how are you feeling|congratulations|\b(great|awesome|perfect|wonderful)\b"),
        (
            "es",
            r"causa de (la )?muerte|(de qué|cómo) murió|cómo se siente|felici(dades|taciones)|\b(genial|excelente|perfecto)\b",
        ),
    ],
)
def test_nobody_is_cheered_or_questioned_about_a_death(content, language, words):
    """C22."""
    assert not matching(words, content, language, EVENT_OF_DEATH)
    assert not [line for line in own_words(language) if re.search(words, line[1], re.IGNORECASE)]


def test_bureaucratic_words_are_not_used(content):
    """C12: none of the words that plainlanguage.gov says to drop, and "must", not "shall"."""
    words = (
        "addressees?|assist(s|ed|ing)?|commence[sd]?|disseminate|endeavou?r|expiration|facilitate|herein|heretofore|implement(ed|s)?|"
        "in accordance with|in order to|in regard to|pertaining to|prior to|promulgate|pursuant|remittance|shall|subsequent(ly)?|"
        "terminate[sd]?|"
        "therefor|therein|thereof|utili[sz]e[sd]?|aforementioned|ascertain|effectuate|expedite the"
    )
    assert not matching(rf"\b({words})\b", content, "en")


@pytest.mark.parametrize(("language", "words"), [("en", r"\b(click|tap)(s|ping|ing)?\b"), ("es", r"\b(haga )?clic\b|\bpulse\b|\bpinche\b")])
def test_people_select_and_do_not_click(content, language, words):
    """C16."""
    assert not matching(words, content, language)


def test_the_person_is_addressed_as_you(content):
    """C12: "you", never "the user" or "applicants"; in Spanish always "usted"."""
    assert not matching(r"\bthe (user|applicant|claimant|beneficiary)\b|\bapplicants\b", content, "en")
    assert not matching(r"\b(tú|tienes|puedes|quieres|tu|tus|vosotros|vuestro)\b", content, "es")


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_number_or_address_stands_in_a_sentence(content, language):
    """A telephone number or link belongs to its service: there it has a source and a review day (C35, C90).

    The name of a site may stand in a sentence, as HealthCare.gov does.
    """
    assert not matching(r"\b\d{3}[ .-]\d{3}[ .-]\d{4}\b|\(\d{3}\)|https?://|\bwww\.|\w\.(gov|mil|org|com)/", content, language)


def test_both_languages_say_the_same_thing_with_the_same_placeholders(content):
    spanish = dict(numbered(texts(content, "es")))
    for place, english in numbered(texts(content, "en")):
        holes = {hole for hole in re.findall(r"{\w+}", english) if hole != "{relation}"}
        assert holes == {hole for hole in re.findall(r"{\w+}", spanish[place]) if hole != "{relation}"}, place


def numbered(found) -> Iterator[tuple[str, str]]:
    """Yield texts with a number after each place, as a place with several lines occurs more than once."""
    for place, group in groupby(found, key=lambda pair: pair[0]):
        for number, (_, text) in enumerate(group):
            yield f"{place}.{number}", text


def test_the_phrases_of_both_languages_have_the_same_keys_lines_and_holes():
    english, spanish = phrases("en"), phrases("es")
    assert set(english._entries) == set(spanish._entries)
    for key in english._entries:
        assert isinstance(english._entries[key], list) == isinstance(spanish._entries[key], list), key
        holes = [set(re.findall(r"{\w+}", " ".join(both.lines(key)))) for both in (english, spanish)]
        assert holes[0] == holes[1], key


def syllables(word) -> int:
    """Return about how many syllables an English word has."""
    word = word.lower()
    count = len(re.findall(r"[aeiouy]+", word))
    if count > 1 and re.search(r"[^l]e$|[^td]ed$|[^sxz]es$", word):
        count -= 1
    return max(1, count)


def grade(text) -> float:
    """Return the Flesch-Kincaid grade of an English ``text`` without its proper names."""
    parts = sentences(text)
    words = []
    for part in parts:
        first, *rest = re.findall(r"[A-Za-z][A-Za-z'’-]*", part) or ["a"]
        words += [first, *(word for word in rest if not word[0].isupper())]
    return 0.39 * len(words) / len(parts) + 11.8 * sum(map(syllables, words)) / len(words) - 15.59


def test_the_grade_is_counted_as_flesch_and_kincaid_do():
    assert grade("The cat sat on the mat. It was warm.") < 1
    assert grade("Institutional accountability necessitates comprehensive documentation of administrative determinations.") > 15


def test_each_event_reads_at_grade_six_or_lower(content):
    """C10. textstat needs a dictionary from the network, so the syllables are counted here."""
    for event in content.events.values():
        assert grade(" ".join(f"{step.do.en} {step.why.en}" for step in event.steps)) <= 6, event.slug


def test_nineteen_of_twenty_steps_read_at_grade_eight_or_lower(content):
    """C10: grade 8 a step. Short texts on "disability" or "representative" pass it by their subject, hence not all."""
    hard = [(event.slug, step.id) for event, step in steps(content) if grade(f"{step.do.en} {step.why.en}") > 8]
    assert len(hard) <= len(steps(content)) / 20, hard
