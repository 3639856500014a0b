"""Each of the 56 states and territories gets its own office, for death certificates and for unemployment."""

import pytest

from knowledge.grammar import with_article
from knowledge.states import STATES
from knowledge.task_path import find_path

PROGRAMS = [("vital_records", "death_of_loved_one"), ("unemployment", "losing_a_job")]


def office_step(base, content, program, event, facts, language, today):
    """Return the step among the first three that the state's own office carries out."""
    services = {service.id for service in content.services.values() if service.state_program == program}
    steps = [step for step in find_path(base, event, facts, language, today).steps if step.service.id in services]
    assert steps, f"no step of {event} within the first three is done at an office of {program}"
    return steps[0]


def test_there_are_fifty_six():
    assert len(STATES) == 56


@pytest.mark.parametrize(("program", "event"), PROGRAMS)
@pytest.mark.parametrize("language", ["en", "es"])
@pytest.mark.parametrize("state", STATES)
def test_the_office_of_the_state_is_the_one_that_is_named(base, content, today, program, event, language, state):
    row = content.states[program].rows[state]
    step = office_step(base, content, program, event, {"state": state}, language, today)
    assert step.service.name.casefold() == row.name.in_(language).casefold()
    assert step.service.agency == row.name.in_(language)
    finder = content.services[step.service.id].url
    assert step.reach.url == (finder if "url" in row.unconfirmed else row.url).in_(language)
    assert step.reach.phone == (None if "phone" in row.unconfirmed else row.phone)
    assert step.source.url == row.source
    assert step.note == (row.note.in_(language) if row.note else None)
    assert STATES[state][language == "es"] in step.because
    assert step.reach.kind != "phone" or step.reach.phone


@pytest.mark.parametrize(("program", "event"), PROGRAMS)
def test_no_two_states_have_the_same_office(base, content, today, program, event):
    offices = [office_step(base, content, program, event, {"state": state}, "en", today) for state in STATES]
    names = [step.service.name for step in offices]
    rows = content.states[program].rows
    pages = [
        step.reach.url
        for state, step in zip(STATES, offices, strict=True)
        if not rows[state].finder and "url" not in rows[state].unconfirmed
    ]
    assert len(set(names)) == 56
    assert len(set(pages)) == len(pages)


@pytest.mark.parametrize(("program", "event"), PROGRAMS)
@pytest.mark.parametrize("language", ["en", "es"])
def test_without_a_state_the_national_finder_is_named(base, content, today, program, event, language):
    step = office_step(base, content, program, event, {}, language, today)
    service = content.services[step.service.id]
    assert step.reach.url == service.url.in_(language)
    assert service.name.in_(language).casefold() == step.service.name.casefold()


@pytest.mark.parametrize(("program", "event"), PROGRAMS)
def test_the_name_of_an_office_reads_well_inside_the_sentence(base, content, today, program, event):
    for state, row in content.states[program].rows.items():
        for language in ("en", "es"):
            step = office_step(base, content, program, event, {"state": state}, language, today)
            assert "{" not in step.do
            assert " de el " not in step.do
            assert " a el " not in step.do
            if row.name.in_(language) in step.do and language == "en":
                assert with_article(row.name.en, "en") in step.do


@pytest.mark.parametrize("program", ["vital_records", "unemployment"])
def test_a_page_that_is_only_the_national_finder_is_marked_so(content, program):
    rows = content.states[program].rows
    finders = {service.url.en for service in content.services.values() if service.state_program == program}
    assert not [state for state, row in rows.items() if row.url.en in finders and not row.finder]
