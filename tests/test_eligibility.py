"""Whether a step is for a person: yes, no or not known yet, with the reason in both languages."""

import datetime as dt

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from knowledge.eligibility import EVERYBODY, Verdict, decide
from knowledge.schema import Condition
from knowledge.states import STATES
from knowledge.words import Words

YES, NO, UNKNOWN = Verdict.YES, Verdict.NO, Verdict.UNKNOWN
TODAY = dt.date(2026, 11, 23)
NAMES = ["served", "worked", "age", "relation", "death_date"]
VALUES = {
    "served": st.booleans(),
    "worked": st.booleans(),
    "age": st.integers(0, 110),
    "relation": st.sampled_from(["father", "wife", "child"]),
    "death_date": st.dates(dt.date(1970, 1, 1), TODAY).map(dt.date.isoformat),
}
known_facts = st.fixed_dictionaries({}, optional=VALUES)
single_tests = st.one_of(
    st.builds(lambda name, value: {"fact": name, "is": value}, st.sampled_from(["served", "worked"]), st.booleans()),
    st.builds(lambda values: {"fact": "relation", "in": values}, st.lists(VALUES["relation"], min_size=1)),
    st.builds(lambda name, years: {"fact": "age", name: years}, st.sampled_from(["at_least", "less_than"]), VALUES["age"]),
    st.builds(lambda years: {"fact": "death_date", "within_years": years}, st.integers(1, 60)),
    st.builds(
        lambda name, day: {"fact": "death_date", name: day}, st.sampled_from(["before", "after"]), st.dates(dt.date(1970, 1, 1), TODAY)
    ),
)
trees = st.recursive(
    single_tests,
    lambda inner: (
        st.builds(lambda parts: {"all": parts}, st.lists(inner, min_size=1, max_size=4))
        | st.builds(lambda parts: {"any": parts}, st.lists(inner, min_size=1, max_size=4))
        | st.builds(lambda part: {"not": part}, inner)
    ),
    max_leaves=8,
)
conditions = trees.map(Condition.model_validate)


def verdict(condition, **facts):
    return decide(Condition.model_validate(condition), facts, TODAY).verdict


def all_of(*parts):
    return Condition(all=list(parts))


def any_of(*parts):
    return Condition(any=list(parts))


def not_(part):
    return Condition.model_validate({"not": part})


@pytest.mark.parametrize(
    ("condition", "facts", "expected"),
    [
        ({"fact": "served", "is": True}, {}, UNKNOWN),
        ({"fact": "served", "is": True}, {"served": True}, YES),
        ({"fact": "served", "is": True}, {"served": False}, NO),
        ({"fact": "served", "is": False}, {"served": False}, YES),
        ({"fact": "relation", "in": ["father", "mother"]}, {"relation": "mother"}, YES),
        ({"fact": "relation", "in": ["father", "mother"]}, {"relation": "wife"}, NO),
        ({"fact": "age", "at_least": 62}, {"age": 62}, YES),
        ({"fact": "age", "at_least": 62}, {"age": 61}, NO),
        ({"fact": "age", "less_than": 18}, {"age": 17}, YES),
        ({"fact": "age", "less_than": 18}, {"age": 18}, NO),
        ({"fact": "age", "less_than": 0}, {"age": 0}, NO),
        ({"fact": "age", "at_least": 62}, {"age": "old"}, UNKNOWN),
        ({"fact": "death_date", "before": "1978-01-01"}, {"death_date": "1977-12-31"}, YES),
        ({"fact": "death_date", "before": "1978-01-01"}, {"death_date": "1978-01-01"}, NO),
        ({"fact": "death_date", "after": "2020-05-19"}, {"death_date": "2020-05-20"}, YES),
        ({"fact": "death_date", "within_years": 2}, {"death_date": "2024-11-23"}, YES),
        ({"fact": "death_date", "within_years": 2}, {"death_date": "2024-11-22"}, NO),
        ({"fact": "death_date", "within_years": 2}, {"death_date": "last spring"}, UNKNOWN),
    ],
)
def test_one_test_of_one_fact_is_decided_in_three_values(condition, facts, expected):
    assert verdict(condition, **facts) is expected


