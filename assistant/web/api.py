"""The conversation API: thin handlers over conversations and the knowledge base."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

from aiohttp import web

from actions.situation import as_value
from assistant.engine.runtime import State
from assistant.web import bodies
from assistant.web.keys import CONVERSATIONS, ENGINE, KNOWLEDGE
from assistant.web.openapi import document
from assistant.web.problems import Problem
from knowledge.schema import Scalar
from knowledge.search import services_path
from knowledge.states import STATES
from knowledge.store import KnowledgeBase
from knowledge.task_path import find_path

routes = web.RouteTableDef()
_NO_STORE = {"Cache-Control": "no-store"}


def as_json(data: Any, status: int = 200) -> web.Response:
    """Return ``data`` as a JSON response that no cache keeps."""
    return web.Response(text=json.dumps(data, ensure_ascii=False), status=status, content_type="application/json", headers=_NO_STORE)


@routes.post("/api/conversations")
async def begin(request: web.Request) -> web.Response:
    """Begin a conversation."""
    body = await bodies.read(request, bodies.NewConversation)
    name, reply = request.app[CONVERSATIONS].begin(body.language, body.channel)
    return as_json({"id": name, "reply": reply}, 201)


@routes.post("/api/conversations/{id}/turns")
async def take_turn(request: web.Request) -> web.Response:
    """Take a turn."""
    body = await bodies.read(request, bodies.NewTurn)
    reply = await request.app[CONVERSATIONS].turn(request.match_info["id"], body.text or "", body.choice)
    enabled = request.app[CONVERSATIONS].enabled
    return as_json({"reply": reply}, 200 if enabled else 503)


@routes.get("/api/conversations/{id}")
async def look_back(request: web.Request) -> web.Response:
    """Return the turns of a conversation."""
    return as_json({"turns": request.app[CONVERSATIONS].store.turns(request.match_info["id"])})


@routes.delete("/api/conversations/{id}")
async def delete(request: web.Request) -> web.Response:
    """Delete a conversation and everything about it."""
    await request.app[CONVERSATIONS].delete(request.match_info["id"])
    return web.Response(status=204)


@routes.post("/api/conversations/{id}/feedback")
async def give_feedback(request: web.Request) -> web.Response:
    """Keep feedback on a turn."""
    body = await bodies.read(request, bodies.NewFeedback)
    request.app[CONVERSATIONS].add_feedback(
        request.match_info["id"], body.turn, body.helped, body.reason, json.dumps(body.answers), body.comment
    )
    return as_json({}, 201)


@routes.get("/api/events")
async def events(request: web.Request) -> web.Response:
    """List the life events."""
    language = _language(request)
    return as_json({"events": [{"slug": e.slug, "kind": e.kind, "title": e.title.in_(language)} for e in request.app[KNOWLEDGE].events()]})


@routes.get("/api/events/{slug}")
async def event_path(request: web.Request) -> web.Response:
    """Return the path of a life event for the facts in the query."""
    base, language = request.app[KNOWLEDGE], _language(request)
    found = find_path(base, request.match_info["slug"], _facts(base, request), language, dt.date.today())
    return as_json(found.as_json())


@routes.get("/api/services")
async def services(request: web.Request) -> web.Response:
    """Search the services."""
    base = request.app[KNOWLEDGE]
    query = request.query.get("q", "")[:200]
    if not query.strip():
        raise Problem(422, "Not understood", "Say what to search for: /api/services?q=passport")
    found = services_path(base, query, _facts(base, request, ignore={"q"}), _language(request), dt.date.today(), limit=10)
    return as_json({"services": found.as_json()["steps"]})


@routes.get("/healthz")
async def healthy(request: web.Request) -> web.Response:
    """Say that the process is alive."""
    return as_json({"status": "alive"})


@routes.get("/readyz")
async def ready(request: web.Request) -> web.Response:
    """Say whether full answers are possible."""
    engine, conversations = request.app[ENGINE], request.app[CONVERSATIONS]
    parts = {"model": engine.state.value, "conversations": "ready" if conversations.store.is_ready() else "unavailable"}
    is_ready = engine.state is State.READY and parts["conversations"] == "ready"
    return as_json({"status": "ready" if is_ready else "not ready", **parts}, 200 if is_ready else 503)


@routes.get("/metrics")
async def metrics(request: web.Request) -> web.Response:
    """Return counters in the text format of Prometheus."""
    conversations, engine = request.app[CONVERSATIONS], request.app[ENGINE]
    lines = ["# HELP assistant_turns_total Turns answered since the start, by outcome.", "# TYPE assistant_turns_total counter"]
    lines += [f'assistant_turns_total{{outcome="{name}"}} {count}' for name, count in sorted(conversations.outcomes.items())]
    lines += ["# HELP assistant_model_ready Whether the model answers.", "# TYPE assistant_model_ready gauge"]
    lines.append(f"assistant_model_ready {int(engine.state is State.READY)}")
    return web.Response(text="\n".join(lines) + "\n", content_type="text/plain", headers=_NO_STORE)


@routes.get("/performance.json")
async def performance(request: web.Request) -> web.Response:
    """Return the public figures."""
    return as_json(request.app[CONVERSATIONS].store.figures())


@routes.get("/openapi.json")
async def openapi(request: web.Request) -> web.Response:
    """Return the OpenAPI document of this API."""
    return as_json(document())


def _language(request: web.Request) -> str:
    language = request.query.get("language", "en")
    if language not in ("en", "es"):
        raise Problem(422, "Not understood", "language must be en or es")
    return language


def _facts(base: KnowledgeBase, request: web.Request, ignore: set[str] | None = None) -> dict[str, Scalar]:
    vocabulary, facts = base.facts(), {}
    for name, value in request.query.items():
        if name == "language" or name in (ignore or set()):
            continue
        fact = vocabulary.get(name)
        if fact is None:
            raise Problem(422, "Not understood", f"{name} is not a fact that can be known of a person")
        scalar = as_value(fact.kind, value)
        known = {"state": set(STATES), "choice": set(fact.values)}.get(fact.kind)
        if scalar is None or (known is not None and scalar not in known):
            raise Problem(
                422, "Not understood", f"{name} cannot be {value!r}" + (f"; it can be {', '.join(sorted(known))}" if known else "")
            )
        facts[name] = scalar
    return facts
