"""schema.org GovernmentService JSON-LD of a path, for search engines and other machines that read a page.

Source of the shape: https://schema.org/GovernmentService
"""

from __future__ import annotations

from typing import Any

from knowledge.states import STATES
from knowledge.task_path import TaskPath, TaskStep

Node = dict[str, Any]


def path(found: TaskPath, language: str, url: str | None = None) -> Node:
    """Return ``found`` as one JSON-LD document: an ItemList in the order of the steps, one GovernmentService each.

    ``url`` is the address of the page that shows the path.
    """
    state = found.facts.get("state")
    items = [
        {"@type": "ListItem", "position": step.number, "name": step.do, "item": service(step, language, state)} for step in found.steps
    ]
    head: Node = {"@context": "https://schema.org", "@type": "ItemList", "name": found.title, "inLanguage": language}
    if url:
        head["url"] = url
    return head | {"itemListOrder": "https://schema.org/ItemListOrderAscending", "numberOfItems": len(items), "itemListElement": items}


def service(step: TaskStep, language: str, state: object = None) -> Node:
    """Return the service behind ``step`` as a GovernmentService; ``state`` is the person's, where it is known."""
    reach = step.reach
    place: Node = {"@type": "Country", "name": "US"}
    if isinstance(state, str) and state in STATES:
        place = {"@type": "State", "name": STATES[state][0], "containedInPlace": place}
    channel: Node = {"@type": "ServiceChannel", "serviceUrl": reach.url, "availableLanguage": reach.languages or ["en"]}
    if reach.phone:
        phone: Node = {"@type": "ContactPoint", "telephone": reach.phone, "availableLanguage": reach.languages}
        if reach.hours:
            phone["description"] = reach.hours
        channel["servicePhone"] = phone
    if reach.address:
        channel["servicePostalAddress"] = {"@type": "PostalAddress", "description": reach.address}
    return {
        "@type": "GovernmentService",
        "identifier": step.service.id,
        "name": step.service.name,
        "description": step.why,
        "url": reach.url,
        "inLanguage": language,
        "provider": {"@type": "GovernmentOrganization", "name": step.service.agency},
        "areaServed": place,
        "availableChannel": channel,
        "sdDatePublished": step.source.reviewed_on,
        "expires": step.source.review_by,
        "isBasedOn": step.source.url,
    }
