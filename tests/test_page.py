"""The chat page without JavaScript: the conversation, its cards, what can be selected, privacy and security (C01-C50)."""

import re
import shutil
from html.parser import HTMLParser
from pathlib import Path

import pytest
import pytest_asyncio
import sqlalchemy as sa
from aiohttp.test_utils import TestClient, TestServer

from actions.answer import Answers
from actions.rendering.reply import Message, Reply
from actions.situation import Situation
from assistant.application import build
from assistant.settings import Settings
from assistant.web.keys import CONVERSATIONS
from assistant.web.page import COOKIE, Page

pytestmark = pytest.mark.asyncio(loop_scope="module")
OWN_PAGE = {"Sec-Fetch-Site": "same-origin"}
VOID = {"meta", "link", "img", "input", "br"}


class Outline(HTMLParser):
    """Every element of a page with its attributes and text, without what stands in a <template>."""

    def __init__(self, html):
        super().__init__()
        self.elements, self._open = [], []
        self.feed(html)

    def handle_starttag(self, tag, attributes):
        element = {"tag": tag, "text": "", "hidden": tag == "template" or any(e["hidden"] for e in self._open), **dict(attributes)}
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_endtag(self, tag):
        assert self._open.pop()["tag"] == tag, "tags are nested wrongly"

    def handle_data(self, data):
        for element in self._open:
            element["text"] += data

    def all(self, tag=None, **attributes):
        """Return the visible elements with this tag and these attributes; a class is one of several."""
        wanted = {name.rstrip("_"): value for name, value in attributes.items()}
        return [
            e for e in self.elements
            if not e["hidden"] and tag in (None, e["tag"])
            and all(value in (e.get(name) or "").split() if name == "class" else e.get(name) == value for name, value in wanted.items())
        ]  # fmt: skip

    def words(self, tag=None, **attributes):
        return [re.sub(r"\s+", " ", element["text"]).strip() for element in self.all(tag, **attributes)]


@pytest.fixture(scope="module")
def settings(tmp_path_factory, base):
    """Return settings with the knowledge base compiled already, and without a model."""
    var = shutil.copytree(Path(base.engine.url.database).parent, tmp_path_factory.mktemp("page") / "var")
    return Settings(data_dir=var, models_dir=var / "no-models")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def shared(settings):
    """Return a client of the real application; it is built once, for that takes a second."""
    async with TestClient(TestServer(build(settings))) as client:
        yield client


@pytest.fixture
def client(shared):
    """Return the client as somebody who comes for the first time."""
    shared.session.cookie_jar.clear()
    return shared


@pytest.fixture
def tell(client, base):
    """Return a function that puts turns into a new conversation, as (text, reply) pairs, and gives its id."""

    def put(*turns):
        conversations = client.app[CONVERSATIONS]
        name, _ = conversations.begin("en")
        for text, reply in turns:
            conversations._keep(conversations.store.get(name), text, reply)
        client.session.cookie_jar.update_cookies({COOKIE: name}, client.make_url("/"))
        return name

    return put


@pytest.fixture
def path(base, today):
    """Return a function that gives the reply with the path for a life event."""

    def reply(event, language="en", skipped=(), also=(), **facts):
        situation = Situation(language=language, event=event, facts=facts, skipped=list(skipped), also=list(also))
        return Answers(base, situation, today).path()[0]

    return reply


async def outline(response):
    return Outline(await response.text())


def figures(client):
    return client.app[CONVERSATIONS].store.figures()


async def look(client, address="/", **headers):
    return await outline(await client.get(address, headers=headers))


# ---- The first page ----


async def test_the_first_page_says_what_it_is_and_what_to_keep_private(client):
    page = await look(client)
    assert "automated assistant" in page.words(class_="answer")[0]
    assert page.words(id="privacy")[0].startswith("Do not share Social Security")
    assert "30 days" in page.words(id="privacy")[0]
    order = [element.get("id") for element in page.elements]
    assert order.index("privacy") < order.index("message"), "the privacy line stands before the first free text"


async def test_looking_at_the_page_begins_no_conversation(client):
    before = figures(client)["conversations"]
    response = await client.get("/")
    assert not response.cookies
    assert figures(client)["conversations"] == before


async def test_the_quick_exit_comes_first_and_the_skip_link_second(client):
    links = (await look(client)).all("a")
    assert links[0]["id"] == "leave"
    assert links[0]["href"] == "https://www.weather.gov/"
    assert links[1]["href"] == "#message"


async def test_the_log_has_a_name_and_is_empty_at_load(client, tell, path):
    tell(("I lost my job", path("losing_a_job")))
    log = (await look(client)).all(role="log")[0]
    assert log["aria-label"]
    assert not log["text"].strip()


