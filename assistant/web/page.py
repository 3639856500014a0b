"""The chat page: a form that works without JavaScript, which chat.js makes quicker; and the public figures."""

from __future__ import annotations

import hashlib
import logging
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, fields
from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from aiohttp import web
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from sqlalchemy.exc import SQLAlchemyError

from actions.rendering.phrases import phrases
from assistant.conversation.conversations import Conversations
from assistant.errors import UnknownConversation
from assistant.web.cards import LINKS, Answer, Card, Words, answer, linked
from assistant.web.keys import CONVERSATIONS, KNOWLEDGE, SETTINGS
from assistant.web.problems import Problem
from knowledge.errors import KnowledgeError

log = logging.getLogger(__name__)
routes = web.RouteTableDef()
FOLDER = Path(__file__).parent
LANGUAGES = ("en", "es")
COOKIE = "conversation"
EXIT = "https://www.weather.gov/"
"""Where "Leave this page" goes: a page that everybody may be looking at."""
HEADERS = {
    "Cache-Control": "no-store",
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Referrer-Policy": "no-referrer",
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
}
_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_FROM_PHRASES = ("yes", "no", "person", "helped", "not_helped", "when_now", "when_week", "when_later")


@dataclass(frozen=True)
class Shown:
    """One turn as it is drawn."""

    said: str | None
    is_note: bool
    """Whether ``said`` is our word in place of the person's own."""
    reply: Answer


@dataclass(frozen=True)
class StaticFile:
    """A file that the page needs."""

    body: bytes
    content_type: str
    version: str
    """Changes with the content, so that browsers may keep the file."""


class Page:
    """The templates, words and static files, read once."""

    def __init__(self, folder: Path = FOLDER) -> None:
        self.words = {language: _words(folder, language) for language in LANGUAGES}
        self.files = {path.name: _file(path) for path in (folder / "static").iterdir() if path.suffix in _TYPES}
        self._templates = Environment(
            loader=FileSystemLoader(folder / "templates"), autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
        )
        self._templates.filters["linked"] = linked
        self._templates.globals.update(file=self._address, languages=self.words, exit=EXIT, links=LINKS)

    def draw(self, template: str, language: str, path: str, **values: Any) -> str:
        """Return the HTML of ``template`` for the page at ``path``."""
        return self._templates.get_template(template).render(language=language, words=self.words[language], path=path, **values)

    def turns(self, turns: Sequence[dict[str, Any]], language: str, rated: str | None = None, helped: bool = True) -> list[Shown]:
        """Return the turns as they are drawn; only the last one offers choices and feedback."""
        last = turns[-1]["number"] if turns else None
        crisis = any(turn["reply"]["outcome"] == "crisis" for turn in turns)
        shown = []
        for turn in turns:
            reply, is_last = turn["reply"], turn["number"] == last
            words = self.words[reply["language"]]
            thanks = (words.helped if helped else words.not_helped) if is_last and str(reply["turn"]) == rated else None
            said, is_note = turn["text"], turn["text"] is None and turn["number"] > 0
            if is_note:
                own = self.words[language]
                said = own.not_kept if reply["outcome"] == "crisis" else own.selected
            shown.append(Shown(said, is_note, answer(reply, words, is_last, is_last and not crisis, thanks)))
        return shown

    def _address(self, name: str) -> str:
        return f"/static/{name}?v={self.files[name].version}"


@lru_cache(maxsize=1)
def open_page() -> Page:
    """Return the page, read at its first use."""
    return Page()


@routes.get("/")
async def show(request: web.Request) -> web.Response:
    """Show the conversation so far, or the greeting."""
    conversations = request.app[CONVERSATIONS]
    name = _known(conversations, request.cookies.get(COOKIE))
    turns = _turns(conversations, name)
    language = _language(request.query.get("language"), conversations.store.get(name).language if name else None, _preferred(request))
    return _chat(request, language, name, turns)


