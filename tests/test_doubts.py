"""What rests on fewer than two sources is listed, and whether people meet it first."""

import datetime as dt

import pytest

from knowledge.content import Content
from knowledge.doubts import doubts, with_places
from knowledge.schema import Text

TODAY = dt.date(2026, 11, 23)


def only(content, service=None, event=None):
    services = {**content.services, service.id: service} if service else content.services
    events = {event.slug: event} if event else {}
    return Content(content.agencies, content.facts, services, {}, events)


@pytest.fixture
def service(content):
    return next(service for service in content.services.values() if service.phones and not service.unconfirmed)


def of(found, where):
    return [doubt for doubt in found if doubt.where == where]


def test_a_telephone_with_the_source_of_its_service_has_one_source_only(content, service):
    phone = service.phones[0]
    once = service.model_copy(update={"phones": [phone.model_copy(update={"source": service.source})]})
    twice = service.model_copy(update={"phones": [phone.model_copy(update={"source": "https://www.usa.gov/elsewhere"})]})
    (doubt,) = of(doubts(only(content, once)), f"service {service.id}")
    assert (doubt.field, doubt.handed_out) == ("phones", True)
    assert of(doubts(only(content, twice)), f"service {service.id}") == []


def test_what_is_marked_is_listed_and_is_not_handed_out(content, service):
    marked = service.model_copy(update={"unconfirmed": ["phones"]})
    (doubt,) = of(doubts(only(content, marked)), f"service {service.id}")
    assert (doubt.field, doubt.handed_out) == ("phones", False)


@pytest.mark.parametrize(
    "words",
    ["Within 60 days", "It costs $15", "About 3 to 4 weeks", "At age 62", "By April 15", "You pay 20 %", "It takes 10 business days"],
)
def test_a_figure_needs_a_second_page(content, words):
    event = content.events["moving"]
    step = event.steps[0].model_copy(update={"deadline": Text(en=words, es="x"), "cost": None, "takes": None, "source": None})
    changed = event.model_copy(update={"steps": [step]})
    assert [doubt.field for doubt in of(doubts(only(content, event=changed)), f"step moving.{step.id}")] == ["deadline"]
    confirmed = event.model_copy(update={"steps": [step.model_copy(update={"source": "https://www.usa.gov/another"})]})
    assert of(doubts(only(content, event=confirmed)), f"step moving.{step.id}") == []


@pytest.mark.parametrize("words", ["Form 4506 and Form W-2", "The page shows the current fee", "Select option 2", "Free"])
def test_the_number_of_a_form_is_no_figure(content, words):
    event = content.events["moving"]
    step = event.steps[0].model_copy(update={"deadline": Text(en=words, es="x"), "cost": None, "takes": None, "source": None})
    assert doubts(only(content, event=event.model_copy(update={"steps": [step]}))) == doubts(only(content))


def test_what_people_meet_first_is_told_apart(content, base):
    """A step that no one of the main facts brings among the first three is not first."""
    found = with_places(content, base, TODAY)
    assert {doubt.where for doubt in found} == {doubt.where for doubt in doubts(content)}
    deep = [doubt for doubt in found if not doubt.first]
    assert all(doubt.where.split(" ")[0] in ("service", "office", "step") for doubt in deep)