async def test_the_input_is_labelled_short_and_not_remembered_by_the_browser(client):
    page = await look(client)
    box = page.all("textarea")[0]
    assert (box["maxlength"], box["autocomplete"], box["name"]) == ("1000", "off", "text")
    assert [label for label in page.all("label") if label["for"] == box["id"]]


@pytest.mark.parametrize(
    ("address", "headers", "language"),
    [
        ("/", {}, "en"),
        ("/?language=es", {}, "es"),
        ("/?language=xx", {}, "en"),
        ("/", {"Accept-Language": "es-MX,es;q=0.9,en;q=0.8"}, "es"),
        ("/", {"Accept-Language": "de,en-US;q=0.7,es;q=0.1"}, "en"),
        ("/?language=en", {"Accept-Language": "es"}, "en"),
    ],
)
async def test_the_page_is_in_the_language_that_was_asked_for(client, address, headers, language):
    page = await look(client, address, **headers)
    assert page.all("html")[0]["lang"] == language
    assert page.words("h1") == ["¿Qué pasó?" if language == "es" else "What happened?"]
    other = page.all("a", class_="language")[0]
    assert other["lang"] == other["hreflang"] != language


async def test_the_title_says_nothing_about_the_conversation(client, tell, path):
    tell(("my husband hits me", path("death_of_loved_one")))
    assert (await look(client)).words("title") == ["Front door"]


# ---- Turns ----


async def test_a_turn_is_answered_with_the_page_at_its_latest_message(client):
    response = await client.post("/chat", data={"text": "my father died", "language": "en"}, allow_redirects=False)
    assert (response.status, response.headers["Location"]) == (303, "/#latest")
    page = await look(client)
    assert page.words(class_="said") == ["You said: my father died"]
    assert page.words(id="latest") == ["You said: my father died"]
    assert all(text.startswith("Assistant said:") for text in page.words(class_="answer"))


async def test_the_cookie_is_for_this_session_and_this_site_only(client):
    response = await client.post("/chat", data={"text": "hello"}, allow_redirects=False)
    cookie = response.cookies[COOKIE]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"], cookie["max-age"], cookie["expires"]) == (True, "Strict", "", "", "")
    headers = {"X-Forwarded-Proto": "https"}
    response = await client.post("/chat", data={"text": "hello"}, headers=headers, allow_redirects=False)
    assert response.cookies[COOKIE]["secure"]


async def test_a_conversation_that_is_gone_begins_anew(client, tell):
    name = tell()
    await client.app[CONVERSATIONS].delete(name)
    assert (await client.get("/")).status == 200
    page = await outline(await client.post("/chat", data={"text": "hello"}))
    assert page.words(class_="said") == ["You said: hello"]
    assert page.all(id="history")[0]["data-conversation"] != name


async def test_an_empty_message_gets_the_assistants_own_answer(client):
    page = await outline(await client.post("/chat", data={"text": "  "}))
    assert "I did not get any words" in page.words(class_="answer")[-1]
    assert not page.all(class_="said")


async def test_what_was_typed_is_shown_as_text(client):
    response = await client.post("/chat", data={"text": '<script>alert("1")</script>'})
    assert "<script>alert" not in await response.text()
    assert "<script>alert" in (await outline(response)).words(class_="said")[0]


async def test_spanish_goes_on_in_spanish(client):
    page = await outline(await client.post("/chat", data={"text": "perdí mi trabajo y no sé qué hacer", "language": "en"}))
    assert page.all("html")[0]["lang"] == "es"
    assert "El asistente dijo:" in page.words(class_="answer")[-1]


async def test_an_answer_in_another_language_than_the_page_is_marked(client, tell, path):
    tell(("perdí mi trabajo", path("losing_a_job", "es")))
    page = await look(client, "/?language=en")
    assert [answer.get("lang") for answer in page.all(class_="answer")] == [None, "es"]
    assert "Fuente:" in page.words(class_="card")[0]


# ---- Cards ----


async def test_each_step_is_a_card_with_all_that_is_known_of_it(client, tell, path):
    reply = path("losing_a_job", state="TX")
    tell(("I lost my job in Texas", reply))
    page = await look(client)
    cards = page.words("li", class_="card")
    assert len(cards) == len(reply.path["steps"]) == 3
    links = {link["href"] for link in page.all("a")}
    for step, text in zip(reply.path["steps"], cards, strict=True):
        reach = step["reach"]
        known = [step[name] for name in ("do", "why", "because", "deadline", "cost", "takes", "note") if step[name]]
        for fact in [*known, *step["bring"], step["service"]["agency"], *filter(None, (reach["phone"], reach["tty"], reach["hours"]))]:
            assert re.sub(r"\s+", " ", fact) in text
        assert {reach["url"], step["source"]["url"]} <= links
        assert "None" not in text
    assert "Source: agency page" in cards[0]
    assert re.search(r"checked on [A-Z][a-z]+ \d{1,2}, 20\d\d$", cards[0])
    assert page.words("strong")[0] == reply.path["steps"][0]["do"]


