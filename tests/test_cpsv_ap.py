"""CPSV-AP 3.2: the export fits the published SHACL shapes, life events included."""

import json
import warnings
from pathlib import Path

import pytest

from knowledge.interchange import cpsv_ap

SHAPES = Path(__file__).parents[1] / ".." / "shared" / "data" / "cpsv-ap-3.2.0" / "cpsv-ap-SHACL.ttl"
published = pytest.mark.skipif(not SHAPES.is_file(), reason=f"the published shapes are not at {SHAPES}")


@pytest.fixture(scope="module")
def document(content):
    return cpsv_ap.export(content)


def graph_of(document):
    import rdflib

    return rdflib.Graph().parse(data=json.dumps(document), format="json-ld")


def report(document):
    import rdflib

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        import pyshacl

        fits, _, text = pyshacl.validate(graph_of(document), shacl_graph=rdflib.Graph().parse(SHAPES, format="turtle"))
    return fits, text


@published
def test_the_export_fits_the_published_shapes(document):
    fits, text = report(document)
    assert fits, text[:2000]


@published
def test_the_shapes_would_notice_what_is_missing(document):
    kinds = ("cpsv:PublicService", ["cv:LifeEvent", "cv:Event"])
    first = [next(node for node in document["@graph"] if node["@type"] == kind) for kind in kinds]
    lacking = [{key: value for key, value in node.items() if key != "dct:title"} for node in first]
    fits, text = report({"@context": document["@context"], "@graph": lacking})
    assert not fits
    assert text.count("MinCountConstraintComponent") >= 2


def test_every_event_and_service_is_there_with_both_languages(content, document):
    nodes = {node["@id"]: node for node in document["@graph"]}
    assert len(nodes) == len(document["@graph"])
    for event in content.events.values():
        node = nodes[f"urn:front-door:event/{event.slug}"]
        assert ("cv:LifeEvent" in node["@type"]) == (event.kind == "life_event")
        assert {word["@language"]: word["@value"] for word in node["dct:title"]} == event.title.model_dump()
        assert {link["@id"] for link in node["cv:hasRelatedService"]} == {f"urn:front-door:service/{step.service}" for step in event.steps}
    for service in content.services.values():
        assert {word["@language"] for word in nodes[f"urn:front-door:service/{service.id}"]["dct:title"]} == {"en", "es"}


def test_no_link_leads_nowhere(document):
    nodes = {node["@id"] for node in document["@graph"]}

    def links(value):
        if isinstance(value, dict):
            if set(value) == {"@id"}:
                yield value["@id"]
            for inner in value.values():
                yield from links(inner)
        elif isinstance(value, list):
            for inner in value:
                yield from links(inner)

    assert not [link for node in document["@graph"] for link in links(node) if link.startswith("urn:") and link not in nodes]