@routes.post("/chat")
async def say(request: web.Request) -> web.Response:
    """Take a turn and go back to the page; show the answer at once when it could not be kept."""
    form, conversations = await _form(request), request.app[CONVERSATIONS]
    language = _language(form.get("language"))
    if not conversations.enabled:
        return _chat(request, language, None, [])
    name = _known(conversations, form.get(COOKIE), request.cookies.get(COOKIE)) or conversations.begin(language)[0]
    conversations.store.get(name).language = language
    text, choice = form.get("text", ""), form.get("choice")
    reply = await conversations.turn(name, text, choice)
    turns = _turns(conversations, name)
    if turns and turns[-1]["number"] == reply["turn"]:
        response = _see("/#latest")
    else:
        unkept = {"number": reply["turn"], "text": None if choice or reply["outcome"] == "crisis" else text, "reply": reply}
        response = _chat(request, reply["language"], name, [*turns, unkept])
    response.set_cookie(COOKIE, name, httponly=True, samesite="Strict", secure=_is_https(request))
    return response


@routes.post("/chat/clear")
async def clear(request: web.Request) -> web.Response:
    """Delete the conversation and begin afresh."""
    form, conversations = await _form(request), request.app[CONVERSATIONS]
    language = _language(form.get("language"))
    try:
        for wanted in (form.get(COOKIE), request.cookies.get(COOKIE)):
            name = _known(conversations, wanted)
            if name is not None:
                await conversations.delete(name)
    except SQLAlchemyError as error:
        log.warning("a conversation could not be deleted (%s)", getattr(error, "orig", error))
        return _see(f"/?language={language}&cleared=no")
    response = _see(f"/?language={language}&cleared=yes")
    response.del_cookie(COOKIE)
    return response


@routes.post("/chat/feedback")
async def rate(request: web.Request) -> web.Response:
    """Keep whether an answer helped, and say thanks."""
    form, conversations = await _form(request), request.app[CONVERSATIONS]
    name = _known(conversations, form.get(COOKIE), request.cookies.get(COOKIE))
    turn, helped = form.get("turn", ""), form.get("helped", "")
    if name is None or not re.fullmatch(r"[0-9]{1,6}", turn) or helped not in ("yes", "no"):
        return _see("/#latest")
    try:
        conversations.add_feedback(name, int(turn), helped == "yes", None, "{}", None)
    except SQLAlchemyError as error:
        log.warning("feedback could not be kept (%s)", getattr(error, "orig", error))
    return _see(f"/?language={_language(form.get('language'))}&rated={turn}&helped={helped}#latest")


@routes.get("/performance")
async def figures(request: web.Request) -> web.Response:
    """Show the public figures."""
    language, page = _language(request.query.get("language"), _preferred(request)), open_page()
    words = page.words[language]
    try:
        found = request.app[CONVERSATIONS].store.figures()
    except SQLAlchemyError as error:
        log.warning("the figures cannot be read right now (%s)", getattr(error, "orig", error))
        return _html(page.draw("performance.html", language, "/performance", figures=None), 503)
    try:
        titles = {event.slug: event.title.in_(language) for event in request.app[KNOWLEDGE].events()}
    except KnowledgeError:
        titles = {}
    outcomes = _most_first(found["turns_by_outcome"], words.outcomes)
    events = _most_first(found["paths_by_event"], titles)
    return _html(page.draw("performance.html", language, "/performance", figures=found, outcomes=outcomes, events=events))


@routes.get("/static/{name}")
async def file(request: web.Request) -> web.Response:
    """Return a static file; a browser may keep it for a year under the address that the page gives it."""
    found = open_page().files.get(request.match_info["name"])
    if found is None:
        raise web.HTTPNotFound
    kept = "public, max-age=31536000, immutable" if request.query.get("v") == found.version else "no-cache"
    headers = {**HEADERS, "Cache-Control": kept}
    return web.Response(body=found.body, content_type=found.content_type, charset="utf-8", headers=headers)


