"""For whom a step is agrees with the rule that USA.gov's benefit finder publishes for the same benefit.

The published rules are read from a copy of what the benefit finder served, which stays outside the project.
"""

import datetime as dt
import json
import random
import re
from collections import defaultdict
from pathlib import Path

import pytest

from knowledge.eligibility import Verdict, decide

FINDER = Path(__file__).parents[1] / ".." / "shared" / "data" / "benefit-finder"
TODAY = dt.date(2026, 11, 23)
FORMS = {"death": "death_of_loved_one", "retirement": "retiring", "disability": "disability"}

pytestmark = pytest.mark.skipif(not FINDER.is_dir(), reason=f"the published rules are not in {FINDER}")

STEPS = {
    "death": {
        "COVID-19 funeral assistance": "covid_funeral",
        "Coal mine worker's compensation for surviving spouse": "black_lung",
        "Presidential Memorial Certificate": "va_certificate",
        "Veterans burial allowance": "va_allowance",
        "Survivors pension for spouse": "va_pension",
        "Survivors pension for child": "va_pension",
        "Survivors pension for child with disabilities": "va_pension",
        "Veterans medallions": "va_headstone",
        "Veterans headstone and grave marker": "va_headstone",
        "Life insurance for survivors of veterans": "va_life_insurance",
        "Dependency and Indemnity Compensation (DIC)": "va_dic",
        "Civilian Health and Medical Program of the VA (CHAMPVA)": "va_champva",
        "Burial benefits": "dod_burial",
        "Lump-sum death benefit": "ssa_lump_sum",
        "Financial Assistance and Social Services (FASS) - Burial assistance": "bia_burial",
        "Survivors benefits for parents caring for a child": "ssa_caring_for_child",
        "Annuity for military surviving spouses": "dod_annuity",
        "Education benefits (GI Bill) for survivors": "va_education",
        "Survivors benefits for child": "ssa_child",
        "Survivors benefits for child with disabilities": "ssa_child",
        "Survivors benefits for spouse": "ssa_spouse",
        "Survivors benefits for spouse with disabilities": "ssa_spouse_disability",
        "Survivors benefits for parents": "ssa_parent",
        "Public safety officers' Educational Assistance Program": "psob_education",
        "Public safety officers' death benefits": "psob_death",
        "Burial flag": "va_flag",
        "Home loan program for survivors": "va_home_loan",
        "Survivor benefit plan": "dod_sbp",
        "Burial in VA national cemetery": "va_cemetery",
        "Death gratuity": "dod_gratuity",
    },
    "retirement": {
        "Retirement benefits": "apply",
        "Retirement benefits for spouse": "family",
        "Retirement benefits for parents": "family",
        "Retirement benefits for child": "family",
        "Retirement benefits for child with disabilities": "family",
        "Combat-Related Special Compensation (CRSC)": "combat_pay",
        "Concurrent Retirement and Disability Payments (CRDP)": "concurrent_pay",
        "Social Security Disability Insurance": "disability_insurance",
        "Financial Assistance and Social Services (FASS)": "tribal_money",
        "Housing improvement program": "tribal_home",
        "Thrift Savings Plan (TSP)": "uniformed_savings",
        "Medicare with retirement": "medicare",
        "Medicare Savings Programs (MSP)": "medicare_savings",
        "Extra help with Medicare prescription drug plan (Part D) costs": "extra_help",
        "Veteran's pension": "veterans_pension",
        "Supplemental Security Income (SSI) for adults": "ssi",
        "Coal mine worker's compensation": "black_lung",
        "Tax-advantaged retirement plans information": "retirement_plans",
    },
    "disability": {
        "Supplemental Security Income (SSI) for Child": "child_ssi",
        "Supplemental Security Income (SSI)": "ssi",
        "Medicare with disability": "medicare",
        "Medicare Savings Programs (MSP)": "medicare_savings",
        "Veteran's pension with disability": "veterans_pension",
        "Veteran readiness and employment (VR&E)": "veterans_work",
        "Additional disability benefits for veterans": "veterans_grants",
        "Disability compensation": "veterans_compensation",
        "Combat-Related Special Compensation (CRSC)": "combat_pay",
        "Concurrent Retirement and Disability Payments (CRDP)": "concurrent_pay",
        "Ticket to Work Program": "ticket",
        "Social Security Disability Insurance": "disability_insurance",
        "Social Security disability insurance for child with disabilities": "family",
        "Social Security disability insurance for child": "family",
        "Social Security disability insurance for parents": "family",
        "Social Security disability insurance for spouse": "family",
        "Financial Assistance and Social Services (FASS)": "tribal_money",
        "Coal mine worker's compensation": "black_lung",
        "Tax relief programs for people with disabilities": "tax_help",
        "Public safety officers' disability benefits": "public_safety",
        "Braille and audio materials service": "talking_books",
    },
}
"""Which step of ours serves a published benefit; several benefits that are asked for at the same desk share a step."""

