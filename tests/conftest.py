"""What several tests share: the content, a knowledge base compiled from it, and a small content folder to break."""

import datetime as dt
import shutil
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st

from knowledge.content import CONTENT, load
from knowledge.states import STATES
from knowledge.store import open_knowledge

settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

TODAY = dt.date(2026, 11, 23)
"""The day on which all tests that hand out content take place; nothing had expired then."""

AGENCIES = """\
agencies:
  - id: post
    name: {en: Postal Service, es: Servicio Postal}
    url: {en: https://www.usps.com/, es: https://es.usps.com/}
"""
FACTS = """\
facts:
  - id: state
    kind: state
    question: {en: "Which state is this in?", es: "¿En qué estado es?"}
    because: {any: {en: "it is in {value}", es: "es en {value}"}}
  - id: served
    kind: bool
    question: {en: "Did you serve?", es: "¿Sirvió usted?"}
    because:
      "yes": {en: you served, es: usted sirvió}
  - id: housing
    kind: choice
    question: {en: "Do you rent or own?", es: "¿Alquila o es dueño?"}
    values:
      rent: {en: Rent, es: Alquilo}
      own: {en: Own, es: Soy dueño}
  - id: age
    kind: number
    question: {en: "How old are you?", es: "¿Qué edad tiene?"}
  - id: moved_on
    kind: date
"""
SERVICES = """\
services:
  - id: forwarding
    agency: post
    name: {en: Change of address, es: Cambio de dirección}
    summary: {en: Sends your mail to your new address., es: Envía su correo a la nueva dirección.}
    url: {en: https://www.usps.com/manage/forward.htm}
    phones:
      - number: 800-275-8777
        source: https://www.usps.com/help/contact-us.htm
    source: https://www.usa.gov/post-office-change-address
    reviewed_on: 2026-11-23
    review_by: 2027-05-23
"""
EVENT = """\
slug: moving
kind: life_event
title: {en: Moving, es: Mudarse}
ask: [served]
steps:
  - id: forward_mail
    service: forwarding
    do: {en: Tell the Postal Service your new address., es: Avise al Servicio Postal de su nueva dirección.}
    why: {en: Your mail then follows you., es: Así su correo le llega.}
    when: now
  - id: va_address
    service: forwarding
    who: {fact: served, is: true}
    do: {en: Tell the VA your new address., es: Avise al VA de su nueva dirección.}
    why: {en: It sends you letters., es: Le envía cartas.}
    when: week
"""


class ContentFolder:
    """A small content folder without problems, until a test makes one."""

    def __init__(self, root):
        self.root = root
        self.write("agencies.yml", AGENCIES)
        self.write("facts/person.yml", FACTS)
        self.write("services/postal.yml", SERVICES)
        self.write("events/moving.yml", EVENT)

    def write(self, name, text):
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(text if isinstance(text, bytes) else text.encode())
        return path

    def change(self, name, old, new):
        """Put ``new`` in the place of the first ``old`` and return the line on which it stands."""
        text = (self.root / name).read_text(encoding="utf-8")
        assert old in text
        self.write(name, text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    def state_table(self, program, leave_out=()):
        """Write a state table with a row for each state, except for those to ``leave_out``."""
        rows = "".join(
            f"  {code}:\n    name: {{en: {code} Office, es: Oficina de {code}}}\n"
            f"    url: {{en: https://{code.lower()}.gov/}}\n    source: https://www.usa.gov/\n"
            for code in STATES
            if code not in leave_out
        )
        head = f"program: {program}\nname: {{en: Offices, es: Oficinas}}\nreviewed_on: 2026-11-23\nreview_by: 2027-05-23\nrows:\n"
        return self.write(f"states/{program}.yml", head + rows)


@pytest.fixture
def folder(tmp_path):
    return ContentFolder(tmp_path / "content")


@pytest.fixture
def copy_of_content(tmp_path):
    """Return a copy of the content that ships with the package."""
    return Path(shutil.copytree(CONTENT, tmp_path / "content"))


@pytest.fixture(scope="session")
def content():
    return load()


@pytest.fixture(scope="session")
def today():
    return TODAY


@pytest.fixture(scope="session")
def base(tmp_path_factory):
    """Return the knowledge base of the content that ships with the package, compiled into a file."""
    base = open_knowledge(tmp_path_factory.mktemp("var"))
    yield base
    base.close()


@pytest.fixture(scope="session")
def some_facts(content):
    """Return a function that gives a strategy: sets of facts that people who tell of an event may have told."""
    return lambda event: _some_facts(content, event)


def _some_facts(content, event):
    told = {"state", "relation", *event.ask, *(fact for step in event.steps if step.who for fact in step.who.facts())}
    return st.fixed_dictionaries({}, optional={name: values_of(content, name) for name in sorted(told)})


def values_of(content, name):
    """Return a strategy for the values of the fact ``name``: those at which some step's condition changes are likely."""
    fact = content.facts[name]
    return {
        "bool": lambda: st.booleans(),
        "choice": lambda: st.sampled_from(sorted(fact.values)),
        "number": lambda: st.sampled_from([0, 17, 18, 40, 49, 50, 59, 60, 61, 62, 64, 65, 70]) | st.integers(0, 110),
        "date": lambda: st.integers(0, 25_000).map(lambda days: (TODAY - dt.timedelta(days=days)).isoformat()),
        "state": lambda: st.sampled_from(sorted(STATES)),
    }[fact.kind]()