def _chat(request: web.Request, language: str, name: str | None, turns: Sequence[dict[str, Any]]) -> web.Response:
    page, conversations, settings = open_page(), request.app[CONVERSATIONS], request.app[SETTINGS]
    query, words = request.query, page.words[language]
    if not conversations.enabled:
        name, shown = None, [Shown(None, False, _off(conversations, language))]
    elif turns:
        shown = page.turns(turns, language, query.get("rated"), query.get("helped") != "no")
    else:
        shown = [Shown(None, False, Answer(language, "question", 0, before=phrases(language).lines("greet")))]
    html = page.draw(
        "chat.html",
        language,
        "/",
        turns=shown,
        conversation=name if turns else None,
        enabled=conversations.enabled,
        notice={"yes": words.cleared, "no": words.not_cleared}.get(query.get("cleared", "")),
        privacy=phrases(language).line("privacy", days=settings.keep_days),
        most_typed=settings.most_typed,
        blank_reply=Answer(language, "", 0),
        blank_card=Card(**{entry.name: " " for entry in fields(Card)}),
    )
    return _html(html, 200 if conversations.enabled else 503)


def _off(conversations: Conversations, language: str) -> Answer:
    reply = conversations.stages.floor.off(language)
    return Answer(language, reply.outcome, 0, before=[message.text for message in reply.messages])


def _known(conversations: Conversations, *names: str | None) -> str | None:
    """Return the first of ``names`` that is a conversation, None when none is."""
    for name in filter(None, names):
        try:
            return conversations.store.get(name).id
        except UnknownConversation:
            continue
    return None


def _turns(conversations: Conversations, name: str | None) -> list[dict[str, Any]]:
    """Return the turns of a conversation; none when they cannot be read right now."""
    if name is None:
        return []
    try:
        return conversations.store.turns(name)
    except SQLAlchemyError as error:
        log.warning("a conversation cannot be shown right now (%s)", getattr(error, "orig", error))
        return []


async def _form(request: web.Request) -> dict[str, str]:
    """Return the fields of a form. Raises Problem when another site sent it.

    A conversation is taken from the form (chat.js puts it there) only when the browser says that our own page sent it;
    otherwise another site could make a person go on in a conversation that it reads along.
    """
    site = request.headers.get("Sec-Fetch-Site", "")
    if site in ("cross-site", "same-site"):
        raise Problem(403, "Not from this page", "Another site sent this form. Open the page itself and send it from there.")
    found = {name: value for name, value in (await request.post()).items() if isinstance(value, str)}
    if site != "same-origin":
        found.pop(COOKIE, None)
    return found


def _language(*wishes: str | None) -> str:
    return next((wish for wish in wishes if wish in LANGUAGES), "en")


def _preferred(request: web.Request) -> str | None:
    codes = [part.strip()[:2].lower() for part in request.headers.get("Accept-Language", "").split(",")]
    return next((code for code in codes if code in LANGUAGES), None)


def _is_https(request: web.Request) -> bool:
    return request.secure or request.headers.get("X-Forwarded-Proto") == "https"


def _most_first(counts: Mapping[str, int], names: Mapping[str, str]) -> list[tuple[str, int]]:
    ordered = sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    return [(names.get(name, name.replace("_", " ")), count) for name, count in ordered]


def _html(text: str, status: int = 200) -> web.Response:
    return web.Response(text=text, status=status, content_type="text/html", headers=HEADERS)


def _see(address: str) -> web.Response:
    return web.Response(status=303, headers={**HEADERS, "Location": address})


def _words(folder: Path, language: str) -> Words:
    own = yaml.safe_load((folder / "words" / f"{language}.yml").read_text(encoding="utf-8"))
    return Words(**own, **{key: phrases(language).line(key) for key in _FROM_PHRASES})


def _file(path: Path) -> StaticFile:
    body = path.read_bytes()
    return StaticFile(body, _TYPES[path.suffix], hashlib.sha256(body).hexdigest()[:12])
