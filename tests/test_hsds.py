"""HSDS 3.0: what is exported fits Open Referral's own schemas, and nothing that HSDS can hold is lost on the way back."""

import datetime as dt
import json
from collections import defaultdict
from contextlib import suppress
from pathlib import Path

import jsonschema
import pytest
import referencing
from hypothesis import given
from hypothesis import strategies as st

from knowledge.content import load
from knowledge.errors import ContentError
from knowledge.interchange import content_files, hsds

HSDS = Path(__file__).parents[1] / ".." / "shared" / "data" / "hsds-3.x"
TODAY = dt.date(2026, 11, 23)

published = pytest.mark.skipif(not HSDS.is_dir(), reason=f"the published schemas are not in {HSDS}")


@pytest.fixture(scope="module")
def document(content):
    return hsds.export(content)


@pytest.fixture(scope="module")
def validator():
    resources = {path.name: json.loads(path.read_text(encoding="utf-8")) for path in (HSDS / "schema").glob("*.json")}
    registry = referencing.Registry().with_resources(
        (name, referencing.Resource.from_contents(schema, referencing.jsonschema.DRAFT202012)) for name, schema in resources.items()
    )
    checker = jsonschema.Draft202012Validator.FORMAT_CHECKER
    return jsonschema.Draft202012Validator(resources["service.json"], registry=registry, format_checker=checker)


@published
def test_every_exported_service_fits_the_published_schema(document, validator):
    problems = [f"{service['name']}: {error.message}" for service in document["services"] for error in validator.iter_errors(service)]
    assert not problems[:5]


@published
def test_the_schema_would_notice_a_wrong_service(document, validator):
    wrong = document["services"][0] | {"status": "open", "phones": [{"number": "800-772-1213"}]}
    assert len(list(validator.iter_errors(wrong))) == 2


def test_every_id_stands_for_one_thing(document):
    places = defaultdict(set)

    def visit(entry, kind):
        if isinstance(entry, dict):
            if "id" in entry:
                places[entry["id"]].add((kind, json.dumps(entry, sort_keys=True)))
            for name, value in entry.items():
                visit(value, name)
        elif isinstance(entry, list):
            for value in entry:
                visit(value, kind)

    visit(document["services"], "service")
    assert not [own for own, found in places.items() if len(found) > 1]


def test_the_round_trip_loses_nothing(content, document):
    back = hsds.import_(json.loads(json.dumps(document)), TODAY)
    assert back.services == content.services
    assert back.agencies == {name: agency for name, agency in content.agencies.items() if name in back.agencies}
    assert set(back.agencies) == {service.agency for service in content.services.values()}
    assert back.states == content.states


def test_what_to_bring_and_what_it_costs_comes_back_as_drafts_of_steps(content, document):
    back = hsds.import_(document, TODAY)
    steps = [(event.slug, step) for event in content.events.values() for step in event.steps]
    assert any(step.bring for _, step in steps)
    for slug, step in steps:
        draft = back.drafts[step.service]
        assert slug in draft.events
        if step.bring:
            assert set(step.bring.en) <= set(draft.bring["en"])
            assert set(step.bring.es) <= set(draft.bring["es"])
        if step.cost:
            assert step.cost.en in draft.cost


@published
def test_a_service_from_elsewhere_is_read_and_expires_at_once(validator):
    """Open Referral's own example: nobody here has looked at it, so it may not be handed out for long (C06)."""
    example = json.loads((HSDS / "examples" / "service_full.json").read_text(encoding="utf-8"))
    example["url"] = example["organization"]["website"] = "https://example.com/counselling"
    for phone in example["phones"]:
        phone["number"] = "202-555-0143"
    back = hsds.import_({"version": "3.0", "services": [example]}, TODAY)
    (service,) = back.services.values()
    assert service.id == "community_counselling"
    assert service.review_by == TODAY + dt.timedelta(days=1)
    assert service.unconfirmed == ["url", "phones"]
    assert back.drafts[service.id].cost


def test_what_cannot_be_read_is_listed_by_service():
    bad = [{"name": "Without a page"}, {"name": "Odd page", "url": "ftp://example.com"}, "text"]
    with pytest.raises(ContentError) as refused:
        hsds.import_({"services": bad}, TODAY)
    assert {problem.file for problem in refused.value.problems} >= {"Without a page", "Odd page"}
    with pytest.raises(ContentError, match="services"):
        hsds.import_({"organizations": []}, TODAY)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["name", "url", "phones", "attributes", "value", "organization"]), inner, max_size=4)
    ),
    max_leaves=12,
)


@given(st.lists(JSON, max_size=4))
def test_any_json_is_read_or_refused(services):
    with suppress(ContentError):
        hsds.import_({"services": services}, TODAY)


def test_imported_files_can_be_loaded(content, document, tmp_path):
    """The files that the command writes are content: the same services again."""
    files = content_files.write(hsds.import_(document, TODAY), tmp_path / "new")
    assert {path.name for path in files} >= {"agencies.yml", "imported.yml", "steps.yml"}
    again = load(tmp_path / "new")
    assert again.services == content.services
    assert again.states == content.states
    with pytest.raises(FileExistsError):
        content_files.write(hsds.import_(document, TODAY), tmp_path / "new")
