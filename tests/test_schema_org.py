"""schema.org JSON-LD of a path."""

import datetime as dt

import pytest

from knowledge.interchange import schema_org
from knowledge.task_path import find_path

TODAY = dt.date(2026, 11, 23)


@pytest.mark.parametrize("language", ["en", "es"])
def test_each_step_is_a_government_service(base, language):
    found = find_path(base, "death_of_loved_one", {"state": "TX", "relation": "father"}, language, TODAY)
    document = schema_org.path(found, language, "https://example.gov/life-events/death_of_loved_one")
    assert document["@type"] == "ItemList"
    assert [item["position"] for item in document["itemListElement"]] == [1, 2, 3]
    for step, item in zip(found.steps, document["itemListElement"], strict=True):
        service = item["item"]
        assert service["@type"] == "GovernmentService"
        assert service["provider"]["name"] == step.service.agency
        assert service["areaServed"]["name"] == "Texas"
        assert service["availableChannel"]["serviceUrl"] == step.reach.url
        assert (service["availableChannel"].get("servicePhone") or {}).get("telephone") == step.reach.phone
        assert service["expires"] == step.source.review_by


def test_without_a_state_the_area_is_the_country(base):
    found = find_path(base, "passport", {}, "en", TODAY)
    assert schema_org.service(found.steps[0], "en")["areaServed"] == {"@type": "Country", "name": "US"}
