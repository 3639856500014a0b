"""For whom a step is agrees with the rule that USA.gov's benefit finder publishes for the same benefit.

The published rules are read from a copy of what the benefit finder served, which stays outside the project. They are read twice:
here, answer by answer, and by the importer, which turns them into conditions of ours.
"""

import datetime as dt
import json
import re
from collections import defaultdict
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from knowledge.eligibility import Verdict, decide
from knowledge.errors import ContentError
from knowledge.interchange import benefit_finder
from knowledge.schema import Condition

FINDER = Path(__file__).parents[1] / ".." / "shared" / "data" / "benefit-finder"
TODAY = dt.date(2026, 11, 23)
PEOPLE = 10_000
KNOWN = benefit_finder.mapping()
FORMS = KNOWN["events"]
AGE, DEATH = "applicant_date_of_birth", "deceased_date_of_death"
NOBODY = "someone the form does not know"
"""An answer that no published rule accepts, for what our facts can say and the form cannot, such as a former spouse."""

published = pytest.mark.skipif(not FINDER.is_dir(), reason=f"the published rules are not in {FINDER}")


def benefits_of(form):
    data = json.loads((FINDER / f"{form}.json").read_text(encoding="utf-8"))["data"]
    return [entry["benefit"] for entry in data["benefits"]]


def questions_of(form):
    return sorted({line["criteriaKey"] for benefit in benefits_of(form) for line in benefit["eligibility"]})


def choice_answers(content, form, question):
    """Return triples of (published answer, our fact, our value): every value that our fact can have is there."""
    choice = KNOWN["choices"][question]
    lines = [line for benefit in benefits_of(form) for line in benefit["eligibility"] if line["criteriaKey"] == question]
    offered = {value for line in lines for value in line["acceptableValues"]}
    pairs = [(answer, value) for answer, values in choice["values"].items() if answer in offered for value in values]
    said = {value for _, value in pairs}
    rest = [value for value in content.facts[choice["fact"]].values if value not in said]
    return [(answer, choice["fact"], value) for answer, value in [*pairs, *((NOBODY, value) for value in rest)]]


def fact_of(question, form):
    own = KNOWN["about_the_applicant"].get(question) if form != "death" else None
    return own or KNOWN["yes_or_no"][question]


def somebody(content, form):
    """Return a strategy of people: for each published question, the answer to the form and our fact that says the same."""
    parts = {}
    for question in questions_of(form):
        if question == AGE:
            ages = st.integers(0, 99) | st.sampled_from([17, 18, 19, 49, 50, 59, 60, 61, 62, 63, 64, 65, 66])
            parts["age"] = ages.map(lambda age: ({AGE: age}, {"age": age}))
        elif question == DEATH:
            days = st.integers(0, 728) | st.integers(733, 4000) | st.integers(4000, 25_000)
            parts["death_date"] = days.map(lambda ago: ago_to_answer(TODAY - dt.timedelta(days=ago)))
        elif question in KNOWN["choices"]:
            answers = st.sampled_from(choice_answers(content, form, question))
            parts[question] = answers.map(lambda found, question=question: ({question: found[0]}, {found[1]: found[2]}))
        else:
            fact = fact_of(question, form)
            same = [other for other in questions_of(form) if other in KNOWN["yes_or_no"] and fact_of(other, form) == fact]
            parts[fact] = st.booleans().map(lambda yes, fact=fact, same=same: (dict.fromkeys(same, "Yes" if yes else "No"), {fact: yes}))
    return st.fixed_dictionaries(parts).map(joined)


def ago_to_answer(day):
    return {DEATH: day}, {"death_date": day.isoformat()}


def joined(parts):
    answers, facts = {}, {}
    for answer, fact in parts.values():
        answers |= answer
        facts |= fact
    return answers, facts


def compares(sign, one, other):
    return {"<": one < other, "<=": one <= other, ">": one > other, ">=": one >= other}[sign]


def accepts(rule, answer):
    """Return whether ``answer`` is what one line of a published rule, such as ``>=62years`` or ``Yes``, asks for."""
    years = re.fullmatch(r"([<>]=?)(\d+)years", rule)
    day = re.fullmatch(r"([<>]=?)(\d\d)-(\d\d)-(\d{4})", rule)
    if years and isinstance(answer, dt.date):  # how long ago something was
        return compares(years[1], (TODAY - answer).days, int(years[2]) * 365.25)
    if years:
        return compares(years[1], answer, int(years[2]))
    if day:
        return compares(day[1], answer, dt.date(int(day[4]), int(day[2]), int(day[3])))
    return rule == answer


def gets(benefit, answers):
    """Return whether the published rule of ``benefit`` holds: each question, with one of its values (an age: with all)."""
    for line in benefit["eligibility"]:
        join = all if line["criteriaKey"] == AGE else any
        if not join(accepts(rule, answers[line["criteriaKey"]]) for rule in line["acceptableValues"]):
            return False
    return True


def steps_of(content, form):
    return {step.id: step for step in content.events[FORMS[form]].steps}


def served(form):
    found = defaultdict(list)
    for benefit in benefits_of(form):
        found[KNOWN["steps"][form][benefit["title"]]].append(benefit)
    return found


