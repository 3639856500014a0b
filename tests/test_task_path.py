"""One to three steps, in the order in which a person should take them, with the right office and nothing that has expired."""

import datetime as dt
import itertools

import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from actions.rendering import text, voice
from actions.rendering.phrases import phrases
from knowledge.eligibility import Verdict, decide
from knowledge.store import open_knowledge
from knowledge.task_path import MOST_STEPS, candidates, find_path, next_question

EVENT = "death_of_loved_one"
EXAMPLE = {"relation": "father", "state": "TX", "deceased_served": True}
URGENCY = ["now", "week", "later"]
person = settings(max_examples=300)


@pytest.fixture(scope="session")
def told(content, some_facts):
    """Return a function that draws a life event, and what somebody may have told of it."""

    def draw(data):
        event = content.events[data.draw(st.sampled_from(sorted(content.events)))]
        return event, data.draw(some_facts(event))

    return draw


def ids(path):
    return [step.id for step in path.steps]


def verdict_of(candidate):
    return candidate.decision.verdict


def is_unsure(candidate):
    return verdict_of(candidate) is Verdict.UNKNOWN and candidate.step.if_unknown == "later"


def is_personal(candidate):
    return verdict_of(candidate) is Verdict.YES and candidate.step.who is not None


def free_pairs(chosen):
    """Yield each step and a later one, where neither had to make room for a prerequisite."""
    moved = {name for candidate in chosen for name in candidate.step.after} | {c.step.id for c in chosen if c.step.after}
    return itertools.combinations([candidate for candidate in chosen if candidate.step.id not in moved], 2)


@settings(max_examples=2000)
@given(data=st.data())
def test_a_path_never_has_more_than_three_steps_and_always_one(base, told, today, data):
    """C14: one to three steps, for any event and 2,000 sets of facts."""
    event, facts = told(data)
    path = find_path(base, event.slug, facts, data.draw(st.sampled_from(["en", "es"])), today, skipped=event.ask)
    assert 1 <= len(path.steps) <= 3
    assert [step.number for step in path.steps] == list(range(1, len(path.steps) + 1))
    assert ids(path) == [candidate.step.id for candidate in candidates(base, event, facts, today)[:MOST_STEPS]]


@person
@given(data=st.data())
def test_a_step_that_is_surely_not_for_the_person_is_never_shown(base, told, today, data):
    event, facts = told(data)
    shown = {candidate.step.id for candidate in candidates(base, event, facts, today)}
    for step in event.steps:
        verdict = decide(step.who, facts, today).verdict
        if verdict is Verdict.NO or (verdict is Verdict.UNKNOWN and step.if_unknown == "hide"):
            assert step.id not in shown


@person
@given(data=st.data())
def test_sure_steps_stand_before_unsure_ones_and_urgent_ones_first_among_them(base, told, today, data):
    """C14 and C24: now, this week, later."""
    event, facts = told(data)
    for earlier, later in free_pairs(candidates(base, event, facts, today)):
        assert is_unsure(earlier) <= is_unsure(later)
        if is_unsure(earlier) == is_unsure(later):
            assert URGENCY.index(earlier.step.when) <= URGENCY.index(later.step.when)


@person
@given(data=st.data())
def test_personal_steps_stand_before_general_ones_of_the_same_urgency(base, told, today, data):
    event, facts = told(data)
    for earlier, later in free_pairs(candidates(base, event, facts, today)):
        if is_unsure(earlier) == is_unsure(later) and earlier.step.when == later.step.when:
            assert is_personal(earlier) >= is_personal(later)


@person
@given(data=st.data())
def test_a_prerequisite_stands_before_what_needs_it(base, told, today, data):
    event, facts = told(data)
    order = [candidate.step.id for candidate in candidates(base, event, facts, today)]
    for step in event.steps:
        for before in step.after:
            if step.id in order and before in order:
                assert order.index(before) < order.index(step.id)


@person
@given(data=st.data())
def test_a_step_that_a_sure_one_replaces_is_gone(base, told, today, data):
    event, facts = told(data)
    chosen = candidates(base, event, facts, today)
    shown = {candidate.step.id for candidate in chosen}
    for candidate in chosen:
        if verdict_of(candidate) is Verdict.YES:
            assert not shown & set(candidate.step.replaces)


@person
@given(data=st.data())
def test_a_general_step_is_only_missing_when_another_takes_its_place(base, told, today, data):
    event, facts = told(data)
    chosen = {candidate.step.id for candidate in candidates(base, event, facts, today)}
    sure = {step.id for step in event.steps if decide(step.who, facts, today).verdict is Verdict.YES}
    replaced = {name for step in event.steps if step.id in sure for name in step.replaces}
    areas = {step.id for step in event.steps if base.service(step.service).service_area}
    assert {step.id for step in event.steps if step.who is None} - chosen <= replaced | areas


