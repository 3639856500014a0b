"""Each of the 36 commitments of Executive Order 14058 that the public can ask for leads to a path (docs/commitments.md)."""

import datetime as dt
import json
import re
from pathlib import Path

import pytest

from knowledge.situations import main_facts
from knowledge.task_path import MOST_STEPS, candidates

ROOT = Path(__file__).parents[1]
LIST = ROOT / ".." / "shared" / "data" / "eo14058_commitments.json"
TODAY = dt.date(2026, 11, 23)
ROW = re.compile(r"^\| (\d+) \| [^|]+ \| (?:`(\w+)`)? ?\| ?([^|]*) ?\|$", re.MULTILINE)
NOT_FOR_THE_PUBLIC = {31}


def rows():
    text = (ROOT / "docs" / "commitments.md").read_text(encoding="utf-8")
    return [(int(number), slug or None, re.findall(r"`(\w+)`", steps)) for number, slug, steps in ROW.findall(text)]


def test_every_number_is_answered_or_asks_nothing():
    answered = {number for number, slug, steps in rows() if slug and steps}
    assert answered | NOT_FOR_THE_PUBLIC == set(range(1, 37))


@pytest.mark.parametrize(("number", "slug", "steps"), [row for row in rows() if row[1]])
def test_the_steps_are_among_the_first_for_somebody(content, base, number, slug, steps):
    event = content.events[slug]
    first = {
        candidate.step.id for facts in main_facts(event, content.facts) for candidate in candidates(base, event, facts, TODAY)[:MOST_STEPS]
    }
    assert set(steps) <= first, f"commitment {number}"


@pytest.mark.skipif(not LIST.is_file(), reason=f"the list of commitments is not at {LIST}")
def test_each_task_of_the_list_for_the_public_is_answered():
    commitments = json.loads(LIST.read_text(encoding="utf-8"))
    commitments = commitments if isinstance(commitments, list) else commitments["commitments"]
    asked = {entry["n"] for entry in commitments if not entry["citizen_task"].startswith("(no direct task")}
    assert len(commitments) == 36
    assert asked <= {number for number, slug, _ in rows() if slug}


def test_what_ended_says_so_and_says_what_there_is_instead(content):
    step = next(step for step in content.events["grants"].steps if step.id == "after_usaid")
    assert "ended" in step.do.en
    assert content.services[step.service].url.en.startswith("https://www.")
    assert not any("usaid.gov" in service.url.en for service in content.services.values())