async def test_cards_stand_between_the_opening_and_the_question(client, tell, path):
    reply = path("losing_a_job")
    assert [message.part for message in reply.messages] == ["opening", "steps", "question"]
    tell(("I lost my job", reply))
    page = await look(client)
    marks = [e for e in page.elements if not e["hidden"] and (e.get("class") in ("bubble", "cards", "choice"))][-len(reply.choices) - 3 :]
    assert [mark["class"] for mark in marks] == ["bubble", "cards", "bubble", *["choice"] * len(reply.choices)]
    assert reply.messages[1].text.splitlines()[0] not in page.words(class_="bubble"), "cards stand for the message called steps"


async def test_a_search_result_has_no_time(client, tell, base, today):
    found = Answers(base, Situation(language="en", text="passport"), today).search("found", "handoff")
    tell(("passport", found))
    page = await look(client)
    assert page.all(class_="card")
    assert not page.all(class_="when")


# ---- Choices and feedback ----


async def test_a_choice_is_an_opaque_button_that_takes_a_turn(client, tell, path):
    reply = path("losing_a_job")
    tell(("I lost my job", reply))
    buttons = (await look(client)).all("button", name="choice")
    assert [button["text"].strip() for button in buttons] == [choice.label for choice in reply.choices]
    assert not any("/" in button["value"] for button in buttons)
    page = await outline(await client.post("/chat", data={"choice": buttons[0]["value"]}))
    assert page.words(class_="said") == ["You said: I lost my job", "You said: You selected an answer."]
    assert not {button["value"] for button in buttons} & {button["value"] for button in page.all("button", name="choice")}


async def test_an_unknown_choice_is_answered(client):
    page = await outline(await client.post("/chat", data={"choice": "gone"}))
    assert "That button is from an earlier question" in page.words(class_="answer")[-1]


async def test_feedback_is_asked_for_after_a_path_and_kept(client, tell, path):
    event = "losing_a_job"
    before = figures(client)["feedback"]
    tell(("I lost my job", path(event, skipped=everything(client, event))))
    page = await look(client)
    assert [button["value"] for button in page.all("button", name="helped")] == ["yes", "no"]
    response = await client.post("/chat/feedback", data={"turn": "1", "helped": "yes", "language": "en"})
    page = await outline(response)
    assert page.words(class_="thanks") == ["I am glad that this helped. Is there anything else?"]
    assert not page.all(class_="feedback")
    assert figures(client)["feedback"] == {**before, "helped": before["helped"] + 1}


async def test_feedback_waits_until_no_question_is_open(client, tell, path):
    tell(("I lost my job", path("losing_a_job")))
    assert not (await look(client)).all(class_="feedback")


async def test_feedback_is_never_asked_for_after_a_death_or_a_crisis(client, tell, path):
    crisis = Reply("en", "crisis", [Message("Call 988.")], "Call 988.", event="crisis_self_harm")
    job = path("losing_a_job", skipped=everything(client, "losing_a_job"))
    death = path("death_of_loved_one", skipped=everything(client, "death_of_loved_one"))
    also = path("losing_a_job", skipped=everything(client, "losing_a_job"), also=["death_of_loved_one"])
    for turns in ([death], [also], [crisis], [crisis, job]):
        tell(*(("hello", reply) for reply in turns))
        assert not (await look(client)).all(class_="feedback")


@pytest.mark.parametrize("form", [{}, {"turn": "x", "helped": "yes"}, {"turn": "1", "helped": "maybe"}, {"turn": "-1", "helped": "no"}])
async def test_feedback_that_makes_no_sense_is_not_kept(client, tell, form):
    tell()
    before = figures(client)["feedback"]
    assert (await client.post("/chat/feedback", data=form)).status == 200
    assert figures(client)["feedback"] == before


def everything(client, event):
    """Return all facts that could be asked for, so that none is."""
    return client.app[CONVERSATIONS].stages.floor.base.event(event).ask


# ---- Crisis, off, broken ----


async def test_a_crisis_is_answered_on_the_page_and_its_text_is_not_kept(client):
    page = await outline(await client.post("/chat", data={"text": "I want to kill myself"}))
    assert page.words(class_="said") == ["You said: Your message was not kept."]
    assert "tel:988" in {link["href"] for link in page.all("a")}
    assert page.all(class_="crisis")


