"""Follow-ups work on the path at hand, at any point."""

import pytest


@pytest.fixture
async def grieving(person):
    await person.say("my father died in Texas, he was in the Navy")
    return person


async def test_a_correction_changes_the_word_and_keeps_the_rest(grieving):
    reply = await grieving.say("no, my mother")
    assert reply["outcome"] == "path"
    assert reply["path"]["facts"]["relation"] == "mother"
    assert "your mother" in grieving.text()
    assert "your father" not in grieving.text()


async def test_a_new_state_changes_the_office(grieving):
    reply = await grieving.say("sorry, it was in Ohio")
    assert reply["path"]["facts"]["state"] == "OH"
    assert any("ohio.gov" in step["reach"]["url"] for step in reply["path"]["steps"])


async def test_what_to_bring_is_told_for_the_steps_on_show(grieving):
    await grieving.say("what do I need to bring")
    assert "DD214" in grieving.text()


async def test_why_names_what_the_person_said(grieving):
    await grieving.say("why")
    assert "Because you said that your father served in the military" in grieving.text()


async def test_what_else_gives_steps_that_were_not_shown(grieving):
    first = grieving.steps()
    reply = await grieving.say("what else")
    assert reply["outcome"] == "path"
    assert not set(first) & set(grieving.steps())


async def test_next_goes_step_by_step_and_back_returns(grieving):
    first = await grieving.say("next")
    assert first["messages"][0]["text"].startswith("1.")
    second = await grieving.say("next")
    assert second["messages"][0]["text"].startswith("2.")
    back = await grieving.say("go back")
    assert back["messages"][0]["text"].startswith("1.")


async def test_after_the_last_step_next_gives_more(grieving):
    first = grieving.steps()
    for _ in range(3):
        await grieving.say("next")
    await grieving.say("next")
    assert not set(first) & set(grieving.steps())


async def test_repeat_says_the_same_steps(grieving):
    before = grieving.steps()
    await grieving.say("can you repeat that")
    assert grieving.steps() == before


async def test_the_phone_number_is_told_with_its_tty(grieving):
    await grieving.say("what's the phone number")
    assert "800-827-1000" in grieving.text()
    assert "TTY" in grieving.text()


async def test_where_names_the_place(grieving):
    await grieving.say("where do i go")
    assert "texas.gov" in grieving.text()


@pytest.mark.parametrize("words", ["how much does that cost", "by when do I have to do that", "how long will it take"])
async def test_details_are_told_or_honestly_not_known(grieving, words):
    reply = await grieving.say(words)
    assert reply["outcome"] == "path"
    assert reply["messages"][0]["text"]


async def test_start_over_forgets_the_facts(grieving):
    await grieving.say("start over")
    reply = await grieving.say("I lost my job")
    assert "relation" not in reply["path"]["facts"]
    assert "state" not in reply["path"]["facts"]


async def test_yes_answers_the_question_that_was_asked(person):
    reply = await person.say("my mother died in California")
    assert reply["path"]["ask"] == "deceased_served"
    reply = await person.say("yes")
    assert reply["path"]["facts"]["deceased_served"] is True
    assert any("va.gov" in step["reach"]["url"] for step in reply["path"]["steps"])


async def test_a_word_of_the_event_narrows_its_path(person):
    await person.say("passport")
    reply = await person.say("renew it")
    assert reply["event"] == "passport"
    assert reply["path"]["facts"]["passport_need"] == "renew"


@pytest.mark.parametrize(
    "words", ["I want to talk to a person", "agent", "representative please", "quiero hablar con una persona de verdad"]
)
async def test_a_person_can_be_had_at_any_turn(grieving, words):
    """C03, C04."""
    reply = await grieving.say(words)
    assert reply["outcome"] == "handoff"
    assert "844-872-4681" in grieving.text()
    assert "711" in grieving.text()


async def test_the_language_switches_on_request_and_the_path_stays(grieving):
    before = grieving.steps()
    reply = await grieving.say("en español por favor")
    assert reply["language"] == "es"
    assert grieving.steps() == before


@pytest.mark.parametrize("words", ["what else", "why", "next", "back", "yes", "skip", "how much is it"])
async def test_a_follow_up_without_a_path_asks_what_happened(person, words):
    reply = await person.say(words)
    assert reply["outcome"] in ("question", "smalltalk", "clarify")
    assert reply["messages"][0]["text"]


async def test_another_event_keeps_the_state_and_drops_the_relation(grieving):
    reply = await grieving.say("I also lost my job last week")
    assert reply["event"] == "losing_a_job"
    assert reply["path"]["facts"]["state"] == "TX"
    assert "relation" not in reply["path"]["facts"]