@published
@pytest.mark.parametrize("form", FORMS)
def test_every_published_benefit_has_a_step(content, form):
    assert {benefit["title"] for benefit in benefits_of(form)} == set(KNOWN["steps"][form])
    assert set(KNOWN["steps"][form].values()) <= set(steps_of(content, form))


@published
@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_a_step_is_for_exactly_those_for_whom_the_published_benefit_is(content, form):
    """10,000 random people a form, each of whom answered every question. Differences are explained in docs/eligibility.md."""
    steps, benefits, met = steps_of(content, form), served(form), defaultdict(int)
    allowed = {step: Condition.model_validate(entry["only"]) for step, entry in KNOWN["differences"].get(form, {}).items()}

    @settings(max_examples=PEOPLE, deadline=None, database=None, suppress_health_check=list(HealthCheck))
    @given(somebody(content, form))
    def agree(person):
        answers, facts = person
        for step, same in benefits.items():
            theirs = any(gets(benefit, answers) for benefit in same)
            met[step] += theirs
            ours = decide(steps[step].who, facts, TODAY).verdict
            if ours is not (Verdict.YES if theirs else Verdict.NO):
                assert step in allowed, f"{step}: published {theirs}, ours {ours}"
                assert decide(allowed[step], facts, TODAY).verdict is Verdict.YES, f"{step}: published {theirs}, ours {ours}"

    agree()
    assert not [step for step in benefits if not met[step]], "no person of the sample gets these: the comparison says nothing"


@published
@pytest.mark.parametrize("form", FORMS)
def test_the_importer_reads_the_rules_as_they_are_written(content, form):
    """The condition that the importer makes of a rule holds for exactly those for whom the rule does."""
    read = {benefit.title: benefit for benefit in benefit_finder.read(FINDER / f"{form}.json").benefits}
    rules = {benefit["title"].strip(): benefit for benefit in benefits_of(form)}
    assert set(read) == set(rules)

    @settings(max_examples=300, deadline=None, suppress_health_check=list(HealthCheck))
    @given(somebody(content, form))
    def agree(person):
        answers, facts = person
        for title, rule in rules.items():
            assert (decide(read[title].who, facts, TODAY).verdict is Verdict.YES) == gets(rule, answers), title

    agree()


@published
@pytest.mark.parametrize("form", FORMS)
def test_the_command_finds_the_differences_and_their_reasons(content, form):
    read = benefit_finder.read(FINDER / f"{form}.json")
    found = {entry.step: entry for entry in benefit_finder.compare(read, content, TODAY, people=3000)}
    explained = KNOWN["differences"].get(form, {})
    assert {step for step, entry in found.items() if entry.differ} == set(explained), "an explanation that nothing needs is to be removed"
    assert all(found[step].explained == explained[step]["why"] for step in explained)


@published
def test_a_wrong_step_is_noticed(content):
    read = benefit_finder.read(FINDER / "retirement.json")
    event = content.events["retiring"]
    changed = [step.model_copy(update={"who": None}) if step.id == "black_lung" else step for step in event.steps]
    content = type(content)(
        content.agencies, content.facts, content.services, content.states, {"retiring": event.model_copy(update={"steps": changed})}
    )
    (entry,) = [entry for entry in benefit_finder.compare(read, content, TODAY, people=500) if entry.differ]
    assert (entry.step, entry.explained) == ("black_lung", None)


def a_form(**changes):
    rule = [{"criteriaKey": "applicant_miner", "acceptableValues": ["Yes"]}]
    benefit = {"title": "New help", "SourceLink": "https://www.usa.gov/", "agency": {"title": "An agency (AA)"}, "eligibility": rule}
    return {"data": {"lifeEventForm": {"id": "retirement"}, "benefits": [{"benefit": benefit | changes}]}}


def test_a_new_benefit_becomes_a_draft(tmp_path):
    path = tmp_path / "form.json"
    path.write_text(json.dumps(a_form()), encoding="utf-8")
    (step,) = yaml.safe_load(benefit_finder.drafts(benefit_finder.read(path)))["steps"]
    assert step == {
        "id": "new_help", "title": "New help", "agency": "An agency", "url": "https://www.usa.gov/", "who": {"fact": "miner", "is": True}
    }  # fmt: skip


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("{", "not a file of the benefit finder"),
        ("[]", "not a file of the benefit finder"),
        (json.dumps({"data": {"lifeEventForm": {"id": "es_death"}, "benefits": []}}), "English file"),
        (json.dumps(a_form(eligibility=[{"criteriaKey": "new_question", "acceptableValues": ["Yes"]}])), "new_question"),
        (json.dumps(a_form(eligibility=[{"criteriaKey": "applicant_date_of_birth", "acceptableValues": ["old"]}])), "'old'"),
        (json.dumps(a_form(eligibility=[{"criteriaKey": "applicant_marital_status", "acceptableValues": ["Engaged"]}])), "Engaged"),
    ],
)
def test_a_file_that_cannot_be_read_says_what_to_do(tmp_path, text, said):
    path = tmp_path / "form.json"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ContentError, match=said):
        benefit_finder.read(path)
