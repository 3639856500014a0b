"""Export to the European Core Public Service Vocabulary, CPSV-AP 3.2, as JSON-LD: it has a class for life events.

The document carries its own context, so that nothing has to be fetched to read it.
Source of the shape: https://semiceu.github.io/CPSV-AP/releases/3.2.0/
"""

from __future__ import annotations

import hashlib
from collections import defaultdict
from typing import Any

from knowledge.content import Content
from knowledge.schema import LANGUAGES, Agency, Event, LocalUrl, Phone, Service, StateTable, Step, Text
from knowledge.states import STATES

CONTEXT = {
    "cpsv": "http://purl.org/vocab/cpsv#",
    "cv": "http://data.europa.eu/m8g/",
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "schema": "https://schema.org/",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
_LANGUAGE = {
    "en": "http://publications.europa.eu/resource/authority/language/ENG",
    "es": "http://publications.europa.eu/resource/authority/language/SPA",
}
_COUNTRY = "http://publications.europa.eu/resource/authority/country/USA"

Node = dict[str, Any]


def export(content: Content, base: str = "urn:front-door:") -> Node:
    """Return services, agencies and life events as one JSON-LD document; ``base`` starts the id of each."""
    return _Graph(content, base).document()


class _Graph:
    def __init__(self, content: Content, base: str) -> None:
        self.content, self.base = content, base
        self.nodes: dict[str, Node] = {}

    def document(self) -> Node:
        steps: dict[str, list[tuple[Event, Step]]] = defaultdict(list)
        for event in self.content.events.values():
            for step in event.steps:
                steps[step.service].append((event, step))
        for code in LANGUAGES:
            self._add(_LANGUAGE[code], "dct:LinguisticSystem", {"dct:identifier": code})
        self._add(_COUNTRY, "dct:Location", {"skos:prefLabel": [{"@value": "United States", "@language": "en"}]})
        for service in self.content.services.values():
            self._service(service, steps[service.id])
        for table in self.content.states.values():
            self._offices(table)
        for event in self.content.events.values():
            self._event(event)
        return {"@context": CONTEXT, "@graph": list(self.nodes.values())}

    def _add(self, name: str, kind: str | list[str], values: Node) -> Node:
        node = {"@id": name, "@type": kind} | {key: value for key, value in values.items() if value not in (None, [], "")}
        self.nodes.setdefault(name, node)
        return {"@id": name}

    def _event(self, event: Event) -> None:
        related = [{"@id": self._name("service", name)} for name in dict.fromkeys(step.service for step in event.steps)]
        kind = ["cv:LifeEvent", "cv:Event"] if event.kind == "life_event" else ["cv:Event"]
        name = self._name("event", event.slug)
        self._add(name, kind, {"dct:identifier": event.slug, "dct:title": _words(event.title), "cv:hasRelatedService": related})

    def _service(self, service: Service, steps: list[tuple[Event, Step]]) -> None:
        name = self._name("service", service.id)
        keywords = service.keywords.model_dump() if service.keywords else {}
        self._add(
            name,
            "cpsv:PublicService",
            {
                "dct:identifier": service.id,
                "dct:title": _words(service.name),
                "dct:description": _words(service.summary),
                "dcat:keyword": [{"@value": word, "@language": code} for code, words in keywords.items() for word in words],
                "dct:language": [{"@id": _LANGUAGE[code]} for code in _spoken(service)],
                "dct:modified": {"@value": service.reviewed_on.isoformat(), "@type": "xsd:date"},
                "dct:source": {"@id": service.source},
                "cv:hasCompetentAuthority": self._agency(self.content.agencies[service.agency]),
                "dct:spatial": [self._state(code) for code in service.service_area] or [{"@id": _COUNTRY}],
                "cv:hasChannel": self._channels(name, service),
                "cv:contactPoint": self._contact(name, service.url, service.phones),
                "cpsv:hasInput": self._evidence(steps),
                "cv:hasCost": self._costs(steps),
                "cv:isGroupedBy": [{"@id": self._name("event", slug)} for slug in dict.fromkeys(event.slug for event, _ in steps)],
            },
        )

    def _offices(self, table: StateTable) -> None:
        for state, office in table.rows.items():
            own = f"{table.program}/{state}"
            place = self._state(state)
            authority = self._add(
                self._name("organization", own), "cv:PublicOrganisation", {"skos:prefLabel": _words(office.name), "dct:spatial": place}
            )
            name = self._name("service", own)
            phones = [Phone(number=office.phone, tty=office.tty, source=office.source)] if office.phone else []
            self._add(
                name,
                "cpsv:PublicService",
                {
                    "dct:identifier": own,
                    "dct:title": _words(office.name),
                    "dct:description": _words(table.name),
                    "dct:language": [{"@id": _LANGUAGE["en"]}],
                    "dct:modified": {"@value": table.reviewed_on.isoformat(), "@type": "xsd:date"},
                    "cv:hasCompetentAuthority": authority,
                    "dct:spatial": place,
                    "cv:contactPoint": self._contact(name, office.url, phones),
                },
            )

    def _agency(self, agency: Agency) -> Node:
        values = {"skos:prefLabel": _words(agency.name), "foaf:homepage": {"@id": agency.url.en}, "dct:spatial": {"@id": _COUNTRY}}
        return self._add(self._name("organization", agency.id), "cv:PublicOrganisation", values)

    def _state(self, code: str) -> Node:
        en, es = STATES[code]
        values = {"dct:identifier": code, "skos:prefLabel": [{"@value": en, "@language": "en"}, {"@value": es, "@language": "es"}]}
        return self._add(self._name("place", code), "dct:Location", values)

    def _channels(self, owner: str, service: Service) -> list[Node]:
        kinds = ["web", *(["phone"] if service.phones else []), *(["mail"] if service.address else [])]
        found = []
        for kind in kinds:
            concept = self._add(self._name("channel-kind", kind), "skos:Concept", {"skos:prefLabel": [{"@value": kind, "@language": "en"}]})
            own = f"{owner}/channel/{kind}"
            found.append(self._add(own, "cv:Channel", {"dct:identifier": own, "dct:type": concept}))
        return found

    def _contact(self, owner: str, url: LocalUrl, phones: list[Phone]) -> Node:
        page = self._add(url.en, "foaf:Document", {})
        pages = [page] + ([self._add(url.es, "foaf:Document", {})] if url.es else [])
        numbers = [phone.number for phone in phones]
        hours = [self._hours(owner, place, phone.hours) for place, phone in enumerate(phones) if phone.hours]
        return self._add(
            f"{owner}/contact", "cv:ContactPoint", {"cv:contactPage": pages, "cv:telephone": numbers, "cv:openingHours": hours}
        )

    def _hours(self, owner: str, place: int, hours: Text) -> Node:
        return self._add(f"{owner}/hours/{place}", "time:TemporalEntity", {"dct:description": _words(hours)})

    def _evidence(self, steps: list[tuple[Event, Step]]) -> list[Node]:
        pairs = dict.fromkeys(pair for _, step in steps if step.bring for pair in zip(step.bring.en, step.bring.es, strict=True))
        found = []
        for en, es in pairs:
            name = self._name("evidence", hashlib.sha256(f"{en}\0{es}".encode()).hexdigest()[:16])
            found.append(self._add(name, "cv:Evidence", {"dct:identifier": name, "dct:title": _words(Text(en=en, es=es))}))
        return found

    def _costs(self, steps: list[tuple[Event, Step]]) -> list[Node]:
        found = {}
        for _, step in steps:
            if step.cost:
                name = self._name("cost", hashlib.sha256(f"{step.cost.en}\0{step.cost.es}".encode()).hexdigest()[:16])
                found[name] = self._add(name, "cv:Cost", {"dct:identifier": name, "dct:description": _words(step.cost)})
        return list(found.values())

    def _name(self, kind: str, own: str) -> str:
        return f"{self.base}{kind}/{own}"


def _words(text: Text) -> list[Node]:
    return [{"@value": text.in_(code), "@language": code} for code in LANGUAGES]


def _spoken(service: Service) -> list[str]:
    return ["en", "es"] if service.url.es or any("es" in phone.languages for phone in service.phones) else ["en"]
