"""Find words of crisis in what a person said, before anything else reads it.

Deterministic and without any model, so that it works when everything else is broken. What counts as a crisis
is data: ``crisis_patterns/<language>.yml``, every language always checked. This module brings the text into one
plain form (case, accents, look-alike and invisible characters, stretched, masked and misspelt words), turns each
word into one character, and lets compiled patterns run over that short string. Patterns hold no unbounded
repetition, so the time is linear in the length of the text; and a pattern runs only when the text holds the words that
it cannot do without. How patterns are written and compiled: ``crisis_templates``.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from assistant.conversation.crisis_templates import APOSTROPHES, CrisisPatternError, Template, TemplateCompiler, any_of, one_of, plain

PATTERNS = Path(__file__).parent / "crisis_patterns"
"""The patterns that ship with the package, one file a language."""

CRISES = ("crisis_emergency", "crisis_violence", "crisis_self_harm")
_Loader: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's loader where there is one: these files are large."""
OTHER = "\uf8ff"
"""Stands for every word that no pattern names."""

_TOKEN = re.compile(r"[^\W_]+(?:[*@$!|][^\W_]+)*|[.!?;\n…]+|[,:]")
_LOOK_ALIKES = str.maketrans("аеорсухіјѕԁո", "aeopcyxijsdn")
_LEET = (str.maketrans("01345789@$!|", "oieastbgasil"), str.maketrans("01345789@$!|", "oleastbgasll"))
_STRETCHED = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")


@dataclass(frozen=True)
class _Group:
    crisis: str
    order: int
    unless: tuple[str, ...]
    needs: tuple[str, ...]
    literal: bool


@dataclass
class _Source:
    """What all files say together, as templates already turned into regular expressions."""

    short_forms: dict[str, tuple[str, ...]] = field(default_factory=dict)
    joined: dict[tuple[str, ...], str] = field(default_factory=dict)
    misspelt: set[str] = field(default_factory=set)
    real_words: set[str] = field(default_factory=set)
    harmless: list[str] = field(default_factory=list)
    suicide_loss: list[str] = field(default_factory=list)
    contexts: dict[str, tuple[list[str], list[str]]] = field(default_factory=dict)
    negators: list[str] = field(default_factory=list)
    fillers: list[str] = field(default_factory=list)
    objections: list[str] = field(default_factory=list)
    groups: list[tuple[_Group, list[Template]]] = field(default_factory=list)


