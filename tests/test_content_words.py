"""The words of the content and of the assistant itself are plain, short and kind (C10 to C16, C20, C22)."""

import re
from itertools import groupby

import pytest

from actions.rendering.phrases import FOLDER, phrases
from assistant.designing.words import MOST_WORDS, RULES, Lint, reading_grade, sentences
from knowledge.content import CONTENT

LANGUAGES = ("en", "es")
ROOT = CONTENT.parents[1]
WORD = re.compile(r"[\w{}][\w{}'’.,&/-]*")


@pytest.fixture(scope="module")
def lint(content):
    return Lint(ROOT, content)


def own_words(language):
    """Yield what the assistant itself says."""
    own = phrases(language)
    for key in own._entries:
        for line in own.lines(key):
            yield f"phrases.{key}", line


def test_the_content_keeps_every_rule(lint):
    """C10 to C16, C20, C22: the same check that designers run, with file and line."""
    assert lint.problems() == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_assistants_own_words_keep_the_rules(language):
    general = [rule for rule in RULES if language in rule.languages]
    assert not [(place, text) for place, text in own_words(language) for rule in general if rule.words.search(text)]
    long = [
        (place, sentence)
        for place, text in own_words(language)
        for whole in sentences(text)
        for sentence in re.split("[;:] ", whole)
        if len(WORD.findall(sentence)) > MOST_WORDS[language]
    ]
    assert not long


def told(content, language, **changes):
    """Return what the lint says of the event of a death when its first step has other words."""
    event = content.events["death_of_loved_one"]
    step = event.steps[0]
    words = {name: getattr(step, name).model_copy(update={language: text}) for name, text in changes.items()}
    changed = event.model_copy(update={"steps": [step.model_copy(update=words)]})
    rest = type(content)(content.agencies, {}, {}, {}, {event.slug: changed})
    return [problem.message for problem in Lint(ROOT, rest).problems() if f"{step.id}." in problem.message]


@pytest.mark.parametrize(
    ("language", "words", "said"),
    [
        ("en", "Tell the bank that your loved one died.", "say died"),
        ("en", "Say when he passed away.", "say died"),
        ("es", "Avise que su ser querido murió.", "diga murió"),
        ("es", "Diga cuándo falleció.", "diga murió"),
        ("en", "Write down the cause of death.", "do not ask"),
        ("es", "Escriba la causa de muerte.", "no pregunte"),
        ("en", "Get great help at the office.", "do not cheer"),
        ("en", "Utilize the form.", "plainer word"),
        ("en", "Call prior to the visit.", "plainer word"),
        ("en", "Tell the applicant.", "say you"),
        ("es", "Lleve tu tarjeta.", "diga usted"),
        ("en", "Click the link.", "say select"),
        ("es", "Haga clic ahí.", "diga seleccione"),
        ("en", "Call now!", "exclamation"),
        ("en", "Call 800-772-1213 now.", "into the service"),
        ("en", "Open www.ssa.gov now.", "into the service"),
        ("en", "Bring the fоrm.", "Latin"),
        ("en", "The form is online.", "start with a verb"),
        ("es", "El formulario está en internet.", "start with a verb"),
        ("en", "call the office", "capital letter"),
        ("en", "Call. Write. Wait.", "two sentences"),
        ("en", "Call " + "the office and " * 8 + "wait.", "words: use at most 20"),
        ("es", "Llame " + "a la oficina y " * 7 + "espere.", "words: use at most 24"),
        ("en", "Demonstrate institutional accountability necessitating comprehensive administrative determinations.", "reads at grade"),
    ],
)
def test_words_that_break_a_rule_are_found(content, language, words, said):
    assert any(said in message for message in told(content, language, do=words)), told(content, language, do=words)


def test_plain_words_are_left_alone(content):
    assert told(content, "en", do="Call the office. Ask for two copies.", why="Banks ask for them.") == []
    assert told(content, "es", do="Llame a la oficina. Pida dos copias.", why="Los bancos las piden.") == []


def test_the_line_of_a_text_is_found(content):
    event = content.events["moving"]
    path = CONTENT / "events" / "moving.yml"
    step = event.steps[2].model_copy(update={"when": "now"})
    lines = path.read_text(encoding="utf-8").splitlines()
    lint = Lint(ROOT, content)
    from assistant.designing.words import Said

    file, line = lint._find(Said("events/moving.yml", "moving.x.do", step.do.en))
    assert file == "events/moving.yml"
    assert step.do.en[:30] in lines[line - 1]


def test_the_grade_is_that_of_flesch_and_kincaid_without_names():
    assert reading_grade("The cat sat on the mat. It was warm.", "en") < 1
    assert reading_grade("Institutional accountability necessitates comprehensive documentation of determinations.", "en") > 15
    plain = reading_grade("Ask the office for help.", "en")
    assert reading_grade("Ask the Occupational Safety Administration (OSHA) for help.", "en") <= plain + 1.5
    assert reading_grade("El gato se sentó. Hacía calor.", "es") < 3


def test_the_files_of_the_content_and_the_phrases_hold_no_look_alike_letters():
    """A Cyrillic or Greek letter in a Latin word cannot be found by the search and is read out wrong."""
    paths = [*FOLDER.glob("*.yml"), *(FOLDER.parents[2] / "knowledge" / "content").rglob("*.yml")]
    assert len(paths) > 20
    assert not [
        path.name for path in paths if re.search("[\u0370-\u03ff\u0400-\u04ff\u200b-\u200f\ufeff]", path.read_text(encoding="utf-8"))
    ]


def test_both_languages_say_the_same_thing_with_the_same_placeholders(content):
    lint = Lint(ROOT, content)
    spanish = dict(numbered(lint.texts("es")))
    for place, english in numbered(lint.texts("en")):
        holes = {hole for hole in re.findall(r"{\w+}", english) if hole != "{relation}"}
        assert holes == {hole for hole in re.findall(r"{\w+}", spanish[place]) if hole != "{relation}"}, place


def numbered(found):
    """Yield texts with a number after each place, as a place with several lines occurs more than once."""
    for place, group in groupby(found, key=lambda said: said.place):
        for number, said in enumerate(group):
            yield f"{place}.{number}", said.text


def test_the_phrases_of_both_languages_have_the_same_keys_lines_and_holes():
    english, spanish = phrases("en"), phrases("es")
    assert set(english._entries) == set(spanish._entries)
    for key in english._entries:
        assert isinstance(english._entries[key], list) == isinstance(spanish._entries[key], list), key
        holes = [set(re.findall(r"{\w+}", " ".join(both.lines(key)))) for both in (english, spanish)]
        assert holes[0] == holes[1], key
