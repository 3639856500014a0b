"""Two services for one purpose, or one page under two names, are found."""

import shutil
from pathlib import Path

import pytest

from assistant.designing.check import check
from knowledge.duplicates import duplicates, same_page
from knowledge.schema import LocalUrl, Text

ROOT = Path(__file__).parents[1]


@pytest.fixture
def project(tmp_path):
    """A copy of what the check reads."""
    for name in ("knowledge/content", "nlu", "tests/sentences", "tests/crisis"):
        shutil.copytree(ROOT / name, tmp_path / name)
    shutil.copy(ROOT / "domain.yml", tmp_path / "domain.yml")
    return tmp_path


@pytest.fixture
def two(content):
    services = iter(content.services.values())
    one = next(service for service in services if service.agency == "irs" and not service.state_program)
    other = next(service for service in services if service.agency == "irs" and service.id != one.id)
    return one, other


def pairs(*services, leads_to=None):
    return [(entry.service, entry.other) for entry in duplicates({service.id: service for service in services}, leads_to)]


def test_the_content_has_no_duplicates(content):
    assert duplicates(content.services) == []


@pytest.mark.parametrize("change", [str.upper, lambda url: url + "/", lambda url: url.replace("www.", ""), lambda url: url + "/index.html"])
def test_one_page_under_two_names_is_found(two, change):
    one, other = two
    address = change("https://www.irs.gov/refunds/page").replace("HTTPS", "https")
    same = [
        one.model_copy(update={"url": LocalUrl(en="https://www.irs.gov/refunds/page")}),
        other.model_copy(update={"url": LocalUrl(en=address)}),
    ]
    assert pairs(*same) == [(other.id, one.id)]


def test_two_services_for_one_purpose_are_found(two):
    one, other = two
    alike = other.model_copy(update={"name": Text(en=one.name.en.upper(), es="x")})
    reworded = other.model_copy(update={"name": one.name, "summary": Text(en=one.summary.en + " Now.", es="x")})
    assert pairs(one, alike) == pairs(one, reworded) == [(other.id, one.id)]
    assert pairs(one, other) == []


def test_a_page_that_leads_to_the_page_of_another_service_is_found(two):
    one, other = two
    assert pairs(one, other, leads_to={other.url.en: one.url.en + "/"}) == [(other.id, one.id)]
    assert pairs(one, other, leads_to={other.url.en: "https://www.irs.gov/elsewhere"}) == []


def test_a_page_that_serves_two_purposes_is_allowed_when_it_is_said(two):
    one, other = two
    shared = other.model_copy(update={"url": one.url, "shares_page_with": [one.id]})
    assert pairs(one, shared) == []


def test_same_page_knows_a_query():
    assert not same_page("https://a.gov/form?id=1", "https://a.gov/form?id=2")


def test_the_check_names_file_and_line(project):
    path = project / "knowledge" / "content" / "services" / "postal.yml"
    text = path.read_text(encoding="utf-8")
    again = text[text.index("  - id:") :].replace("usps_change_of_address", "usps_second")
    path.write_text(text + again, encoding="utf-8")
    (problem,) = [problem for problem in check(project) if "usps_second" in problem.message]
    assert problem.file == "knowledge/content/services/postal.yml"
    assert problem.line > len(text.splitlines())