DIFFERENCES = {
    ("disability", "family"): (
        lambda facts: facts["age"] == 18,
        'published as ">18years" beside "<18years", which leaves out the year in which a person is 18; ours is 18 or older',
    ),
}
"""Where ours may differ: for whom, and why."""

SERVICE = {
    "Active-duty service member": "active_duty",
    "Honorable, general or other than dishonorable discharge": "discharged",
    "Retired from the service": "retired",
    "Member of the National Guard/Reserves": "guard_or_reserve",
    "Member of the National Guard or Reserves": "guard_or_reserve",
    "Other": "other",
    "Not applicable": "other",
}
CIRCUMSTANCE = {
    "Died while on active duty": "active_duty",
    "Died while on inactive-duty training": "training",
    "Died as a result of a service-related disability/illness": "service_disability",
    "Died while receiving/traveling to VA care": "va_care",
    "Died while receiving/eligible for VA compensation": "va_compensation",
    "Other": "other",
    "Not applicable": "other",
}
RELATION = {
    "Spouse": ["husband", "wife", "spouse"],
    "Child": ["father", "mother", "parent"],
    "Parent": ["son", "daughter", "child", "baby"],
    "Other family member": [
        "partner",
        "brother",
        "sister",
        "grandfather",
        "grandmother",
        "grandchild",
        "uncle",
        "aunt",
        "cousin",
        "relative",
    ],
    "Personal or official representative": ["client", "friend", "neighbor"],
}
"""The form asks what the applicant was to the person who died; we know who the person was to the applicant."""

YES_OR_NO = {
    "applicant_citizen_status": "citizen",
    "applicant_care_for_child": "caring_for_child",
    "applicant_paid_funeral_expenses": "paid_funeral",
    "applicant_paid_into_SS": "worked",
    "applicant_income": "low_income",
    "applicant_american_indian": "native",
    "applicant_disability": "has_disability",
    "applicant_ability_to_work": "cannot_work",
    "applicant_child_spouse_SS": "family_gets_social_security",
    "applicant_served_in_active_military": "served",
    "applicant_service_disability": "service_disability",
    "applicant_miner": "miner",
    "deceased_death_location_is_US": "death_in_us",
    "deceased_paid_into_SS": "deceased_worked",
    "deceased_american_indian": "deceased_native",
    "deceased_died_of_COVID": "deceased_covid",
    "deceased_served_in_active_military": "deceased_served",
    "deceased_grave_headstone": "unmarked_grave",
    "deceased_miner": "deceased_miner",
    "deceased_public_safety_officer": "deceased_public_safety_officer",
}
"""Published question to fact. "Ability to work" asks whether a condition keeps from working, hence cannot_work."""

MISNAMED = {"deceased_served_in_active_military": "served", "deceased_public_safety_officer": "public_safety_officer"}
"""The forms on retirement and disability use these names of the form on death, though they mean the applicant."""


def published(form):
    data = json.loads((FINDER / f"{form}.json").read_text(encoding="utf-8"))["data"]
    return [entry["benefit"] for entry in data["benefits"]]


def options(form):
    """Return what can be selected for each question of the published form."""
    return {
        entry["criteriaKey"]: [value for value in entry["acceptableValues"] if isinstance(value, str)]
        for benefit in published(form)
        for entry in benefit["eligibility"]
    }


