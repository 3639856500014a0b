"""The full-text search finds services and events by the words that people use, in both languages, and never trips."""

import datetime as dt

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from knowledge.search import find, services_path


def ids(base, query, language, kind=None):
    return [hit.id for hit in find(base, query, language, kind=kind)]


@pytest.mark.parametrize(
    ("query", "language", "expected"),
    [
        ("mail forwarding", "en", "usps_change_of_address"),
        ("reenviar correo", "es", "usps_change_of_address"),
        ("I need a new address at the post office", "en", "usps_change_of_address"),
        ("necesito avisar de mi mudanza a la oficina de correos", "es", "usps_change_of_address"),
        ("death certificate", "en", "vital_records_death_certificate"),
        ("acta de defunción", "es", "vital_records_death_certificate"),
        ("unclaimed money", "en", "usagov_unclaimed_money"),
        ("dinero sin reclamar", "es", "usagov_unclaimed_money"),
    ],
)
def test_a_service_is_found_by_its_words(base, query, language, expected):
    assert expected in ids(base, query, language, "service")


def test_every_service_is_found_by_each_of_its_keywords(base, content):
    missed = [
        (service.id, language, words)
        for service in content.services.values()
        if service.keywords
        for language in ("en", "es")
        for words in service.keywords.in_(language)
        if service.id not in [hit.id for hit in find(base, words, language, limit=len(content.services), kind="service")]
    ]
    assert not missed


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_event_is_among_the_first_by_its_own_title(base, content, language):
    missed = [slug for slug, event in content.events.items() if slug not in ids(base, event.title.in_(language), language, "event")]
    assert not missed


@pytest.mark.parametrize(
    ("with_accents", "without"),
    [("defunción", "defuncion"), ("jubilación", "jubilacion"), ("dirección", "direccion"), ("niño", "nino"), ("Pensión", "PENSION")],
)
def test_accents_and_capitals_make_no_difference(base, with_accents, without):
    assert ids(base, with_accents, "es") == ids(base, without, "es")
    assert ids(base, with_accents, "es")


def test_other_forms_of_a_word_are_found(base):
    assert set(ids(base, "retire", "en")) & set(ids(base, "retirement", "en"))
    assert "usps_change_of_address" in ids(base, "forwarded", "en")


def test_only_entries_of_the_language_and_kind_asked_for_are_found(base, content):
    for hit in find(base, "benefits", "en", limit=50, kind="service"):
        assert hit.kind == "service"
        assert hit.id in content.services
    for hit in find(base, "beneficios", "es", limit=50, kind="event"):
        assert hit.kind == "event"
        assert hit.id in content.events


@pytest.mark.parametrize("query", ["", "   ", "the of and", "el la de", "?!", "a", "\N{SKULL}"])
def test_a_query_without_words_finds_nothing(base, query):
    assert find(base, query, "en") == []


@pytest.mark.parametrize(
    "query",
    [
        '"',
        '"mail',
        "mail*",
        "NEAR(mail, 2)",
        "mail AND",
        "OR",
        "NOT mail",
        "name:mail",
        "(",
        "-mail",
        "^mail",
        "mail' --",
        "\x00mail",
        "____",
        "ªª²²",
    ],
)
def test_signs_of_the_query_language_are_plain_text(base, query):
    find(base, query, "en")


@settings(max_examples=400)
@given(st.text(max_size=200) | st.text(alphabet='"*():^-+{}[]_ \x00abAND', max_size=60), st.sampled_from(["en", "es", "fr"]))
def test_no_text_makes_the_search_trip(base, query, language):
    assert len(find(base, query, language)) <= 5


def test_a_text_of_a_hundred_thousand_words_is_searched(base):
    find(base, "mail forwarding " * 50_000, "en")


@pytest.mark.parametrize("language", ["en", "es"])
def test_what_was_found_is_handed_out_as_at_most_three_numbered_steps(base, today, language):
    found = services_path(base, "benefits beneficios", {}, language, today)
    assert [step.number for step in found.steps] == [1, 2, 3]
    assert found.event is None


def test_an_expired_service_is_not_found_for_a_person(base, content):
    """C06: expired content is never shown."""
    last = max(service.review_by for service in content.services.values())
    assert services_path(base, "social security benefits", {}, "en", last + dt.timedelta(days=1)).steps == []


def test_a_service_of_another_state_is_not_handed_out(base, content, today):
    for service in content.services.values():
        if service.service_area:
            elsewhere = "GU" if "GU" not in service.service_area else "AK"
            found = services_path(base, service.name.en, {"state": elsewhere}, "en", today, limit=20)
            assert service.id not in [step.id for step in found.steps]


def test_the_office_of_the_persons_state_is_named(base, content, today):
    step = services_path(base, "death certificate", {"state": "TX"}, "en", today).steps[0]
    assert step.service.name == content.states["vital_records"].rows["TX"].name.en