def test_a_step_without_a_condition_is_for_everybody():
    assert decide(None, {}, TODAY) is EVERYBODY


def test_two_years_are_counted_back_from_the_29th_of_february():
    condition = Condition.model_validate({"fact": "death_date", "within_years": 1})
    assert decide(condition, {"death_date": "2027-02-28"}, dt.date(2028, 2, 29)).verdict is YES
    assert decide(condition, {"death_date": "2027-02-27"}, dt.date(2028, 2, 29)).verdict is NO


def test_one_no_decides_all_and_one_yes_decides_any_while_others_are_unknown():
    parts = [{"fact": "served", "is": True}, {"fact": "worked", "is": True}]
    assert verdict({"all": parts}, worked=False) is NO
    assert verdict({"any": parts}, worked=True) is YES
    assert verdict({"all": parts}, worked=True) is UNKNOWN
    assert verdict({"any": parts}, worked=False) is UNKNOWN


def test_an_unknown_verdict_names_the_facts_that_would_decide_it():
    condition = Condition.model_validate({"all": [{"fact": "served", "is": True}, {"fact": "age", "at_least": 60}]})
    assert decide(condition, {}, TODAY).missing == ("served", "age")
    assert decide(condition, {"served": True}, TODAY).missing == ("age",)


@given(conditions, known_facts, st.data())
def test_one_more_fact_never_turns_yes_into_no_or_no_into_yes(condition, facts, data):
    name = data.draw(st.sampled_from(NAMES))
    assume(name not in facts)
    before = decide(condition, facts, TODAY).verdict
    after = decide(condition, {**facts, name: data.draw(VALUES[name])}, TODAY).verdict
    assert before is UNKNOWN or after is before


@given(conditions, st.fixed_dictionaries(VALUES))
def test_with_all_facts_there_is_nothing_unknown(condition, facts):
    assert decide(condition, facts, TODAY).verdict is not UNKNOWN


@given(conditions, known_facts)
def test_unknown_always_names_a_fact_that_is_missing_and_a_verdict_only_facts_that_are_known(condition, facts):
    decision = decide(condition, facts, TODAY)
    assert (decision.verdict is UNKNOWN) == bool(decision.missing)
    assert not set(decision.missing) & set(facts)
    assert set(decision.because) <= set(facts)
    assert set(decision.because) | set(decision.missing) <= set(condition.facts())


@given(conditions, known_facts)
def test_a_verdict_rests_on_the_facts_that_it_names(condition, facts):
    decision = decide(condition, facts, TODAY)
    assume(decision.verdict is not UNKNOWN)
    assert decide(condition, {name: facts[name] for name in decision.because}, TODAY).verdict is decision.verdict


@given(conditions, known_facts)
def test_not_not_is_the_condition_itself(condition, facts):
    assert decide(not_(not_(condition)), facts, TODAY) == decide(condition, facts, TODAY)


@given(conditions, known_facts)
def test_not_turns_yes_and_no_around_and_leaves_unknown(condition, facts):
    opposite = {YES: NO, NO: YES, UNKNOWN: UNKNOWN}
    assert decide(not_(condition), facts, TODAY).verdict is opposite[decide(condition, facts, TODAY).verdict]


@given(conditions, conditions, known_facts)
def test_the_order_of_parts_does_not_matter(one, other, facts):
    for join in (all_of, any_of):
        assert decide(join(one, other), facts, TODAY).verdict is decide(join(other, one), facts, TODAY).verdict


@given(conditions, conditions, conditions, known_facts)
def test_parts_may_be_grouped_in_any_way(one, two, three, facts):
    for join in (all_of, any_of):
        flat = decide(join(one, two, three), facts, TODAY).verdict
        assert decide(join(one, join(two, three)), facts, TODAY).verdict is flat


@given(conditions, known_facts)
def test_all_or_any_of_one_part_is_that_part(condition, facts):
    for join in (all_of, any_of):
        assert decide(join(condition), facts, TODAY).verdict is decide(condition, facts, TODAY).verdict
        assert decide(join(condition, condition), facts, TODAY).verdict is decide(condition, facts, TODAY).verdict


