"""Hotlines are fresh, live in one file only, and the fixed crisis answers name them as UX.md asks (C30-C38)."""

import datetime as dt
import re
import shutil

import pytest

from knowledge.content import CONTENT
from knowledge.crisis import ANSWERS, HOTLINES, load_crisis, load_hotlines
from knowledge.errors import ContentError

FRESH = dt.timedelta(days=90)
EVERYBODY_KNOWS = {"911", "988", "211", "711"}
"""Short codes that are words of everyday language; a text outside crisis.yml may name them."""
SERVICE_PHONE = re.compile(r"^\s*(-\s*\{?\s*)?(number|tty):")
CRISES = ("crisis_self_harm", "crisis_violence", "crisis_emergency")


@pytest.fixture(scope="module")
def hotlines():
    return load_hotlines(CONTENT)


@pytest.fixture(scope="module")
def answers():
    return load_crisis(CONTENT)


def text(answer, language):
    return " ".join(answer.messages[language])


def sentences(words):
    return re.split(r"(?<=[.?])\s+(?=[A-ZÁÉÍÓÚ¿])", words)


def test_every_hotline_was_verified_in_the_last_90_days(hotlines):
    stale = [hotline.id for hotline in hotlines.values() if dt.date.today() - hotline.verified_on > FRESH]
    assert not stale, "call these lines, open both sources, then set verified_on"


def test_no_hotline_is_verified_in_the_future(hotlines):
    assert all(hotline.verified_on <= dt.date.today() + dt.timedelta(days=1) for hotline in hotlines.values())


def test_every_hotline_has_two_different_sources(hotlines):
    assert all(hotline.source != hotline.second_source for hotline in hotlines.values())


def test_hotline_numbers_stand_in_no_other_content_file(hotlines):
    numbers = {number for hotline in hotlines.values() for number in hotline.numbers()} - EVERYBODY_KNOWS
    patterns = {number: re.compile(r"(?<!\d)" + r"[\s().-]*".join(number.replace("-", "")) + r"(?!\d)") for number in numbers}
    found = [
        f"{path.relative_to(CONTENT)}:{place}: {number}"
        for path in sorted(CONTENT.rglob("*.yml"))
        if path != CONTENT / HOTLINES
        for place, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if not (path.parent.name == "services" and SERVICE_PHONE.match(line))
        for number, pattern in patterns.items()
        if pattern.search(line)
    ]
    assert not found, f"name the hotline as {{id.call}}; numbers stand in {HOTLINES} only"


def test_crisis_answers_are_written_without_any_number():
    lines = (CONTENT / ANSWERS).read_text(encoding="utf-8").splitlines()
    words = [re.sub(r"\{[^{}]*\}|\"\d{3}\"", "", line) for line in lines if not line.lstrip().startswith("#")]
    assert not [line for line in words if re.search(r"\d", line)]


@pytest.mark.parametrize("slug", CRISES)
@pytest.mark.parametrize("language", ["en", "es"])
def test_each_crisis_has_at_most_three_short_bubbles_in_each_language(answers, slug, language):
    bubbles = answers[slug].messages[language]
    assert 1 <= len(bubbles) <= 3
    assert all(len(bubble.split()) <= 60 for bubble in bubbles)
    assert all("{" not in bubble and "!" not in bubble for bubble in bubbles)


@pytest.mark.parametrize(("slug", "number"), [("crisis_self_harm", "988"), ("crisis_violence", "911"), ("crisis_emergency", "911")])
@pytest.mark.parametrize("language", ["en", "es"])
def test_the_resource_stands_within_the_first_two_sentences(answers, slug, number, language):
    assert number in " ".join(sentences(answers[slug].messages[language][0])[:2])
    assert number in " ".join(sentences(answers[slug].speech[language])[:2])


def test_self_harm_answer_has_the_literal_lines_of_c31(answers):
    words = text(answers["crisis_self_harm"], "en")
    for literal in ("Call or text 988", "988lifeline.org", "call 911", "press 1", "text 838255", "For Spanish, press 2"):
        assert literal in words


def test_self_harm_answer_in_spanish_names_key_two_and_the_word_to_text(answers):
    words = text(answers["crisis_self_harm"], "es")
    for literal in ("Llame al 988", "oprima el 2", "AYUDA", "988lifeline.org", "911", "838255"):
        assert literal in words


@pytest.mark.parametrize("language", ["en", "es"])
def test_violence_answer_has_the_literal_lines_of_c33(answers, language):
    words = text(answers["crisis_violence"], language)
    for literal in ("1-800-799-7233", "START", "88788", "thehotline.org", "911", "1-888-373-7888", "233733"):
        assert literal in words


def test_emergency_on_the_phone_says_hang_up_and_call_911(answers):
    assert answers["crisis_emergency"].speech["en"].startswith("Hang up and call 911")
    assert answers["crisis_emergency"].speech["es"].startswith("Cuelgue y llame al 911")


@pytest.mark.parametrize("slug", CRISES)
def test_the_original_help_is_offered_afterwards(answers, slug):
    assert answers[slug].choices[0].id == "continue"
    assert "what you came for" in text(answers[slug], "en")
    assert "lo que necesitaba" in text(answers[slug], "es")


def test_speech_holds_no_web_address(answers):
    assert not [
        answer.slug for answer in answers.values() for words in answer.speech.values() if re.search(r"https?:|www|\.org|\.gov", words)
    ]


def test_a_death_by_suicide_is_named_as_such(answers):
    everything = " ".join(text(answer, language) for answer in answers.values() for language in ("en", "es")).casefold()
    assert "committed" not in everything
    assert "cometió" not in everything
    assert "988" in text(answers["suicide_loss"], "en")


@pytest.mark.parametrize("slug", CRISES)
def test_every_number_of_an_answer_belongs_to_a_hotline_it_lists(answers, slug):
    answer = answers[slug]
    known = {re.sub(r"\D", "", number) for hotline in answer.hotlines for number in hotline.numbers()}
    known |= {key for hotline in answer.hotlines for key in hotline.press_for.values()}
    for language in ("en", "es"):
        words = re.sub(r"https://\S+", "", text(answer, language) + " " + answer.speech[language])
        found = {re.sub(r"\D", "", number).removeprefix("1") or "1" for number in re.findall(r"\d[\d-]*", words)}
        assert found <= known


@pytest.fixture
def copy(tmp_path):
    for name in (HOTLINES, ANSWERS):
        shutil.copy(CONTENT / name, tmp_path / name)
    return tmp_path


def test_a_placeholder_without_a_hotline_is_refused(copy):
    path = copy / ANSWERS
    path.write_text(path.read_text(encoding="utf-8").replace("{poison.call}", "{poisson.call}"), encoding="utf-8")
    with pytest.raises(ContentError, match=r"\{poisson\.call\} is not in hotlines\.yml"):
        load_crisis(copy)


def test_an_unreadable_answer_file_is_refused(copy):
    (copy / ANSWERS).write_text("crisis: [", encoding="utf-8")
    with pytest.raises(ContentError, match=r"crisis\.yml:\d+"):
        load_crisis(copy)


def test_a_missing_answer_file_is_refused(copy):
    (copy / ANSWERS).unlink()
    with pytest.raises(ContentError):
        load_crisis(copy)


def test_a_bubble_that_is_too_long_is_refused(copy):
    path = copy / ANSWERS
    path.write_text(path.read_text(encoding="utf-8").replace("Stay on the line.", "Stay. " * 61), encoding="utf-8")
    with pytest.raises(ContentError, match="at most 60"):
        load_crisis(copy)
