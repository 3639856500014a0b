"""Export to and import from Open Referral HSDS 3.0: one JSON document of full services.

Each service carries its organization, telephones, documents, costs and areas, as the schema ``service.json`` has them.
What HSDS has no field for (the Spanish words, the second source, the date until which a fact may be handed out) stands in
``attributes``, which HSDS keeps for this, so that an import loses nothing of a service, agency or state office. The steps
of life events are given as documents, costs and taxonomy terms; they come back as drafts, since HSDS has no order of steps.
Source of the shape: https://docs.openreferral.org/en/3.0/hsds/schema_reference.html
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from pydantic import ValidationError

from knowledge.content import Content
from knowledge.errors import ContentError, Problem
from knowledge.schema import Agency, Phone, Service, StateOffice, StateTable, Step
from knowledge.states import STATES

_SPACE = uuid.uuid5(uuid.NAMESPACE_URL, "https://docs.openreferral.org/en/3.0/")
_LANGUAGES = {"en": "English", "es": "Spanish", "interpreters": "Interpreters for other languages"}
_NO_REVIEW = dt.timedelta(days=1)
"""How long a service that nobody vouches for may be handed out after its import."""

Document = dict[str, Any]


@dataclass(frozen=True)
class StepDraft:
    """What HSDS says of how a service is used; a designer makes a step of a life event of it."""

    service: str
    bring: dict[str, list[str]] = field(default_factory=dict)
    cost: list[str] = field(default_factory=list)
    takes: str | None = None
    events: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class Imported:
    """What an HSDS document held, in our shapes."""

    agencies: dict[str, Agency]
    services: dict[str, Service]
    states: dict[str, StateTable]
    drafts: dict[str, StepDraft]


def export(content: Content) -> Document:
    """Return all services, and the offices of the states, as HSDS 3.0: ``{"version": "3.0", "services": [...]}``."""
    steps: dict[str, list[tuple[str, Step]]] = defaultdict(list)
    for event in content.events.values():
        for step in event.steps:
            steps[step.service].append((event.slug, step))
    services = [_service(service, content, steps[service.id]) for service in content.services.values()]
    for table in content.states.values():
        services += [_office(table, state, office) for state, office in table.rows.items()]
    return {"version": "3.0", "services": services}


def import_(document: Document, today: dt.date) -> Imported:
    """Return what ``document`` holds. Raises ContentError that lists each service that cannot be read, and why.

    A service without a review date may be handed out until the day after ``today``: somebody must look at it first.
    """
    read = _Reader(today)
    services = document.get("services")
    if not isinstance(services, list):
        raise ContentError([Problem("the document", 1, 'must hold a list called "services" of HSDS 3.0 services')])
    for entry in services:
        read.service(entry)
    return read.done()


# -- export


def _id(*parts: str) -> str:
    return str(uuid.uuid5(_SPACE, "/".join(parts)))


def _attributes(owner: str, entity: str, values: Iterable[tuple[str, Any]]) -> list[Document]:
    pairs = [(name, str(value)) for name, value in values if value is not None]
    return [
        {"id": _id(owner, name, str(place), value), "link_id": owner, "link_type": name, "link_entity": entity, "value": value}
        for place, (name, value) in enumerate(pairs)
    ]


def _organization(agency: Agency) -> Document:
    own = _id("organization", agency.id)
    extra = [("id", agency.id), ("name.es", agency.name.es), ("url.es", agency.url.es)]
    found = {"id": own, "name": agency.name.en, "description": agency.name.en, "website": agency.url.en}
    if agency.short:
        found["alternate_name"] = agency.short
    return found | {"attributes": _attributes(own, "organization", extra)}


def _service(service: Service, content: Content, steps: list[tuple[str, Step]]) -> Document:
    own = _id("service", service.id)
    keywords = service.keywords.model_dump() if service.keywords else {}
    extra: list[tuple[str, Any]] = [
        ("id", service.id),
        ("name.es", service.name.es),
        ("summary.es", service.summary.es),
        ("url.es", service.url.es),
        *((f"keywords.{language}", word) for language, words in keywords.items() for word in words),
        ("address.es", service.address.es if service.address else None),
        ("state_program", service.state_program),
        *(("unconfirmed", name) for name in service.unconfirmed),
        *(("shares_page_with", name) for name in service.shares_page_with),
        ("source", service.source),
        ("review_by", service.review_by),
        *(("takes", step.takes.en) for _, step in steps if step.takes),
    ]
    found: Document = {
        "id": own,
        "organization_id": _id("organization", service.agency),
        "name": service.name.en,
        "description": service.summary.en,
        "url": service.url.en,
        "status": "active",
        "assured_date": service.reviewed_on.isoformat(),
        "organization": _organization(content.agencies[service.agency]),
        "phones": [entry for place, phone in enumerate(service.phones) for entry in _phones(own, place, phone)],
        "schedules": [
            {"id": _id(own, "schedule", str(place)), "service_id": own, "description": phone.hours.en}
            for place, phone in enumerate(service.phones)
            if phone.hours
        ],
        "service_areas": [_area(own, state) for state in service.service_area],
        "languages": [_language(own, "service_id", code) for code in ("en", "es") if code == "en" or service.url.es],
        "required_documents": _documents(own, steps),
        "cost_options": [
            {"id": _id(own, "cost", text), "service_id": own, "option": text}
            for text in dict.fromkeys(step.cost.en for _, step in steps if step.cost)
        ],
        "attributes": _attributes(own, "service", extra) + _life_events(own, steps),
    }
    waits = list(dict.fromkeys(step.takes.en for _, step in steps if step.takes))
    if waits:
        found["wait_time"] = waits[0]
    if steps:
        found["application_process"] = " ".join(dict.fromkeys(step.do.en for _, step in steps)).replace("{", "").replace("}", "")
    if service.address:
        place = _id(own, "location")
        found["service_at_locations"] = [
            {
                "id": _id(own, "at"),
                "service_id": own,
                "location_id": place,
                "location": {"id": place, "location_type": "postal", "description": service.address.en},
            }
        ]
    return found


def _phones(owner: str, place: int, phone: Phone) -> list[Document]:
    own = _id(owner, "phone", str(place))
    extra = [
        ("source", phone.source),
        ("hours.en", phone.hours.en if phone.hours else None),
        ("hours.es", phone.hours.es if phone.hours else None),
        ("press.es", phone.press.es if phone.press else None),
        ("tty", phone.tty),
    ]
    found: Document = {
        "id": own,
        "service_id": owner,
        "number": phone.number,
        "type": "voice",
        "languages": [_language(own, "phone_id", code) for code in phone.languages],
        "attributes": _attributes(own, "phone", extra),
    }
    if phone.extension:
        found["extension"] = int(phone.extension)
    if phone.press:
        found["description"] = phone.press.en
    if not phone.tty:
        return [found]
    return [found, {"id": _id(own, "tty"), "service_id": owner, "number": phone.tty, "type": "tty"}]


def _language(owner: str, key: str, code: str) -> Document:
    found = {"id": _id(owner, "language", code), key: owner, "name": _LANGUAGES[code]}
    return found | ({"code": code} if code != "interpreters" else {"note": "interpreters"})


def _area(owner: str, state: str) -> Document:
    return {"id": _id(owner, "area", state), "service_id": owner, "name": STATES[state][0], "extent": state, "extent_type": "text"}


def _documents(owner: str, steps: list[tuple[str, Step]]) -> list[Document]:
    pairs = dict.fromkeys(pair for _, step in steps if step.bring for pair in zip(step.bring.en, step.bring.es, strict=True))
    found = []
    for en, es in pairs:
        own = _id(owner, "document", en, es)
        found.append(
            {"id": own, "service_id": owner, "document": en, "attributes": _attributes(own, "required_document", [("document.es", es)])}
        )
    return found


def _life_events(owner: str, steps: list[tuple[str, Step]]) -> list[Document]:
    found = []
    for slug in dict.fromkeys(slug for slug, _ in steps):
        term = {"id": _id("life_event", slug), "code": slug, "name": slug.replace("_", " "), "description": "A life event or top task"}
        found.append(
            {
                "id": _id(owner, "life_event", slug),
                "link_id": owner,
                "link_type": "life_event",
                "link_entity": "service",
                "value": slug,
                "taxonomy_term_id": term["id"],
                "taxonomy_term": term,
            }
        )
    return found


def _office(table: StateTable, state: str, office: StateOffice) -> Document:
    own = _id("state_office", table.program, state)
    organization = _id("organization", "state", table.program, state)
    extra: list[tuple[str, Any]] = [
        ("program", table.program),
        ("program.name.en", table.name.en),
        ("program.name.es", table.name.es),
        ("state", state),
        ("name.es", office.name.es),
        ("url.es", office.url.es),
        ("tty", office.tty),
        ("note.es", office.note.es if office.note else None),
        ("finder", "true" if office.finder else None),
        *(("unconfirmed", name) for name in office.unconfirmed),
        ("source", office.source),
        ("review_by", table.review_by),
    ]
    found: Document = {
        "id": own,
        "organization_id": organization,
        "name": office.name.en,
        "description": table.name.en,
        "url": office.url.en,
        "status": "active",
        "assured_date": table.reviewed_on.isoformat(),
        "organization": {"id": organization, "name": office.name.en, "description": table.name.en},
        "service_areas": [_area(own, state)],
        "languages": [_language(own, "service_id", code) for code in ("en", "es") if code == "en" or office.url.es],
        "attributes": _attributes(own, "service", extra),
    }
    if office.phone:
        found["phones"] = [{"id": _id(own, "phone"), "service_id": own, "number": office.phone, "type": "voice"}]
    if office.note:
        found["alert"] = office.note.en
    return found


# -- import


class _Reader:
    def __init__(self, today: dt.date) -> None:
        self.today = today
        self.problems: list[Problem] = []
        self.agencies: dict[str, Agency] = {}
        self.services: dict[str, Service] = {}
        self.drafts: dict[str, StepDraft] = {}
        self.tables: dict[str, Document] = {}

    def done(self) -> Imported:
        states: dict[str, StateTable] = {}
        for program, table in self.tables.items():
            try:
                states[program] = StateTable.model_validate(table)
            except ValidationError as error:
                self._refuse(f"the offices of {program}", error)
        if self.problems:
            raise ContentError(self.problems)
        return Imported(self.agencies, self.services, states, self.drafts)

    def service(self, entry: Document) -> None:
        label = str(entry.get("name") or entry.get("id") or "a service without a name") if isinstance(entry, dict) else "an entry"
        try:
            extra = _extra(entry)
            if "program" in extra and "state" in extra:
                self._office(entry, extra)
            else:
                self._one(entry, extra)
        except ValidationError as error:
            self._refuse(label, error)
        except (KeyError, TypeError, ValueError, AttributeError) as error:
            self.problems.append(Problem(label, 1, f"is not an HSDS 3.0 service: {type(error).__name__} {error}"))

    def _refuse(self, label: str, error: ValidationError) -> None:
        for item in error.errors(include_url=False):
            where = ".".join(str(part) for part in item["loc"])
            self.problems.append(Problem(label, 1, f"{where}: {item['msg']}"))

    def _one(self, entry: Document, extra: dict[str, list[str]]) -> None:
        agency = self._agency(entry)
        name = _first(extra, "id") or _slug(entry["name"], self.services)
        reviewed = dt.date.fromisoformat(entry["assured_date"]) if entry.get("assured_date") else self.today
        review_by = _first(extra, "review_by")
        ours = bool(review_by)
        unconfirmed = extra.get("unconfirmed", []) if ours else ["url", "phones"]
        places = [
            item["location"]["description"] for item in entry.get("service_at_locations", []) if item.get("location", {}).get("description")
        ]
        keywords = {language: extra[f"keywords.{language}"] for language in ("en", "es") if f"keywords.{language}" in extra}
        summary = entry.get("description") or entry["name"]
        self.services[name] = Service.model_validate(
            {
                "id": name,
                "agency": agency,
                "name": _both(entry["name"], extra, "name"),
                "summary": _both(summary, extra, "summary"),
                "keywords": keywords or None,
                "url": {"en": entry["url"], "es": _first(extra, "url.es")},
                "phones": _read_phones(entry),
                "address": _both(places[0], extra, "address") if places else None,
                "state_program": _first(extra, "state_program"),
                "service_area": [area["extent"] for area in entry.get("service_areas", []) if area.get("extent") in STATES],
                "unconfirmed": unconfirmed,
                "shares_page_with": extra.get("shares_page_with", []),
                "source": _first(extra, "source") or entry["url"],
                "reviewed_on": reviewed if ours else self.today,
                "review_by": review_by or self.today + _NO_REVIEW,
            }
        )
        draft = _draft(name, entry, extra)
        if draft != StepDraft(name):
            self.drafts[name] = draft

    def _agency(self, entry: Document) -> str:
        organization = entry.get("organization") or {"name": entry["name"], "website": entry["url"]}
        extra = _extra(organization)
        name = _first(extra, "id") or _slug(organization["name"], {})
        website = organization.get("website") or organization.get("uri") or entry["url"]
        self.agencies[name] = Agency.model_validate(
            {
                "id": name,
                "name": _both(organization["name"], extra, "name"),
                "short": organization.get("alternate_name"),
                "url": {"en": website, "es": _first(extra, "url.es")},
            }
        )
        return name

    def _office(self, entry: Document, extra: dict[str, list[str]]) -> None:
        program = extra["program"][0]
        table = self.tables.setdefault(
            program,
            {
                "program": program,
                "name": {"en": extra["program.name.en"][0], "es": extra["program.name.es"][0]},
                "reviewed_on": entry["assured_date"],
                "review_by": extra["review_by"][0],
                "rows": {},
            },
        )
        phones = entry.get("phones") or [{}]
        table["rows"][extra["state"][0]] = {
            "name": _both(entry["name"], extra, "name"),
            "url": {"en": entry["url"], "es": _first(extra, "url.es")},
            "phone": phones[0].get("number"),
            "tty": _first(extra, "tty"),
            "note": _both(entry["alert"], extra, "note") if entry.get("alert") else None,
            "source": extra["source"][0],
            "finder": "finder" in extra,
            "unconfirmed": extra.get("unconfirmed", []),
        }


def _extra(entry: Document) -> dict[str, list[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for attribute in entry.get("attributes") or []:
        if attribute.get("link_type") and attribute.get("value") is not None:
            found[attribute["link_type"]].append(attribute["value"])
    return dict(found)


def _first(extra: dict[str, list[str]], name: str) -> str | None:
    return extra[name][0] if name in extra else None


def _both(english: str, extra: dict[str, list[str]], name: str) -> dict[str, str]:
    return {"en": english, "es": _first(extra, f"{name}.es") or english}


def _read_phones(entry: Document) -> list[Document]:
    found = []
    hours = [schedule["description"] for schedule in entry.get("schedules") or [] if schedule.get("description")]
    for phone in entry.get("phones") or []:
        if phone.get("type") in ("tty", "fax", "textphone"):
            continue
        extra = _extra(phone)
        opening = _first(extra, "hours.en") or (hours[0] if hours and "source" not in extra else None)
        languages = [language.get("code") or language.get("note") for language in phone.get("languages") or []]
        found.append(
            {
                "number": phone["number"],
                "extension": str(phone["extension"]) if phone.get("extension") is not None else None,
                "tty": _first(extra, "tty"),
                "hours": _both(opening, extra, "hours") if opening else None,
                "languages": [code for code in languages if code in _LANGUAGES] or ["en"],
                "press": _both(phone["description"], extra, "press") if phone.get("description") else None,
                "source": _first(extra, "source") or entry["url"],
            }
        )
    return found


def _draft(name: str, entry: Document, extra: dict[str, list[str]]) -> StepDraft:
    documents = [
        (item["document"], _first(_extra(item), "document.es") or item["document"]) for item in entry.get("required_documents") or []
    ]
    bring = {"en": [en for en, _ in documents], "es": [es for _, es in documents]} if documents else {}
    costs = [item["option"] for item in entry.get("cost_options") or [] if item.get("option")]
    fees = [entry["fees_description"]] if entry.get("fees_description") and not costs else []
    return StepDraft(name, bring, costs + fees, entry.get("wait_time"), extra.get("life_event", []))


def _slug(name: str, taken: Iterable[str]) -> str:
    plain = "".join(letter if letter.isalnum() and letter.isascii() else "_" for letter in name.lower())
    base = "_".join(part for part in plain.split("_") if part) or "service"
    base = base if base[0].isalpha() else f"service_{base}"
    known, number, found = set(taken), 2, base
    while found in known:
        found, number = f"{base}_{number}", number + 1
    return found
