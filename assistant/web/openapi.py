"""The OpenAPI 3.1 document of the conversation API."""

from __future__ import annotations

from typing import Any

from actions.rendering.reply import OUTCOMES
from assistant.web import bodies

_TEXT = {"type": "string"}
_MAYBE = {"type": ["string", "null"]}
_LANGUAGE = {"type": "string", "enum": ["en", "es"]}


def _object(properties: dict[str, Any], optional: tuple[str, ...] = ()) -> dict[str, Any]:
    return {"type": "object", "properties": properties, "required": [name for name in properties if name not in optional]}


def _list(items: dict[str, Any]) -> dict[str, Any]:
    return {"type": "array", "items": items}


def _ref(name: str) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{name}"}


def _schemas() -> dict[str, Any]:
    step = {
        "number": {"type": "integer", "minimum": 1, "maximum": 10},
        "id": _TEXT,
        "do": _TEXT,
        "say": _TEXT,
        "why": _TEXT,
        "because": _MAYBE,
        "when": {"type": "string", "enum": ["now", "week", "later"]},
        "service": _object({"id": _TEXT, "name": _TEXT, "agency": _TEXT}),
        "reach": _object(
            {
                "kind": {"type": "string", "enum": ["web", "phone", "in_person", "mail"]},
                "url": _TEXT,
                "phone": _MAYBE,
                "tty": _MAYBE,
                "hours": _MAYBE,
                "address": _MAYBE,
                "languages": _list(_TEXT),
                "english_only": _list({"type": "string", "enum": ["page", "phone"]}),
                "press": _MAYBE,
            }
        ),
        "bring": _list(_TEXT),
        "deadline": _MAYBE,
        "cost": _MAYBE,
        "takes": _MAYBE,
        "note": _MAYBE,
        "source": _object({"url": _TEXT, "reviewed_on": _TEXT, "review_by": _TEXT}),
    }
    path = {
        "event": _MAYBE,
        "title": _TEXT,
        "facts": {"type": "object"},
        "steps": _list(_ref("Step")),
        "more": {"type": "integer", "minimum": 0},
        "next_events": _list(_object({"slug": _TEXT, "title": _TEXT})),
        "opening": _MAYBE,
        "closing": _MAYBE,
        "ask": _MAYBE,
    }
    reply = {
        "language": _LANGUAGE,
        "outcome": {"type": "string", "enum": list(OUTCOMES)},
        "event": _MAYBE,
        "also": _list(_TEXT),
        "messages": _list(_object({"text": _TEXT, "part": _TEXT})),
        "path": {"anyOf": [_ref("TaskPath"), {"type": "null"}]},
        "choices": _list(_object({"id": _TEXT, "label": _TEXT})),
        "speech": _TEXT,
        "turn": {"type": "integer", "minimum": 0},
    }
    turn = {"number": {"type": "integer"}, "at": _TEXT, "text": _MAYBE, "reply": _ref("Reply")}
    own = {name: getattr(bodies, name).model_json_schema() for name in ("NewConversation", "NewTurn", "NewFeedback")}
    problem = {"type": _TEXT, "status": {"type": "integer"}, "title": _TEXT, "detail": _TEXT}
    return {
        "Step": _object(step),
        "TaskPath": _object(path),
        "Reply": _object(reply),
        "Turn": _object(turn),
        "Problem": _object(problem),
        **own,
    }


def _answer(description: str, schema: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"description": description} | ({"content": {"application/json": {"schema": schema}}} if schema else {})


def _operation(
    summary: str, answers: dict[str, Any], body: str | None = None, parameters: list[dict[str, Any]] | None = None
) -> dict[str, Any]:
    problem = {"description": "A problem document", "content": {"application/problem+json": {"schema": _ref("Problem")}}}
    found: dict[str, Any] = {"summary": summary, "responses": {**answers, "default": problem}}
    if body:
        found["requestBody"] = {"required": True, "content": {"application/json": {"schema": _ref(body)}}}
    if parameters:
        found["parameters"] = parameters
    return found


def _query(name: str, schema: dict[str, Any], required: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": required, "schema": schema}


def _in_path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _TEXT}


def document() -> dict[str, Any]:
    """Return the document; every route of the API stands in it."""
    language, state, one = _query("language", _LANGUAGE), _query("state", _TEXT), [_in_path("id")]
    conversation = _object({"id": _TEXT, "reply": _ref("Reply")})
    event = _object({"slug": _TEXT, "kind": _TEXT, "title": _TEXT})
    status = _object({"status": _TEXT})
    paths = {
        "/api/conversations": {
            "post": _operation("Begin a conversation", {"201": _answer("The greeting", conversation)}, "NewConversation")
        },
        "/api/conversations/{id}": {
            "get": _operation(
                "Look back", {"200": _answer("The turns, redacted", _object({"turns": _list(_ref("Turn"))}))}, parameters=one
            ),
            "delete": _operation("Delete everything about a conversation", {"204": _answer("It is gone")}, parameters=one),
        },
        "/api/conversations/{id}/turns": {
            "post": _operation("Take a turn", {"200": _answer("The reply", _object({"reply": _ref("Reply")}))}, "NewTurn", one)
        },
        "/api/conversations/{id}/feedback": {
            "post": _operation("Say whether it helped", {"201": _answer("It is kept", {"type": "object"})}, "NewFeedback", one)
        },
        "/api/events": {
            "get": _operation("List the life events", {"200": _answer("All", _object({"events": _list(event)}))}, parameters=[language])
        },
        "/api/events/{slug}": {
            "get": _operation(
                "The path of a life event, for the facts given as further query parameters",
                {"200": _answer("The path", _ref("TaskPath"))},
                parameters=[_in_path("slug"), language, state],
            )
        },
        "/api/services": {
            "get": _operation(
                "Search the services",
                {"200": _answer("What fits, best first", _object({"services": _list(_ref("Step"))}))},
                parameters=[_query("q", _TEXT, True), language, state],
            )
        },
        "/healthz": {"get": _operation("Is the process alive", {"200": _answer("Yes", status)})},
        "/readyz": {"get": _operation("Are full answers possible", {"200": _answer("Yes", status), "503": _answer("Not yet", status)})},
        "/performance.json": {"get": _operation("Public figures", {"200": _answer("Counts", {"type": "object"})})},
    }
    info = {"title": "Front door", "version": "1", "description": "Say what happened; get one to three official steps."}
    return {"openapi": "3.1.0", "info": info, "paths": paths, "components": {"schemas": _schemas()}}