def test_replacing_steps_never_leave_nothing_behind(content):
    """Two steps that replace each other would both be gone."""
    for event in content.events.values():
        replaces = {step.id: set(step.replaces) for step in event.steps}
        assert not [(event.slug, one, other) for one in replaces for other in replaces[one] if one in replaces.get(other, ())]


def test_prerequisites_do_not_go_round_in_circles(content):
    for event in content.events.values():
        after = {step.id: set(step.after) for step in event.steps}
        reached = {name: set(names) for name, names in after.items()}
        for _ in after:
            reached = {name: names | {far for near in names for far in after[near]} for name, names in reached.items()}
        assert not [(event.slug, name) for name, names in reached.items() if name in names]


@person
@given(data=st.data())
def test_windows_of_what_else_never_repeat_a_step_and_reach_all(base, told, today, data):
    event, facts = told(data)
    everything = [candidate.step.id for candidate in candidates(base, event, facts, today)]
    seen, start = [], 0
    while True:
        path = find_path(base, event.slug, facts, "en", today, start, skipped=event.ask)
        assert [step.number for step in path.steps] == list(range(1, len(path.steps) + 1))
        assert path.more == len(everything) - len(seen) - len(path.steps)
        seen += ids(path)
        start += MOST_STEPS
        if not path.more:
            break
    assert seen == everything
    assert len(set(seen)) == len(seen)
    assert find_path(base, event.slug, facts, "en", today, start).steps == []


@person
@given(data=st.data())
def test_text_and_speech_give_the_same_steps_in_the_same_order_in_both_languages(base, told, today, data):
    event, facts = told(data)
    english, spanish = (find_path(base, event.slug, facts, language, today, skipped=event.ask) for language in ("en", "es"))
    assert ids(english) == ids(spanish)
    for path, language in ((english, "en"), (spanish, "es")):
        written, spoken = text.steps(path, phrases(language)).text, voice.speak_path(path, phrases(language))
        for earlier, later in itertools.pairwise(path.steps):
            assert written.index(f"{earlier.number}. {earlier.do}") < written.index(f"{later.number}. {later.do}")
            assert spoken.index(voice.plain(earlier.say, language)) < spoken.rindex(voice.plain(later.say, language))


@settings(max_examples=60)
@given(data=st.data())
def test_the_question_asked_changes_the_path_for_some_answer(base, content, told, today, data):
    event, facts = told(data)
    fact_id = next_question(base, event, facts, today)
    assume(fact_id is not None)
    fact = content.facts[fact_id]
    assert fact_id in event.ask
    assert fact_id not in facts
    values = {"bool": [True, False], "choice": list(fact.values), "state": ["TX"], "number": list(range(111))}[fact.kind]
    steps = [(step.id, step.service.name) for step in find_path(base, event.slug, facts, "en", today).steps]
    answers = [find_path(base, event.slug, {**facts, fact_id: value}, "en", today).steps for value in values]
    assert any([(step.id, step.service.name) for step in answer] != steps for answer in answers)


@settings(max_examples=60)
@given(data=st.data())
def test_a_question_that_was_skipped_is_not_asked_again(base, told, today, data):
    event, facts = told(data)
    skipped = data.draw(st.sets(st.sampled_from(event.ask)) if event.ask else st.just(set()))
    assert next_question(base, event, facts, today, skipped) not in {*skipped, *facts}


def test_when_everything_is_known_nothing_is_asked(base, content, today):
    for event in content.events.values():
        assert next_question(base, event, dict.fromkeys(event.ask, "zz"), today) is None


def test_no_event_hands_out_a_service_after_its_review_day(base, content, today):
    """C06: expired content is never shown."""
    days = sorted({service.review_by for service in content.services.values()} | {table.review_by for table in content.states.values()})
    for day in [today, *days, *(day + dt.timedelta(days=1) for day in days)]:
        for slug, facts in itertools.product(content.events, ({}, {"state": "TX"})):
            for start in range(0, 60, MOST_STEPS):
                path = find_path(base, slug, facts, "en", day, start, skipped=content.events[slug].ask)
                assert all(day <= dt.date.fromisoformat(step.source.review_by) for step in path.steps)
                if not path.more:
                    break


def test_a_service_is_handed_out_on_its_last_day_and_not_on_the_next(folder, tmp_path):
    base = open_knowledge(tmp_path / "var", folder.root)
    last = base.service("forwarding").review_by
    assert len(find_path(base, "moving", {}, "en", last).steps) == 2
    assert find_path(base, "moving", {}, "en", last + dt.timedelta(days=1)).steps == []
    base.close()