class CrisisScreen:
    """Say which crisis, if any, a message speaks of."""

    def __init__(self, patterns: Path = PATTERNS) -> None:
        """Compile every ``*.yml`` below ``patterns``. Raises CrisisPatternError."""
        files = sorted(patterns.glob("*.yml"))
        if not files:
            raise CrisisPatternError(f"{patterns}: holds no pattern files")
        contents = {path.name: _load(path) for path in files}
        stops = [word for data in contents.values() for word in data["negation"]["in_gaps"]]
        self._templates = TemplateCompiler(" ".join(map(str, contents.values())), stops)
        self._codes = self._templates.codes
        source = _Source()
        for name, data in contents.items():
            self._read(name, data, source)
        self._short_forms = source.short_forms
        self._joined = source.joined
        self._real_words = source.real_words
        self._near = _near_spellings(source.misspelt)
        self._harmless = any_of([*source.harmless, *source.suicide_loss])
        self._loss = any_of(source.suicide_loss)
        self._contexts = {name: (any_of(when), any_of(void)) for name, (when, void) in source.contexts.items()}
        fillers = f"(?:{'|'.join(source.fillers)}){{0,8}}"
        negator = f"(?:{'|'.join(source.negators)})"
        self._negated = re.compile(f"{negator}{fillers}$")
        self._twice_negated = re.compile(f"{negator}{fillers}{negator}{fillers}$")
        self._objection = any_of(source.objections)
        self._patterns: list[tuple[_Group, re.Pattern[str], tuple[frozenset[str], ...]]] = []
        self._patterns_with: dict[str, set[int]] = {}
        self._patterns_without: set[int] = set()
        for group, templates in sorted(source.groups, key=lambda entry: entry[0].order):
            for template in templates:
                for char in template.anchors[0] if template.anchors else ():
                    self._patterns_with.setdefault(char, set()).add(len(self._patterns))
                if not template.anchors:
                    self._patterns_without.add(len(self._patterns))
                self._patterns.append((group, re.compile(template.regex), template.anchors[1:]))

    def find(self, text: str) -> str | None:
        """Return the slug of the crisis that ``text`` speaks of, the most urgent one, or None."""
        coded = self._code(text)
        if not coded.strip(OTHER + ".,"):
            return None
        plain = self._harmless.sub(lambda match: OTHER * len(match[0]), coded)
        present = set(coded)
        for number in sorted(self._patterns_without.union(*(self._patterns_with.get(char, ()) for char in present))):
            group, pattern, anchors = self._patterns[number]
            if any(anchor.isdisjoint(present) for anchor in anchors):
                continue
            for match in pattern.finditer(coded if group.literal else plain):
                start = coded.rfind(".", 0, match.start() + 1) + 1
                end = coded.find(".", match.end() - 1)
                sentence = (start, len(coded) if end < 0 else end)
                if self._holds(group, coded, match, sentence):
                    return group.crisis
        return None

    def mentions_suicide_loss(self, text: str) -> bool:
        """Return whether ``text`` says that somebody died by suicide: a loss, to be answered with resources too."""
        return self._loss.search(self._code(text)) is not None

    def words(self, text: str) -> list[str]:
        """Return ``text`` in the plain form that patterns are matched against; sentences end in ".", clauses in ","."""
        text = unicodedata.normalize("NFKD", text.translate(APOSTROPHES)).casefold().translate(_LOOK_ALIKES)
        if not text.isascii():
            text = "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Cf", "Me"))
        return [word for token in _spelt_out(_TOKEN.findall(text)) for word in self._resolve(token)]

    def _code(self, text: str) -> str:
        words = self._join(self.words(text))
        return "".join(word if word in (".", ",") else self._codes.get(word, OTHER) for word in words)

    def _join(self, words: list[str]) -> list[str]:
        joined, index = [], 0
        while index < len(words):
            for length in (3, 2):
                whole = self._joined.get(tuple(words[index : index + length]))
                if whole is not None:
                    joined += whole.split()
                    index += length
                    break
            else:
                joined.append(words[index])
                index += 1
        return joined

    def _resolve(self, token: str) -> tuple[str, ...]:
        if not token[0].isalnum():
            return (",",) if token in ",:" else (".",)
        if token.isdigit() and token not in self._codes:
            return ("<year>",) if len(token) == 4 and token[:2] in ("19", "20") else ("<number>",)
        for form in _forms(token):
            if form in self._short_forms:
                return self._short_forms[form]
            if form in self._codes:
                return (form,)
        if len(token) > 4 and token.isalpha() and token not in self._real_words:
            for spelling in _deletes(token):
                near = self._near.get(spelling)
                if near is not None and _one_slip(token, near):
                    return (near,)
        if not token.isalnum():
            return tuple(word for part in re.split(r"[*@$!|]", token) for word in self._resolve(part))
        return (token,)

    def _holds(self, group: _Group, coded: str, match: re.Match[str], sentence: tuple[int, int]) -> bool:
        start, end = sentence
        for name in group.unless:
            if name == "negated":
                if self._negates(coded[start : match.start()], coded[match.end() : end]):
                    return False
            elif self._applies(name, coded[start:end]):
                return False
        return all(self._applies(name, coded) for name in group.needs)

    def _negates(self, before: str, after: str) -> bool:
        """Return whether the words right before say "not", once, and nothing around takes that back ("but", "why not")."""
        if not self._negated.search(before) or self._twice_negated.search(before):
            return False
        return not (self._objection.search(before) or self._objection.search(after))

    def _applies(self, context: str, sentence: str) -> bool:
        when, void = self._contexts[context]
        return when.search(sentence) is not None and void.search(sentence) is None

    @staticmethod
    def _group(entry: dict[str, Any], contexts: dict[str, Any], file: str) -> _Group:
        unless, needs = tuple(entry.get("unless", ())), tuple(entry.get("needs", ()))
        for name in (*unless, *needs):
            if name != "negated" and name not in contexts:
                raise CrisisPatternError(f"{file}: context {name!r} is not defined under contexts")
        if entry["crisis"] not in CRISES:
            raise CrisisPatternError(f"{file}: {entry['crisis']!r} is not one of {', '.join(CRISES)}")
        return _Group(entry["crisis"], int(entry["order"]), unless, needs, bool(entry.get("literal")))

    def _read(self, file: str, data: dict[str, Any], source: _Source) -> None:
        lists = {name: Template(char, (frozenset(char),)) for name in ("year", "number") for char in [self._templates.char(f"<{name}>")]}

        def templates(lines: list[str]) -> list[Template]:
            for line in lines:
                if not isinstance(line, str):
                    raise CrisisPatternError(f"{file}: {line!r} is not text: put it in quotes")
            return [self._templates.compile(line, lists, file) for line in lines]

        def compiled(lines: list[str]) -> list[str]:
            return [template.regex for template in templates(lines)]

        try:
            source.short_forms |= {plain(str(short)): tuple(plain(full).split()) for short, full in data["short_forms"].items()}
            source.joined |= {tuple(plain(parts).split()): plain(whole) for parts, whole in data["joined"].items()}
            source.misspelt |= set(map(plain, data["misspelt"]))
            source.real_words |= set(map(plain, data["real_words"]))
            for word in [*source.misspelt, *(word for full in source.short_forms.values() for word in full)]:
                self._templates.char(word)
            for name, entries in data["lists"].items():
                lists[name] = one_of(templates(entries))
            source.harmless += compiled(data["harmless"])
            source.suicide_loss += compiled(data["suicide_loss"])
            for name, context in data["contexts"].items():
                when, void = source.contexts.setdefault(name, ([], []))
                when += compiled(context["when"])
                void += compiled(context.get("void", []))
            source.negators += compiled(data["negation"]["words"])
            source.fillers += compiled(data["negation"]["fillers"])
            source.objections += compiled(data["negation"]["void"])
            source.groups += [(self._group(group, source.contexts, file), templates(group["say"])) for group in data["groups"]]
        except (KeyError, TypeError, AttributeError) as error:
            raise CrisisPatternError(f"{file}: {error!r} is missing or has the wrong shape") from error