async def test_switched_off_says_how_to_reach_a_person(settings):
    async with TestClient(TestServer(build(settings.model_copy(update={"enabled": False})))) as client:
        for response in (await client.get("/"), await client.post("/chat", data={"text": "hello"})):
            assert response.status == 503
            page = await outline(response)
            assert "switched off" in page.words(class_="answer")[0]
            assert [link for link in page.all("a") if link["href"].startswith("tel:+1")]
            assert not page.all("textarea")


async def test_a_broken_database_does_not_keep_the_answer_from_anybody(settings, tmp_path):
    own = settings.model_copy(update={"database_url": f"sqlite:///{tmp_path / 'conversations.db'}"})
    async with TestClient(TestServer(build(own))) as client:
        with client.app[CONVERSATIONS].store.engine.begin() as connection:
            connection.execute(sa.text("DROP TABLE turn"))
        response = await client.post("/chat", data={"text": "I want to kill myself"}, allow_redirects=False)
        assert response.status == 200
        assert "tel:988" in {link["href"] for link in (await outline(response)).all("a")}
        assert (await client.get("/performance")).status == 503
        assert (await client.get("/")).status == 200


# ---- Clear ----


async def test_clear_removes_the_conversation_and_the_cookie(client, tell, path):
    name = tell(("I lost my job", path("losing_a_job")))
    response = await client.post("/chat/clear", data={"language": "es"}, allow_redirects=False)
    assert (response.status, response.cookies[COOKIE].value) == (303, "")
    assert (await client.get(f"/api/conversations/{name}")).status == 404
    page = await look(client, response.headers["Location"])
    assert page.words(class_="notice") == ["Su conversación se borró."]
    assert not page.all(class_="said")


async def test_clear_without_a_conversation_is_fine(client):
    assert (await client.post("/chat/clear")).status == 200


# ---- Other sites ----


@pytest.mark.parametrize("address", ["/chat", "/chat/clear", "/chat/feedback"])
async def test_forms_from_other_sites_are_refused(client, address):
    assert (await client.post(address, data={"text": "hello"}, headers={"Sec-Fetch-Site": "cross-site"})).status == 403


async def test_a_form_can_name_its_conversation_only_from_our_own_page(client):
    name, _ = client.app[CONVERSATIONS].begin("en")
    form = {"text": "hello", COOKIE: name}
    elsewhere = await client.post("/chat", data=form, allow_redirects=False)
    assert elsewhere.cookies[COOKIE].value != name
    own = await client.post("/chat", data=form, headers=OWN_PAGE, allow_redirects=False)
    assert own.cookies[COOKIE].value == name


@pytest.mark.parametrize("address", ["/", "/?language=es", "/performance"])
async def test_pages_are_not_kept_framed_or_helped_by_anybody_else(client, address):
    response = await client.get(address)
    headers = response.headers
    assert headers["Cache-Control"] == "no-store"
    assert headers["X-Content-Type-Options"] == "nosniff"
    assert headers["Referrer-Policy"] == "no-referrer"
    assert {"default-src 'self'", "frame-ancestors 'none'"} <= set(headers["Content-Security-Policy"].split("; "))
    html = await response.text()
    assert "style=" not in html
    assert not re.search(r"<script(?![^>]* src=)|<style|\son\w+=|javascript:", html)
    loaded = [e.get("src") or e["href"] for e in Outline(html).elements if e["tag"] in ("script", "img", "link")]
    assert loaded
    assert all(source.startswith("/static/") for source in loaded)
    for source in loaded:
        assert (await client.get(source)).status == 200


@pytest.mark.parametrize(("name", "kind"), [("chat.css", "text/css"), ("chat.js", "text/javascript"), ("icon.svg", "image/svg+xml")])
async def test_static_files_say_what_they_are_and_how_long_they_last(client, name, kind):
    response = await client.get(f"/static/{name}?v={Page().files[name].version}")
    assert (response.status, response.content_type) == (200, kind)
    assert "immutable" in response.headers["Cache-Control"]
    assert (await client.get(f"/static/{name}?v=old")).headers["Cache-Control"] == "no-cache"


@pytest.mark.parametrize("name", ["page.py", "..%2Fpage.py", "%2e%2e/page.py", "../page.py", "..%5Cpage.py", "chat.css/", "", "%00"])
async def test_nothing_but_static_files_is_served(client, name):
    assert (await client.get(f"/static/{name}")).status == 404


# ---- Figures ----


async def test_the_figures_are_shown_with_the_titles_of_events(client, tell, path):
    tell(("I lost my job", path("losing_a_job")))
    page = await look(client, "/performance?language=es")
    assert page.words(class_="total") == [f"{figures(client)['conversations']} Conversaciones"]
    rows = dict(zip(page.words("th", scope="row"), page.words("td"), strict=True))
    assert int(rows["Se dieron pasos"]) >= int(rows["Perder el trabajo"]) >= 1
    assert "losing_a_job" not in " ".join(rows)
