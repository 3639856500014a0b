"""A reply as the chat page draws it: messages, one card a step, and what can be selected."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import SimpleNamespace
from typing import Any
from urllib.parse import urlsplit

from markupsafe import Markup, escape

LINKS = (
    r"(https?://[^\s<>()]*[^\s<>().,;:!?])"
    r"|\b((?:[a-z0-9-]+\.)+(?:gov|mil|org|com)\b(?:/[^\s<>(),;]*[^\s<>().,;:!?])?)"
    r"|\b((?:1-)?\d{3}-\d{3}-\d{4}|911|988)\b"
)
"""What becomes a link in a message: an address, a site's name, a telephone number. chat.js uses the same pattern."""
Words = SimpleNamespace
"""The page's words in one language, as attributes."""


@dataclass(frozen=True)
class Card:
    """One step as it is drawn; what is None has no line."""

    do: str
    url: str
    host: str
    service: str
    agency: str
    why: str
    bring: Sequence[str]
    source: str
    checked: str
    when: str | None = None
    """Now, this week or later; None for a service that a search found."""
    page_in_english: str | None = None
    """Said beside a page in English when the answer is in another language; ``phone_in_english`` likewise."""
    phone_in_english: str | None = None
    phone: str | None = None
    phone_link: str | None = None
    tty: str | None = None
    tty_link: str | None = None
    hours: str | None = None
    press: str | None = None
    address: str | None = None
    deadline: str | None = None
    cost: str | None = None
    takes: str | None = None
    note: str | None = None


@dataclass(frozen=True)
class Answer:
    """One reply as it is drawn: messages before the cards, the cards, messages after them, and what can be selected."""

    language: str
    outcome: str
    turn: int
    before: Sequence[str] = ()
    cards: Sequence[Card] = ()
    after: Sequence[str] = ()
    choices: Sequence[Mapping[str, str]] = ()
    asks_if_helpful: bool = False
    thanks: str | None = None
    """What is said to somebody who just told whether it helped."""


def answer(reply: Mapping[str, Any], words: Words, is_last: bool, may_ask: bool, thanks: str | None = None) -> Answer:
    """Return ``reply`` as it is drawn: cards stand where the message called steps would."""
    path, parts = reply["path"] or {}, [message["part"] for message in reply["messages"]]
    cards = [card(step, words, is_found=path["event"] is None) for step in path.get("steps", ())]
    texts = [message["text"] for message in reply["messages"] if not (cards and message["part"] == "steps")]
    head = parts.index("steps") if "steps" in parts else sum(part == "opening" for part in parts)
    about_death = any((slug or "").startswith("death") for slug in [reply["event"], *reply["also"]])
    return Answer(
        language=reply["language"],
        outcome=reply["outcome"],
        turn=reply["turn"],
        before=texts[:head] if cards else texts,
        cards=cards,
        after=texts[head:] if cards else (),
        choices=reply["choices"] if is_last else (),
        asks_if_helpful=may_ask and reply["outcome"] == "path" and bool(cards) and not path["ask"] and not about_death,
        thanks=thanks,
    )


def card(step: Mapping[str, Any], words: Words, is_found: bool = False) -> Card:
    """Return one step of a path as it is drawn; ``is_found`` when a search found it, so that it has no time."""
    reach, checked = step["reach"], dt.date.fromisoformat(step["source"]["reviewed_on"])
    date = words.date.format(month=words.months[checked.month - 1], day=checked.day, year=checked.year)
    return Card(
        do=step["do"],
        when=None if is_found else getattr(words, f"when_{step['when']}"),
        url=reach["url"],
        host=urlsplit(reach["url"]).hostname or reach["url"],
        service=step["service"]["name"],
        agency=step["service"]["agency"],
        why=f"{step['why']} {step['because'] or ''}".strip(),
        bring=step["bring"],
        source=step["source"]["url"],
        checked=words.checked.format(date=date),
        page_in_english=words.in_english if "page" in reach["english_only"] else None,
        phone_in_english=words.in_english if "phone" in reach["english_only"] else None,
        phone=reach["phone"],
        phone_link=telephone(reach["phone"]),
        tty=reach["tty"],
        tty_link=telephone(reach["tty"]),
        hours=reach["hours"],
        press=reach["press"],
        address=reach["address"],
        **{name: step[name] for name in ("deadline", "cost", "takes", "note")},
    )


def telephone(number: str | None) -> str | None:
    """Return the tel: address of a number of the United States, short ones such as 911 as they are."""
    if not number:
        return None
    main, _, extension = (re.sub(r"\D", "", part) for part in number.partition("ext"))
    full = f"+{main}" if len(main) == 11 else f"+1{main}" if len(main) == 10 else main
    return f"tel:{full};ext={extension}" if extension else f"tel:{full}"


def linked(text: str) -> Markup:
    """Return ``text`` with its addresses and telephone numbers as links."""
    parts, end = [], 0
    for match in re.finditer(LINKS, text, re.IGNORECASE):
        whole, site, number = match[1], match[2], match[3]
        address = whole or (f"https://{site}" if site else telephone(number))
        parts += [escape(text[end : match.start()]), Markup('<a href="{}" rel="noopener noreferrer">{}</a>').format(address, match[0])]
        end = match.end()
    return Markup("").join([*parts, escape(text[end:])])