def _load(path: Path) -> dict[str, Any]:
    try:
        data = yaml.load(path.read_text(encoding="utf-8"), Loader=_Loader)  # noqa: S506 - a safe loader
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CrisisPatternError(f"{path.name}: cannot be read ({error})") from error
    if not isinstance(data, dict):
        raise CrisisPatternError(f"{path.name}: must have keys such as groups")
    return data


def _spelt_out(tokens: list[str]) -> Iterator[str]:
    """Yield the tokens, with runs of three or more single letters ("k m s") put together."""
    run: list[str] = []
    for index, token in enumerate(tokens):
        if len(token) == 1 and token.isalpha():
            run.append(token)
            continue
        if token in ".,-" and run and index + 1 < len(tokens) and len(tokens[index + 1]) == 1 and tokens[index + 1].isalpha():
            continue
        yield from ["".join(run)] if len(run) > 2 else run
        run = []
        yield token
    yield from ["".join(run)] if len(run) > 2 else run


def _forms(token: str) -> Iterator[str]:
    """Yield the ways in which ``token`` may be meant: as it is, unstretched, unmasked."""
    yield token
    if _DOUBLED.search(token):
        yield _STRETCHED.sub(r"\1\1", token)
        yield _STRETCHED.sub(r"\1", token)
        yield _DOUBLED.sub(r"\1", token)
    if not token.isalpha():
        for table in _LEET:
            yield token.translate(table)
        if token.count("*") == 1:
            for vowel in "aeiou":
                yield token.replace("*", vowel)


def _deletes(word: str) -> list[str]:
    return [word, *(word[:index] + word[index + 1 :] for index in range(len(word)))]


def _near_spellings(words: set[str]) -> dict[str, str]:
    return {spelling: word for word in sorted(words) for spelling in _deletes(word)} | {word: word for word in words}


def _one_slip(token: str, word: str) -> bool:
    """Return whether one letter is missing, extra or wrong, or two neighbours have changed places."""
    if abs(len(token) - len(word)) > 1:
        return False
    head = 0
    while head < min(len(token), len(word)) and token[head] == word[head]:
        head += 1
    a, b = token[head:], word[head:]
    return a[1:] == b[1:] or a[1:] == b or a == b[1:] or (len(a) > 1 and a[:2] == b[1::-1] and a[2:] == b[2:])
