"""The chat page with JavaScript, in a real browser: what chat.js draws, announces, keeps, clears and falls back to (C40-C50)."""

import asyncio
import contextlib
import itertools
import json
import shutil
from pathlib import Path

import aiohttp
import pytest
from aiohttp.test_utils import TestServer

from actions.answer import Answers
from actions.rendering.reply import Message, Reply
from actions.situation import Situation
from assistant.application import build
from assistant.settings import Settings
from assistant.web.keys import CONVERSATIONS
from assistant.web.page import COOKIE

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
pytestmark = [pytest.mark.slow, pytest.mark.skipif(CHROMIUM is None, reason="needs chromium (apt-get install chromium)")]
SHOWN = "document.querySelector('#history').innerText"


class Browser:
    """One tab of Chromium, driven over its DevTools protocol."""

    def __init__(self, socket):
        self.socket, self._numbers, self.requests, self.problems = socket, itertools.count(1), [], []

    async def do(self, method, **parameters):
        number = next(self._numbers)
        await self.socket.send_json({"id": number, "method": method, "params": parameters})
        while True:
            message = await self.socket.receive_json(timeout=20)
            if message.get("method") == "Network.requestWillBeSent":
                self.requests.append(message["params"]["request"]["url"])
            if message.get("method") in ("Runtime.exceptionThrown", "Log.entryAdded"):
                self.problems.append(message["params"])
            if message.get("id") == number:
                assert "error" not in message, message
                return message["result"]

    async def run(self, script):
        found = await self.do("Runtime.evaluate", expression=script, awaitPromise=True, returnByValue=True)
        assert "exceptionDetails" not in found, found
        return found["result"].get("value")

    async def until(self, condition):
        for _ in range(100):
            with contextlib.suppress(AssertionError):  # the page may just be changing
                if await self.run(f"document.readyState === 'complete' && Boolean({condition})"):
                    return
            await asyncio.sleep(0.05)
        pytest.fail(f"never came true: {condition}")

    async def open(self, address):
        await self.do("Page.navigate", url=str(address))
        await self.until("document.querySelector('h1')")

    async def press(self, key, code, text=None):
        for kind in ("keyDown", "keyUp"):
            extra = {"text": text} if text and kind == "keyDown" else {}
            await self.do("Input.dispatchKeyEvent", type=kind, key=key, windowsVirtualKeyCode=code, **extra)

    async def say(self, text):
        answers = await self.run("document.querySelectorAll('.answer').length")
        await self.run("document.querySelector('#message').focus()")
        await self.do("Input.insertText", text=text)
        await self.press("Enter", 13, "\r")
        await self.until(f"document.querySelectorAll('.answer').length > {answers} && !document.querySelector('.status.busy')")


@pytest.fixture
async def server(tmp_path, base):
    var = shutil.copytree(Path(base.engine.url.database).parent, tmp_path / "var")
    async with TestServer(build(Settings(data_dir=var, models_dir=var / "no-models"))) as server:
        yield server


@pytest.fixture
async def browser(tmp_path):
    options = ["--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--remote-debugging-port=0"]
    data = f"--user-data-dir={tmp_path / 'browser'}"
    process = await asyncio.create_subprocess_exec(CHROMIUM, *options, data, "about:blank", stderr=asyncio.subprocess.PIPE)
    try:
        line = ""
        while "DevTools listening on" not in line:
            line = (await asyncio.wait_for(process.stderr.readline(), 30)).decode()
        port = line.split("127.0.0.1:")[1].split("/")[0]
        async with aiohttp.ClientSession() as session:
            async with session.get(f"http://127.0.0.1:{port}/json") as response:
                tab = next(tab for tab in await response.json() if tab["type"] == "page")
            async with session.ws_connect(tab["webSocketDebuggerUrl"], max_msg_size=0) as socket:
                browser = Browser(socket)
                for part in ("Page", "Runtime", "Network", "Log"):
                    await browser.do(f"{part}.enable")
                yield browser
    finally:
        process.terminate()
        await process.wait()


@pytest.fixture
def full_conversation(server, base, today):
    """Return the id of a conversation with every kind of answer in it."""
    conversations = server.app[CONVERSATIONS]
    name, _ = conversations.begin("en")
    job = Answers(base, Situation(language="en", event="losing_a_job", facts={"state": "TX"}), today).path()[0]
    death = Answers(base, Situation(language="es", event="death_of_loved_one", facts={"relation": "father"}), today).path()[0]
    found = Answers(base, Situation(language="en", text="passport"), today).search("found", "handoff")
    person = Answers(base, Situation(language="en"), today).person()
    crisis = Reply("en", "crisis", [Message("Call or text 988, or chat at https://988lifeline.org now.")], "", event="crisis_self_harm")
    baby = Answers(base, Situation(language="en", event="having_a_baby", facts={}), today).path()[0]
    for text, reply in (("I lost my job", job), ("murió mi papá", death), (None, found), ("<b>", person), (None, crisis), ("a baby", baby)):
        conversations._keep(conversations.store.get(name), text, reply)
    return name