def somebody(chance, form):
    """Return the answers of a random person to the form, and the facts that say the same to us."""
    answers, facts = {}, {}
    age = chance.choice([chance.randint(0, 95), chance.choice([16, 17, 18, 19, 49, 50, 59, 60, 61, 62, 63, 64, 65, 66])])
    answers["applicant_date_of_birth"] = facts["age"] = age
    status = chance.choice(["Married", "Unmarried", "Widowed", "Divorced"])
    answers["applicant_marital_status"], facts["marital_status"] = status, status.casefold()
    for question, name in YES_OR_NO.items():
        answer = chance.random() < 0.7
        answers[question] = "Yes" if answer else "No"
        facts[name if form == "death" else MISNAMED.get(question, name)] = answer
    if form != "death":  # one question with two names
        answers["deceased_served_in_active_military"] = answers["applicant_served_in_active_military"]
        facts["served"] = answers["applicant_served_in_active_military"] == "Yes"
        status = chance.choice(
            [name for name in SERVICE if name not in ("Other", "Not applicable", "Member of the National Guard/Reserves")]
        )
        answers["applicant_service_status"], facts["service_status"] = status, SERVICE[status]
        return answers, facts
    relation = chance.choice(list(RELATION))
    answers["applicant_relationship_to_the_deceased"], facts["relation"] = relation, chance.choice(RELATION[relation])
    day = TODAY - dt.timedelta(days=chance.choice([chance.randint(0, 728), chance.randint(733, 4000), chance.randint(4000, 25_000)]))
    answers["deceased_date_of_death"], facts["death_date"] = day, day.isoformat()
    status = chance.choice([name for name in SERVICE if name != "Member of the National Guard or Reserves"])
    answers["deceased_service_status"], facts["deceased_service_status"] = status, SERVICE[status]
    circumstance = chance.choice(list(CIRCUMSTANCE))
    answers["deceased_military_death_circumstance"], facts["deceased_death_circumstance"] = circumstance, CIRCUMSTANCE[circumstance]
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
        join = all if line["criteriaKey"] == "applicant_date_of_birth" else any
        if not join(accepts(rule, answers[line["criteriaKey"]]) for rule in line["acceptableValues"]):
            return False
    return True


@pytest.mark.parametrize("form", FORMS)
def test_every_published_benefit_has_a_step(content, form):
    assert {benefit["title"] for benefit in published(form)} == set(STEPS[form])
    steps = {step.id for step in content.events[FORMS[form]].steps}
    assert set(STEPS[form].values()) <= steps


@pytest.mark.parametrize("form", FORMS)
def test_every_published_question_is_one_of_our_facts(form):
    known = {*YES_OR_NO, "applicant_date_of_birth", "applicant_marital_status", "applicant_relationship_to_the_deceased"}
    known |= {"applicant_service_status", "deceased_service_status", "deceased_military_death_circumstance", "deceased_date_of_death"}
    assert set(options(form)) <= known
    for question, values in options(form).items():
        if question.endswith("service_status"):
            assert set(values) <= set(SERVICE)
        if question.endswith("circumstance"):
            assert set(values) <= set(CIRCUMSTANCE)


@pytest.mark.parametrize("form", FORMS)
def test_a_step_is_for_exactly_those_for_whom_the_published_benefit_is(content, form):
    """1,000 random people a form, each of whom answered every question."""
    steps = {step.id: step for step in content.events[FORMS[form]].steps}
    benefits = defaultdict(list)
    for benefit in published(form):
        benefits[STEPS[form][benefit["title"]]].append(benefit)
    chance, wrong, met = random.Random(form), defaultdict(list), defaultdict(int)
    for _ in range(1000):
        answers, facts = somebody(chance, form)
        for step, same in benefits.items():
            ours = decide(steps[step].who, facts, TODAY).verdict
            theirs = any(gets(benefit, answers) for benefit in same)
            met[step] += theirs
            allowed, _reason = DIFFERENCES.get((form, step), (lambda _: False, ""))
            if ours is not (Verdict.YES if theirs else Verdict.NO) and not allowed(facts):
                wrong[step].append((theirs, ours, facts))
    assert not {step: (len(cases), cases[0]) for step, cases in wrong.items()}
    assert not [step for step in benefits if not met[step]], "no person of the sample gets these: the comparison says nothing"


@pytest.mark.parametrize(("form", "step"), DIFFERENCES)
def test_an_explained_difference_is_still_there(content, form, step):
    """An explanation that nothing needs any more is to be removed."""
    who = next(entry.who for entry in content.events[FORMS[form]].steps if entry.id == step)
    same = [benefit for benefit in published(form) if STEPS[form][benefit["title"]] == step]
    chance, differs = random.Random(step), False
    for _ in range(3000):
        answers, facts = somebody(chance, form)
        differs |= (decide(who, facts, TODAY).verdict is Verdict.YES) != any(gets(benefit, answers) for benefit in same)
    assert differs