def test_an_expired_step_takes_the_place_of_no_other(folder, tmp_path):
    services = (folder.root / "services/postal.yml").read_text(encoding="utf-8")
    old = services.split("\n", 1)[1].replace("id: forwarding", "id: old").replace("2027-05-23", "2027-01-01")
    folder.write("services/postal.yml", services + old)
    folder.change("events/moving.yml", "    who: {fact: served", "    replaces: [forward_mail]\n    who: {fact: served")
    folder.change("events/moving.yml", "  - id: va_address\n    service: forwarding", "  - id: va_address\n    service: old")
    base = open_knowledge(tmp_path / "var", folder.root)
    assert ids(find_path(base, "moving", {"served": True}, "en", dt.date(2027, 1, 1))) == ["va_address"]
    assert ids(find_path(base, "moving", {"served": True}, "en", dt.date(2027, 1, 2))) == ["forward_mail"]
    base.close()


def test_a_service_of_other_states_is_left_out(folder, tmp_path, today):
    folder.change("services/postal.yml", "    source: https://www.usa.gov", "    service_area: [TX, OK]\n    source: https://www.usa.gov")
    base = open_knowledge(tmp_path / "var", folder.root)
    assert len(find_path(base, "moving", {}, "en", today).steps) == 2
    assert len(find_path(base, "moving", {"state": "TX"}, "en", today).steps) == 2
    assert find_path(base, "moving", {"state": "NY"}, "en", today).steps == []
    base.close()


def test_prerequisites_in_a_circle_do_not_hang(folder, tmp_path, today):
    folder.change("events/moving.yml", "    when: now", "    when: now\n    after: [va_address]")
    folder.change("events/moving.yml", "    when: week", "    when: week\n    after: [forward_mail]")
    base = open_knowledge(tmp_path / "var", folder.root)
    assert sorted(ids(find_path(base, "moving", {"served": True}, "en", today))) == ["forward_mail", "va_address"]
    base.close()


@pytest.mark.parametrize(
    ("language", "opening", "because"),
    [
        ("en", "I'm sorry your father died.", "Because you said that your father served in the military."),
        ("es", "Siento mucho que su padre haya muerto.", "Porque usted dijo que su padre sirvió en las fuerzas armadas."),
    ],
)
def test_my_father_a_veteran_died_in_texas(base, content, today, language, opening, because):
    """C17 and C21: the person's own word, one plain condolence; Texas Vital Statistics and a VA step within the three."""
    path = find_path(base, EVENT, EXAMPLE, language, today)
    assert path.opening == opening
    assert len(path.opening.split()) <= 8
    assert len(path.steps) == 3
    texas = content.states["vital_records"].rows["TX"]
    office = next(step for step in path.steps if step.service.name == texas.name.in_(language))
    assert "Texas" in office.service.name
    assert office.reach.url == texas.url.in_(language)
    veterans = next(step for step in path.steps if "VA" in step.do)
    assert content.services[veterans.service.id].agency == "va"
    assert veterans.because == because


def test_the_relation_stays_neutral_until_it_is_told(base, today):
    """C17: a relation that was not told is never said."""
    path = find_path(base, EVENT, {"deceased_served": True}, "en", today)
    words = " ".join([path.opening, *(part for step in path.steps for part in (step.do, step.why, step.because) if part)])
    assert "the person" in words
    assert not [word for word in ("father", "mother", "husband", "wife", "{relation}") if word in words]


def test_every_relation_is_said_as_it_was_told(base, content, today):
    """C17: the slot goes in, the same word comes out."""
    for value, label in content.facts["relation"].values.items():
        for language in ("en", "es"):
            path = find_path(base, EVENT, {"relation": value, "deceased_served": True}, language, today)
            assert any(label.in_(language) in step.do for step in path.steps)
            assert path.opening is None or label.in_(language) in path.opening


def test_a_professional_gets_no_condolence(base, today):
    """C21."""
    assert find_path(base, EVENT, {"relation": "client"}, "en", today).opening is None


@pytest.mark.parametrize("facts", [{}, EXAMPLE, {"death_need": "taxes"}, {"death_in_us": False}, {"deceased_got_benefits": True}])
def test_a_death_that_just_happened_goes_first_to_911_or_hospice(base, today, facts):
    """C25."""
    english, spanish = (find_path(base, EVENT, {"just_died": True, **facts}, language, today).steps[0] for language in ("en", "es"))
    assert "911" in english.do
    assert "hospice" in english.do
    assert "911" in spanish.do
    assert "hospicio" in spanish.do
    assert english.when == "now"


def test_nobody_is_sent_to_911_unless_the_death_just_happened(base, today):
    for facts in ({}, EXAMPLE, {"just_died": False}):
        assert "call_first" not in ids(find_path(base, EVENT, facts, "en", today))


def test_what_the_person_asked_for_comes_first(base, content, today):
    """A need that was told has a step of its own at the first place, unless the general path already serves it."""
    needs = content.facts["death_need"].values
    first = {need: ids(find_path(base, EVENT, {"death_need": need}, "en", today))[0] for need in needs}
    tests = {step.id: step.who.facts() for step in content.events[EVENT].steps if step.who}
    assert not [
        need for need, step in first.items() if need not in ("certificate", "report_death") and "death_need" not in tests.get(step, ())
    ]
    assert first["certificate"] == "certificate"
