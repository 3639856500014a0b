"""Make the files of a new life event, each with the right header, ready to be filled in."""

from __future__ import annotations

import re
from pathlib import Path

from assistant.errors import AssistantError
from knowledge.schema import SLUG


class CannotScaffold(AssistantError):
    """The files of a new event cannot be made."""


_EVENT = """\
# {slug}: say here what it is for, and which neighbour it is confused with.
slug: {slug}
kind: life_event
title: {{en: "{title}", es: "{title}"}}
about: self
ask: []
steps:
  - id: first_step
    service: usagov_contact_center
    do: {{en: "Ask which office helps with this.", es: "Pregunte qué oficina ayuda con esto."}}
    why: {{en: "They know every government office.", es: "Conocen todas las oficinas del gobierno."}}
    when: now
    reach: phone
next_events: []
"""
_NLU = """\
# What people say in {name} about {slug}. Never a sentence of tests/sentences.
nlu:
  - intent: {slug}
    examples: |
"""
_TWIN = "# Test sentences in {name} for {slug}. Never sentences of nlu/.\n"
_NAMES = {"en": "English", "es": "Spanish"}


def new_event(root: Path, slug: str) -> list[Path]:
    """Write the files of the event ``slug`` below ``root``, add it to domain.yml, and return the files.

    Raises CannotScaffold when the slug is not one, or when a file is there already.
    """
    if not re.fullmatch(SLUG, slug):
        raise CannotScaffold(f"{slug!r} cannot be a slug: use small letters, digits and _ such as getting_married")
    title = slug.replace("_", " ").capitalize()
    files = {root / f"knowledge/content/events/{slug}.yml": _EVENT.format(slug=slug, title=title)}
    for language, name in _NAMES.items():
        files[root / f"nlu/{language}/{slug}.yml"] = _NLU.format(name=name, slug=slug)
        files[root / f"tests/sentences/{language}/{slug}.yml"] = _TWIN.format(name=name, slug=slug)
    there = [path for path in files if path.exists()]
    if there:
        raise CannotScaffold(f"{there[0].relative_to(root)} is there already: nothing was written")
    domain = root / "domain.yml"
    text = domain.read_text(encoding="utf-8")
    if f"  - {slug}\n" not in text:
        domain.write_text(text.replace("intents:\n", f"intents:\n  - {slug}\n", 1), encoding="utf-8")
    for path, words in files.items():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(words, encoding="utf-8")
    return [*files, domain]