@given(conditions, conditions, known_facts)
def test_not_all_is_any_not_and_not_any_is_all_not(one, other, facts):
    for join, opposite in ((all_of, any_of), (any_of, all_of)):
        left = decide(not_(join(one, other)), facts, TODAY).verdict
        assert left is decide(opposite(not_(one), not_(other)), facts, TODAY).verdict


@pytest.mark.parametrize(
    ("facts", "english", "spanish"),
    [
        (
            {"relation": "father", "deceased_served": True},
            "Because you said that your father served in the military.",
            "Porque usted dijo que su padre sirvió en las fuerzas armadas.",
        ),
        (
            {"deceased_served": True},
            "Because you said that the person served in the military.",
            "Porque usted dijo que la persona sirvió en las fuerzas armadas.",
        ),
        (
            {"served": True, "state": "NM"},
            "Because you said that you served in the military and that it is in New Mexico.",
            "Porque usted dijo que usted sirvió en las fuerzas armadas y que es en Nuevo México.",
        ),
        ({"age": 67}, "Because you said that you are 67 years old.", "Porque usted dijo que usted tiene 67 años."),
        (
            {"worked": False},
            "Because you said that you did not pay Social Security taxes.",
            "Porque usted dijo que usted no pagó impuestos del Seguro Social.",
        ),
    ],
)
def test_the_reason_says_what_the_person_said(content, facts, english, spanish):
    reasons = [name for name in facts if name != "relation"]
    assert Words(content.facts, facts, "en").because(reasons) == english
    assert Words(content.facts, facts, "es").because(reasons) == spanish


def test_the_reason_says_a_date_as_words(content):
    """C69: dates as words."""
    facts = {"death_date": "2026-03-01", "relation": "mother"}
    assert Words(content.facts, facts, "en").because(["death_date"]) == "Because you said that your mother died on March 1, 2026."
    assert Words(content.facts, facts, "es").because(["death_date"]) == "Porque usted dijo que su madre murió el 1 de marzo de 2026."


def test_a_reason_names_at_most_two_facts(content):
    facts = {"served": True, "worked": True, "age": 67}
    assert Words(content.facts, facts, "en").because(list(facts)).count(" that ") == 2


def test_a_fact_without_words_gives_no_reason(content):
    assert Words(content.facts, {"service_status": "other"}, "en").because(["service_status"]) is None
    assert Words(content.facts, {}, "en").because(["served"]) is None


def test_every_value_of_every_fact_gives_a_reason_without_holes(content):
    for fact in content.facts.values():
        values = {"bool": [True, False], "choice": list(fact.values), "state": list(STATES), "number": [0, 65], "date": ["2026-03-01"]}
        for value in values[fact.kind]:
            for language, start in (("en", "Because you said that "), ("es", "Porque usted dijo que ")):
                reason = Words(content.facts, {fact.id: value}, language).because([fact.id])
                if reason is not None:
                    assert reason.startswith(start)
                    assert "{" not in reason
                    assert reason.endswith(".")
                    assert not reason.endswith("..")


def test_every_condition_of_the_content_can_be_met_and_can_fail(content):
    """A step that nobody can get, or that its condition cannot withhold, is a mistake in the content."""
    for event in content.events.values():
        for step in event.steps:
            if step.who is not None:
                assert {decide(step.who, facts, TODAY).verdict for facts in _people(content, step.who)} >= {YES, NO}, (event.slug, step.id)


def _people(content, condition):
    """Yield every combination of the values of the facts of ``condition`` that can change its verdict."""
    people = [{}]
    for name in condition.facts():
        fact = content.facts[name]
        values = {
            "bool": [True, False],
            "choice": list(fact.values),
            "state": list(STATES),
            "number": [0, 17, 18, 39, 40, 45, 50, 61, 62, 64, 65, 80],
            "date": ["1970-01-01", "2020-05-19", "2021-01-01", "2026-06-01"],
        }[fact.kind]
        if len(values) > 12:
            values = [*(value for value in values if repr(value) in repr(condition)), "zz"]
        people = [{**person, name: value} for person in people for value in values]
    return people
