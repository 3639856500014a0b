"""What the content itself says could not be confirmed."""

from __future__ import annotations

from knowledge.content import Content


def doubts(content: Content) -> list[str]:
    """Return one line for each field that is marked as unconfirmed."""
    lines = [f"service {service.id}: {field}" for service in content.services.values() for field in service.unconfirmed]
    for table in content.states.values():
        lines += [f"{table.program} {state}: {field}" for state, office in table.rows.items() for field in office.unconfirmed]
    return lines
