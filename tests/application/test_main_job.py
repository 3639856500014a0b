"""The main job: a question in, a true path of one to three steps out, as text and as speech."""

import pytest


def texas_and_veterans(reply):
    assert reply["outcome"] == "path"
    assert reply["event"] == "death_of_loved_one"
    steps = reply["path"]["steps"]
    assert 1 <= len(steps) <= 3
    assert any("texas.gov" in step["reach"]["url"] for step in steps)
    assert any("va.gov" in step["reach"]["url"] for step in steps)
    for step in steps:
        assert step["reach"]["url"].startswith("https://")
        assert step["source"]["url"].startswith("https://")
        assert step["source"]["review_by"] > step["source"]["reviewed_on"]


async def test_a_death_in_texas_of_a_veteran_gives_a_texas_step_and_a_veterans_step(person):
    reply = await person.say("my dad passed away last night in texas, he was in the navy")
    texas_and_veterans(reply)
    assert reply["language"] == "en"
    assert person.text().startswith("I'm sorry your father died.")


async def test_the_spanish_twin_gives_the_same_steps_in_spanish(person, persona):
    await person.say("my dad passed away last night in texas, he was in the navy")
    reply = await persona.say("mi papá falleció anoche en texas, estuvo en la marina")
    texas_and_veterans(reply)
    assert reply["language"] == "es"
    assert person.steps() == persona.steps()
    assert "su padre" in persona.text()


async def test_the_language_of_the_question_is_the_language_of_the_answer(person):
    assert (await person.say("perdí mi trabajo la semana pasada"))["language"] == "es"
    assert (await person.say("where is my tax refund"))["language"] == "en"


async def test_speech_has_the_steps_in_the_order_of_the_text_and_no_web_address(person):
    """C69."""
    reply = await person.say("my mother died in Ohio")
    places = [reply["speech"].find(step["say"].split(" (")[0][:25]) for step in reply["path"]["steps"]]
    assert -1 not in places
    assert places == sorted(places)
    assert "http" not in reply["speech"]
    assert ".gov" not in reply["speech"]


async def test_a_condolence_is_said_once(person):
    """C21."""
    await person.say("my wife died yesterday")
    assert "I'm sorry" in person.text()
    await person.say("she lived in Florida")
    assert "I'm sorry" not in person.text()


async def test_without_a_relation_the_condolence_is_neutral(person):
    """C17."""
    await person.say("someone died and I need the death certificate")
    assert "your father" not in person.text()
    assert "your mother" not in person.text()


async def test_two_events_in_one_message_are_both_kept(person):
    reply = await person.say("I got laid off on Friday and my wife is pregnant with our first baby")
    assert {reply["event"], *reply["also"]} >= {"losing_a_job", "having_a_baby"}
    second = reply["also"][0]
    label = next(choice["label"] for choice in reply["choices"] if choice["label"] in ("Having a baby", "Losing a job"))
    assert (await person.choose(label))["event"] == second


@pytest.mark.parametrize(
    "text", ["the funeral home says Dad died at home ten minutes ago, nobody has come yet", "my husband just died at home"]
)
async def test_a_death_at_home_minutes_ago_starts_with_whom_to_call(person, text):
    """C25."""
    reply = await person.say(text)
    assert reply["event"] == "death_of_loved_one"
    assert reply["path"]["steps"][0]["reach"]["phone"] == "911"


async def test_no_more_than_one_question_and_it_can_be_skipped(person):
    """C23."""
    reply = await person.say("my brother died")
    assert reply["outcome"] == "path"
    assert reply["path"]["ask"]
    assert person.text().count("?") == 1
    skipped = await person.choose("Skip")
    assert skipped["outcome"] == "path"
    assert skipped["path"]["ask"] != reply["path"]["ask"]


async def test_the_greeting_says_that_it_is_automated_and_what_it_does(person):
    """C01."""
    text = " ".join(message["text"] for message in person.reply["messages"])
    assert "automated assistant" in text
    assert "death" in text
