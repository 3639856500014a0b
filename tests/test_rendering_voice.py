"""A path as speech: no web address, telephone numbers digit by digit in groups and twice (C69)."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from actions.answer import Answers
from actions.rendering import voice
from actions.rendering.phrases import phrases
from actions.situation import Situation
from knowledge.states import STATES
from knowledge.task_path import find_path

LANGUAGES = ("en", "es")
DIGITS = {
    "en": ["zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine"],
    "es": ["cero", "uno", "dos", "tres", "cuatro", "cinco", "seis", "siete", "ocho", "nueve"],
}
ADDRESS = re.compile(r"https?:|www\.|\w\.(gov|org|com|mil|net|edu|us)\b|/\w+/")
numbers = st.from_regex(r"[2-9][0-9]{2}-[2-9][0-9]{2}-[0-9]{4}", fullmatch=True) | st.from_regex(r"[2-9]11|988", fullmatch=True)


def heard(spoken, language):
    """Return the digits, in groups, that a listener writes down."""
    return [[DIGITS[language].index(word) for word in group.split()] for group in spoken.split(", ")]


@pytest.fixture(scope="module")
def paths(base, content, today):
    """Return (language, path) for all steps of each event, without facts and for somebody who told some."""
    facts = {"state": "WV", "relation": "father", "deceased_served": True, "served": True, "age": 67}
    return [
        (language, find_path(base, slug, told, language, today, start, skipped=event.ask))
        for slug, event in content.events.items()
        for told in ({}, facts)
        for language in LANGUAGES
        for start in range(0, len(event.steps), 3)
    ]


@pytest.fixture(scope="module")
def replies(base, content, today):
    """Return (language, reply) for each event, without facts and in each state."""
    return [
        (language, Answers(base, Situation(language=language, event=slug, facts=facts), today).path()[0])
        for slug in content.events
        for facts in ({}, *({"state": state} for state in sorted(STATES)[::4]))
        for language in LANGUAGES
    ]


@given(numbers, st.sampled_from(LANGUAGES))
def test_digits_can_be_written_down_again(number, language):
    assert "-".join("".join(map(str, group)) for group in heard(voice.digits(number, language), language)) == number


@given(st.lists(st.text("0123456789", min_size=1, max_size=6), min_size=1, max_size=5), st.sampled_from(LANGUAGES))
def test_any_groups_of_digits_can_be_written_down_again(groups, language):
    spoken = voice.digits("-".join(groups), language)
    assert ["".join(map(str, group)) for group in heard(spoken, language)] == groups


def test_a_number_is_spoken_in_its_groups():
    assert voice.digits("800-772-1213", "en") == "eight zero zero, seven seven two, one two one three"
    assert voice.digits("800-772-1213", "es") == "ocho cero cero, siete siete dos, uno dos uno tres"
    assert voice.digits("211", "en") == "two one one"


def test_a_step_by_telephone_says_its_number_twice(paths):
    for language, path in paths:
        for step in path.steps:
            if step.reach.kind == "phone" and step.reach.phone:
                spoken = voice.speak_step(step, phrases(language))
                assert spoken.count(voice.digits(step.reach.phone, language)) == 2


def test_a_step_on_a_page_names_the_agency_and_reads_no_number(paths):
    for language, path in paths:
        for step in path.steps:
            if step.reach.kind != "phone":
                spoken = voice.speak_step(step, phrases(language))
                assert voice.plain(step.service.agency, language).removesuffix(".") in spoken
                assert not step.reach.phone or voice.digits(step.reach.phone, language) not in spoken


def test_no_address_is_read_aloud(paths, replies):
    """C69."""
    spoken = [voice.speak_path(path, phrases(language)) for language, path in paths] + [reply.speech for _, reply in replies]
    assert not [words for words in spoken if ADDRESS.search(words)]


def test_no_telephone_number_is_left_in_figures(paths, replies):
    """C69."""
    spoken = [voice.speak_path(path, phrases(language)) for language, path in paths] + [reply.speech for _, reply in replies]
    assert not [words for words in spoken if re.search(r"\d{3}-\d{3,4}|\d{7}", words)]


def test_speech_has_no_holes_and_no_signs_that_a_voice_trips_over(paths):
    """C15: none of what a voice reads out wrong."""
    for language, path in paths:
        words = voice.speak_path(path, phrases(language))
        assert not re.search(r"[{}<>*_#|\n\U0001f000-\U0001faff]|!|  |\.\.|\s[.,;?]|\bNone\b", words), words
        assert not re.search(r"\b(to|at|in|on|of|a|en|de|por) (to|at|or|and|para|o|que)\b (see|ask|pagar|ver|pida)", words), words


@pytest.mark.parametrize(
    ("language", "said", "spoken"),
    [
        ("en", "See https://www.ssa.gov/survivor now.", "See now."),
        ("en", "Go to www.usa.gov/death, then call.", "Go to then call."),
        ("en", "Sign in to Farmers.gov to pay.", "Sign in to Farmers dot gov to pay."),
        ("es", "Solicite en HealthCare.gov, o llame.", "Solicite en HealthCare punto gov, o llame."),
        ("en", "Apply at HealthCare.gov.", "Apply at HealthCare dot gov."),
        ("en", "See HealthCare.gov/apply or ask.", "See or ask."),
        ("en", "Ask the Department of Veterans Affairs (VA) today.", "Ask the Department of Veterans Affairs today."),
        ("en", "1. Ask.\n   Call 800-772-1213", "1. Ask. Call eight zero zero, seven seven two, one two one three"),
        ("es", "Llame al 1-800-772-1213.", "Llame al uno, ocho cero cero, siete siete dos, uno dos uno tres."),
        ("en", "Give them Form SS-5 and your 2025 return.", "Give them Form SS-5 and your 2025 return."),
    ],
)
def test_written_words_become_words_to_say(language, said, spoken):
    assert voice.plain(said, language) == spoken


@given(st.text(max_size=120), st.sampled_from(LANGUAGES))
def test_plain_speech_is_on_one_line_and_stays_the_same_when_made_again(text, language):
    once = voice.plain(text, language)
    assert not re.search(r"https?://\S", once)
    assert "\n" not in once


def test_the_steps_are_counted_in_words_in_both_languages(paths):
    for language, path in paths:
        spoken, own = voice.speak_path(path, phrases(language)), phrases(language)
        if len(path.steps) == 1:
            assert spoken.startswith(own.line("spoken_intro_one"))
        elif path.steps:
            assert spoken.startswith(
                own.line(
                    "spoken_intro_many", count={2: {"en": "two", "es": "dos"}, 3: {"en": "three", "es": "tres"}}[len(path.steps)][language]
                )
            )
            assert [spoken.count(number) for number in own.lines("spoken_number")[: len(path.steps)]] == [1] * len(path.steps)


def test_a_step_is_spoken_as_its_spoken_form_says(paths):
    for language, path in paths:
        spoken = voice.speak_path(path, phrases(language))
        assert all(voice.plain(step.say, language) in spoken for step in path.steps)


def test_the_question_is_the_last_thing_that_is_said(replies):
    for language, reply in replies:
        asked = reply.messages[-1].text
        assert reply.speech.endswith(voice.plain(asked, language))


def test_a_person_is_offered_with_the_number_spoken_twice(base, today):
    """C04."""
    for language in LANGUAGES:
        reply = Answers(base, Situation(language=language), today).person()
        number = base.service("usagov_contact_center").phones[0].number
        assert number in reply.text()
        assert reply.speech.count(voice.digits(number, language)) == 2


def test_speech_of_one_step_lasts_less_than_twenty_seconds(paths):
    """C67: about fifty words; a telephone number and its repetition come on top."""
    for language, path in paths:
        for step in path.steps:
            spoken = voice.speak_step(step, phrases(language))
            words = spoken.replace(voice.digits(step.reach.phone or "0-0-0", language), "")
            assert len(words.split()) <= 50
