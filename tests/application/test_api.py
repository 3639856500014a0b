"""The conversation API keeps its contract."""

import json

import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from assistant.web.openapi import document


async def begin(client, **body):
    response = await client.post("/api/conversations", data=json.dumps(body))
    assert response.status == 201
    return await response.json()


async def say(client, name, text):
    response = await client.post(f"/api/conversations/{name}/turns", data=json.dumps({"text": text}))
    assert response.status == 200
    return (await response.json())["reply"]


def valid(data, schema):
    whole = {"$ref": f"#/components/schemas/{schema}", "components": document()["components"]}
    Draft202012Validator(whole).validate(data)


def test_the_openapi_document_is_valid():
    OpenAPIV31SpecValidator(document()).validate()


async def test_every_route_of_the_api_is_documented(client):
    documented = await (await client.get("/openapi.json")).json()
    served = {
        (resource.canonical, route.method.lower())
        for route in client.app.router.routes()
        if (resource := route.resource) is not None and resource.canonical.startswith("/api") and route.method != "HEAD"
    }
    assert served == {(path, method) for path, methods in documented["paths"].items() if path.startswith("/api") for method in methods}


async def test_a_conversation_from_beginning_to_deletion(client):
    begun = await begin(client, language="en")
    assert len(begun["id"]) >= 22, "ids have 128 bits"
    valid(begun["reply"], "Reply")
    reply = await say(client, begun["id"], "my father died in Texas, my number is 512-555-0143")
    valid(reply, "Reply")
    turns = (await (await client.get(f"/api/conversations/{begun['id']}")).json())["turns"]
    assert [turn["number"] for turn in turns] == [0, 1]
    assert "555" not in turns[1]["text"]
    assert turns[1]["reply"] == reply
    for turn in turns:
        valid(turn, "Turn")
    assert (await client.delete(f"/api/conversations/{begun['id']}")).status == 204
    assert (await client.get(f"/api/conversations/{begun['id']}")).status == 404


async def test_deletion_leaves_nothing_in_any_table(client, tmp_path):
    import sqlite3

    begun = await begin(client)
    await say(client, begun["id"], "my father died in Texas")
    await client.post(f"/api/conversations/{begun['id']}/feedback", data=json.dumps({"turn": 1, "helped": True}))
    await client.delete(f"/api/conversations/{begun['id']}")
    with sqlite3.connect(tmp_path / "conversations.db") as database:
        for table in ("conversation", "turn", "feedback", "events"):
            assert database.execute(f"SELECT count(*) FROM {table}").fetchone() == (0,), table


async def test_personal_data_never_reaches_the_disk(client, tmp_path):
    begun = await begin(client)
    await say(client, begun["id"], "my dad died, his social is 123-45-6789 and card 4111 1111 1111 1111, mail me at ann@example.com")
    await client.get("/readyz")
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("conversations.db*"))
    for secret in (b"123-45-6789", b"4111 1111", b"ann@example.com"):
        assert secret not in stored


async def test_the_text_of_a_crisis_is_not_stored(client, tmp_path):
    """C37."""
    begun = await begin(client)
    reply = await say(client, begun["id"], "I want to kill myself tonight")
    assert reply["outcome"] == "crisis"
    assert "988" in reply["messages"][0]["text"]
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("conversations.db*"))
    assert b"kill myself" not in stored
    figures = await (await client.get("/performance.json")).json()
    assert figures["turns_by_outcome"]["crisis"] == 1


async def test_choices_are_opaque_and_work(client):
    begun = await begin(client)
    reply = await say(client, begun["id"], "my mother died in California")
    assert reply["choices"]
    assert all("/" not in choice["id"] and "{" not in choice["id"] for choice in reply["choices"])
    yes = next(choice["id"] for choice in reply["choices"] if choice["label"] == "Yes")
    response = await client.post(f"/api/conversations/{begun['id']}/turns", data=json.dumps({"choice": yes}))
    answered = (await response.json())["reply"]
    assert answered["path"]["facts"][reply["path"]["ask"]] is True


@pytest.mark.parametrize("language", ["en", "es"])
async def test_events_are_listed_and_each_has_a_path(client, language):
    events = (await (await client.get(f"/api/events?language={language}")).json())["events"]
    assert len(events) >= 12
    for event in events:
        path = await (await client.get(f"/api/events/{event['slug']}?language={language}&state=OH")).json()
        valid(path, "TaskPath")
        assert 1 <= len(path["steps"]) <= 3


async def test_an_unknown_event_is_not_found(client):
    assert (await client.get("/api/events/nothing")).status == 404


async def test_services_are_searched(client):
    found = (await (await client.get("/api/services?q=passport")).json())["services"]
    assert any("travel.state.gov" in service["reach"]["url"] for service in found)
    assert (await client.get("/api/services?q=")).status == 422


async def test_feedback_is_kept_without_personal_data(client, tmp_path):
    begun = await begin(client)
    await say(client, begun["id"], "where is my refund")
    body = {"turn": 1, "helped": False, "reason": "unclear", "answers": {"ease": 4}, "comment": "call me at 202-555-0111"}
    response = await client.post(f"/api/conversations/{begun['id']}/feedback", data=json.dumps(body))
    assert response.status == 201
    figures = await (await client.get("/performance.json")).json()
    assert figures["feedback"] == {"helped": 0, "not_helped": 1}
    stored = b"".join(path.read_bytes() for path in tmp_path.glob("conversations.db*"))
    assert b"202-555-0111" not in stored


async def test_health_readiness_and_metrics_answer(client):
    assert (await client.get("/healthz")).status == 200
    assert (await client.get("/readyz")).status == 200
    begun = await begin(client)
    await say(client, begun["id"], "passport")
    metrics = await (await client.get("/metrics")).text()
    assert 'assistant_turns_total{outcome="path"} 1' in metrics
    assert "assistant_model_ready 1" in metrics


async def test_a_conversation_goes_on_after_a_restart(models, tmp_path):
    from assistant.application import assemble
    from assistant.settings import Settings

    settings = Settings(data_dir=tmp_path, models_dir=models, turn_seconds=5)
    parts = assemble(settings)
    parts.engine.start()
    parts.engine.wait()
    name, _ = parts.conversations.begin()
    await parts.conversations.turn(name, "my father died in Texas")
    parts.close()
    parts = assemble(settings)
    parts.engine.start()
    parts.engine.wait()
    reply = await parts.conversations.turn(name, "what else")
    parts.close()
    assert reply["event"] == "death_of_loved_one"
    assert reply["path"]["facts"]["state"] == "TX"
