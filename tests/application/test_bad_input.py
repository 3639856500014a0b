"""Bad input gets a clear answer that says what to do, and nothing is lost."""

import json
import sqlite3

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st


@pytest.mark.parametrize("text", ["", "   ", "\n\t", "\x00\x07", "\u200b\u200b"])
async def test_empty_text_is_asked_for_again(person, text):
    reply = await person.say(text)
    assert reply["outcome"] == "question"
    assert "tell me what happened" in person.text()


async def test_control_characters_are_dropped_and_the_rest_is_understood(person):
    reply = await person.say("my \x00fath\x07er di\u200bed\r\n in Texas")
    assert reply["event"] == "death_of_loved_one"
    assert reply["path"]["facts"]["state"] == "TX"


@pytest.mark.parametrize(
    "text", ["/restart", "//restart", " /session_start", '/inform{"relation": "wife"}', "/SetSlots(relation=wife)", "/back"]
)
async def test_typed_commands_never_reach_rasa(person, talking, text):
    """A slash command would be taken by Rasa as an intent of our choosing; typed, it is a few plain words."""
    await person.say("my mother died in Ohio")
    await person.say(text)
    assert person.text()
    tracker = await talking.engine._agent.tracker_store.retrieve(person.name)
    assert not tracker.latest_message.text.startswith("/")
    assert all(event.type_name != "restart" for event in tracker.events)


@pytest.mark.parametrize("text", ["😢😢😢", "👍", "🏠🔥", "???", "....", "!!!"])
async def test_emoji_and_punctuation_only_get_an_answer(person, text):
    reply = await person.say(text)
    assert reply["outcome"] in ("handoff", "clarify", "question", "out_of_scope", "smalltalk")
    assert person.text()


@pytest.mark.parametrize(
    "text",
    [
        "mon père est mort hier et je ne sais pas quoi faire",
        "ich habe gestern meine arbeit verloren und brauche hilfe",
        "我父亲昨天去世了我该怎么办",
        "cha tôi vừa mất hôm qua tôi phải làm gì",
    ],
)
async def test_a_third_language_is_told_what_can_be_done(person, text):
    """A message in a language that is not offered leads to a person with an interpreter."""
    reply = await person.say(text)
    assert reply["outcome"] == "handoff"
    assert "844-872-4681" in person.text()


async def test_a_long_message_is_answered_from_its_beginning(person):
    reply = await person.say("I lost my job at the plant last week. " + "and then some more happened " * 300)
    assert reply["event"] == "losing_a_job"


async def test_a_crisis_at_the_end_of_a_long_message_is_seen(person):
    reply = await person.say("I lost my job. " * 90 + "I want to kill myself")
    assert reply["outcome"] == "crisis"


async def test_a_choice_that_was_never_offered_is_refused_kindly(person):
    person.reply = await person.parts.conversations.turn(person.name, "", "never-offered")
    assert person.reply["outcome"] == "question"
    assert "button" in person.text()


async def test_a_choice_of_another_conversation_is_refused(talking):
    from tests.application.conftest import Person

    one, other = Person(talking), Person(talking)
    await one.say("my brother died")
    choice = one.reply["choices"][0]["id"]
    other.reply = await talking.conversations.turn(other.name, "", choice)
    assert other.reply["outcome"] == "question"


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(text=st.text(max_size=300))
async def test_any_text_gets_words_back(talking, text):
    from tests.application.conftest import Person

    person = Person(talking)
    await person.say(text)
    assert person.text().strip()
    assert person.reply["speech"].strip()


async def test_a_megabyte_is_refused(client):
    response = await client.post("/api/conversations", data=b"x" * 1_000_000)
    assert response.status == 413
    assert (await response.json())["detail"]


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ("{bad", 400),
        ("[]", 422),
        ('{"text": 5}', 422),
        ("{}", 422),
        ('{"text": "a", "choice": "b"}', 422),
        ('{"text": "a", "more": 1}', 422),
    ],
)
async def test_bodies_that_cannot_be_read_get_a_problem_document(client, body, status):
    begun = await (await client.post("/api/conversations", data="{}")).json()
    response = await client.post(f"/api/conversations/{begun['id']}/turns", data=body)
    assert response.status == status
    assert response.content_type == "application/problem+json"
    problem = await response.json()
    assert problem["status"] == status
    assert problem["detail"]


@pytest.mark.parametrize("method", ["get", "delete"])
async def test_an_unknown_conversation_is_not_found(client, method):
    response = await getattr(client, method)("/api/conversations/nobody")
    assert response.status == 404
    assert "POST /api/conversations" in (await response.json())["detail"]


async def test_a_turn_in_an_unknown_conversation_is_not_found(client):
    response = await client.post("/api/conversations/nobody/turns", data=json.dumps({"text": "hello"}))
    assert response.status == 404


async def test_a_wrong_method_is_told_the_right_one(client):
    response = await client.put("/api/events")
    assert response.status == 405
    assert "GET" in response.headers["Allow"]
    assert response.content_type == "application/problem+json"


@pytest.mark.parametrize("query", ["?language=fr", "?passport_need=nonsense", "?nobody=1", "?state=ZZ", "?age=old"])
async def test_queries_that_make_no_sense_say_what_would(client, query):
    response = await client.get(f"/api/events/passport{query}")
    assert response.status == 422
    assert (await response.json())["detail"]


async def test_deleting_while_the_database_is_locked_says_to_try_again(client, tmp_path):
    begun = await (await client.post("/api/conversations", data="{}")).json()
    with sqlite3.connect(tmp_path / "conversations.db", isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        response = await client.delete(f"/api/conversations/{begun['id']}")
        assert response.status == 503
        assert response.headers["Retry-After"]
        other.execute("COMMIT")
    assert (await client.delete(f"/api/conversations/{begun['id']}")).status == 204