async def test_what_javascript_draws_is_what_the_server_draws(browser, server, full_conversation):
    await browser.open(server.make_url("/"))
    await browser.run(f"sessionStorage.setItem('conversation', {json.dumps(full_conversation)})")
    await browser.open(server.make_url("/?language=en"))
    await browser.until("document.querySelectorAll('.card').length > 8")
    links = "[...document.querySelectorAll('#history a')].map((a) => a.href)"
    drawn = await browser.run(f"[{SHOWN}, {links}]")
    assert await browser.run("document.querySelector('#log').innerText") == "", "what was said before is not announced again"
    await browser.run("sessionStorage.clear()")
    await browser.do("Network.setCookie", name=COOKIE, value=full_conversation, url=str(server.make_url("/")))
    await browser.open(server.make_url("/?language=en"))
    assert await browser.run(f"[{SHOWN}, {links}]") == drawn


async def test_a_turn_is_announced_once_and_focus_stays(browser, server):
    await browser.open(server.make_url("/"))
    await browser.run(
        "window.added = [];"
        "new MutationObserver((all) => all.forEach((one) => one.addedNodes.forEach((node) => added.push(node.className))))"
        ".observe(document.querySelector('#log'), {childList: true, subtree: true})"
    )
    await browser.say("I lost my passport")
    assert [name.split()[0] for name in await browser.run("added")] == ["said", "answer"]
    assert await browser.run("[document.activeElement.id, document.querySelector('#message').value, document.cookie]") == [
        "message",
        "",
        "",
    ]
    assert await browser.run("document.querySelectorAll('#log .card').length") > 0
    assert not browser.problems
    assert {address.split("/")[2] for address in browser.requests if "://" in address} == {f"{server.host}:{server.port}"}


async def test_without_the_api_the_form_is_sent_and_the_conversation_goes_on(browser, server):
    await browser.open(server.make_url("/"))
    await browser.say("I lost my passport")
    name = await browser.run("sessionStorage.getItem('conversation')")
    await browser.do("Network.setBlockedURLs", urls=["*/api/*"])
    await browser.run("document.querySelector('#message').focus()")
    await browser.do("Input.insertText", text="I am moving")
    await browser.press("Enter", 13, "\r")
    await browser.until("location.hash === '#latest'")
    assert await browser.run("[...document.querySelectorAll('.said .bubble')].map((one) => one.innerText)") == [
        "I lost my passport",
        "I am moving",
    ]
    assert await browser.run("document.querySelector('#history').dataset.conversation") == name


async def test_clear_and_leave_remove_the_conversation(browser, server):
    store = server.app[CONVERSATIONS].store
    await browser.open(server.make_url("/"))
    await browser.say("I lost my passport")
    await browser.run("document.querySelector('#clear button').click()")
    await browser.until("document.querySelector('.notice')")
    assert await browser.run("sessionStorage.length") == 0
    assert store.figures()["conversations"] == 0
    await browser.say("I lost my passport")
    await browser.do("Network.setBlockedURLs", urls=["*weather.gov*"])
    entries = []
    with contextlib.suppress(AssertionError):  # the page goes while the last key comes up
        for _ in range(3):
            await browser.press("Shift", 16)
    for _ in range(100):
        with contextlib.suppress(AssertionError):
            entries = (await browser.do("Page.getNavigationHistory"))["entries"]
        if entries and entries[-1]["url"] == "https://www.weather.gov/" and not store.figures()["conversations"]:
            return
        await asyncio.sleep(0.05)
    pytest.fail(f"the page was not left: {entries}")


@pytest.mark.parametrize("language", ["en", "es"])
async def test_nothing_is_wider_than_a_small_screen_and_targets_are_large(browser, server, full_conversation, language):
    await browser.do("Emulation.setDeviceMetricsOverride", width=320, height=640, deviceScaleFactor=1, mobile=True)
    await browser.do("Network.setCookie", name=COOKIE, value=full_conversation, url=str(server.make_url("/")))
    await browser.open(server.make_url(f"/?language={language}"))
    assert await browser.run("document.documentElement.scrollWidth") == 320
    small = (
        "[...document.querySelectorAll('a, button, textarea')]"
        ".filter((one) => one.offsetParent && !one.closest('.bubble') && one.getBoundingClientRect().height < 44)"
        ".map((one) => one.textContent)"
    )
    assert await browser.run(small) == []
