"""Find words of crisis in what a person said, before anything else reads it.

Deterministic and without any model, so that it works when everything else is broken. What counts as a crisis
is data: ``crisis_patterns/<language>.yml``, every language always checked. This module brings the text into one
plain form (case, accents, look-alike and invisible characters, stretched, masked and misspelt words), turns each
word into one character, and lets compiled patterns run over that short string. Patterns hold no unbounded
repetition, so the time is linear in the length of the text; and a pattern runs only when the text holds one of the
words that it cannot do without.

Patterns are templates as in Home Assistant's intents: ``(a|b c)`` one of, ``[a|b]`` optional, ``<list>`` a named list;
and ``*`` up to four words of the same sentence, ``!(a|b)`` not followed by, ``^`` and ``$`` start and end of a clause,
``<year>`` and ``<number>`` digits.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

PATTERNS = Path(__file__).parent / "crisis_patterns"
"""The patterns that ship with the package, one file a language."""

CRISES = ("crisis_emergency", "crisis_violence", "crisis_self_harm")
OTHER = "\uf8ff"
"""Stands for every word that no pattern names."""

_FIRST_CODE = 0x3400
_JOINT = "[.,]?"
_TOKEN = re.compile(r"[^\W_]+(?:[*@$!|][^\W_]+)*|[.!?;\n…]+|[,:]")
_APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼʹ＇"))
_LOOK_ALIKES = str.maketrans("аеорсухіјѕԁո", "aeopcyxijsdn")
_LEET = (str.maketrans("01345789@$!|", "oieastbgasil"), str.maketrans("01345789@$!|", "oleastbgasll"))
_STRETCHED = re.compile(r"(.)\1{2,}")
_DOUBLED = re.compile(r"(.)\1+")
_MARKS = {"^": "(?<![^.,])", "$": "(?![^.,])", "*": ""}
_TEMPLATE = re.compile(r"\s*(<\w+>|!\(|[()\[\]|*^$]|[\w'’]+)")


class CrisisPatternError(ValueError):
    """A pattern file that cannot be used; the message names the file and the pattern."""


@dataclass(frozen=True)
class _Group:
    crisis: str
    order: int
    unless: tuple[str, ...]
    needs: tuple[str, ...]
    literal: bool


@dataclass(frozen=True)
class _Template:
    """A template made into a regular expression over word characters."""

    regex: str
    anchor: frozenset[str] | None
    """Characters one of which every match holds; None when there is no such set."""


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
    groups: list[tuple[_Group, list[_Template]]] = field(default_factory=list)


class CrisisScreen:
    """Say which crisis, if any, a message speaks of."""

    def __init__(self, patterns: Path = PATTERNS) -> None:
        """Compile every ``*.yml`` below ``patterns``. Raises CrisisPatternError."""
        self._codes: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        files = sorted(patterns.glob("*.yml"))
        if not files:
            raise CrisisPatternError(f"{patterns}: holds no pattern files")
        contents = {path.name: _load(path) for path in files}
        self._uses = Counter(re.findall(r"\w+", _plain(" ".join(map(str, contents.values())))))
        source = _Source()
        self._gap = "[^.]{0,4}"
        stops = [word for data in contents.values() for word in data["negation"]["in_gaps"]]
        self._gap = f"[^.{''.join(map(self._char, stops))}]{{0,4}}"
        for name, data in contents.items():
            self._read(name, data, source)
        self._short_forms = source.short_forms
        self._joined = source.joined
        self._real_words = source.real_words
        self._near = _near_spellings(source.misspelt)
        self._harmless = _any_of([*source.harmless, *source.suicide_loss])
        self._loss = _any_of(source.suicide_loss)
        self._contexts = {name: (_any_of(when), _any_of(void)) for name, (when, void) in source.contexts.items()}
        fillers = f"(?:{'|'.join(source.fillers)}){{0,8}}"
        negator = f"(?:{'|'.join(source.negators)})"
        self._negated = re.compile(f"{negator}{fillers}$")
        self._twice_negated = re.compile(f"{negator}{fillers}{negator}{fillers}$")
        self._objection = _any_of(source.objections)
        self._patterns: list[tuple[_Group, re.Pattern[str]]] = []
        self._patterns_with: dict[str, set[int]] = {}
        self._patterns_without: set[int] = set()
        for group, templates in sorted(source.groups, key=lambda entry: entry[0].order):
            for template in templates:
                for char in template.anchor or ():
                    self._patterns_with.setdefault(char, set()).add(len(self._patterns))
                if template.anchor is None:
                    self._patterns_without.add(len(self._patterns))
                self._patterns.append((group, re.compile(template.regex)))

    def find(self, text: str) -> str | None:
        """Return the slug of the crisis that ``text`` speaks of, the most urgent one, or None."""
        coded = self._code(text)
        if not coded.strip(OTHER + ".,"):
            return None
        plain = self._harmless.sub(lambda match: OTHER * len(match[0]), coded)
        for number in sorted(self._patterns_without.union(*(self._patterns_with.get(char, ()) for char in set(coded)))):
            group, pattern = self._patterns[number]
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
        text = unicodedata.normalize("NFKD", text.translate(_APOSTROPHES)).casefold().translate(_LOOK_ALIKES)
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
        lists = {name: _Template(char, frozenset(char)) for name in ("year", "number") for char in [self._char(f"<{name}>")]}

        def templates(lines: list[str]) -> list[_Template]:
            for line in lines:
                if not isinstance(line, str):
                    raise CrisisPatternError(f"{file}: {line!r} is not text: put it in quotes")
            return [self._compile(line, lists, file) for line in lines]

        def compiled(lines: list[str]) -> list[str]:
            return [template.regex for template in templates(lines)]

        try:
            source.short_forms |= {_plain(str(short)): tuple(_plain(full).split()) for short, full in data["short_forms"].items()}
            source.joined |= {tuple(_plain(parts).split()): _plain(whole) for parts, whole in data["joined"].items()}
            source.misspelt |= set(map(_plain, data["misspelt"]))
            source.real_words |= set(map(_plain, data["real_words"]))
            for word in [*source.misspelt, *(word for full in source.short_forms.values() for word in full)]:
                self._char(word)
            for name, entries in data["lists"].items():
                lists[name] = _one_of(templates(entries))
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

    def _char(self, word: str) -> str:
        char = self._codes.setdefault(word, chr(_FIRST_CODE + len(self._codes)))
        self._counts[char] = self._uses.get(word, 1)
        return char

    def _compile(self, template: str, lists: dict[str, _Template], file: str) -> _Template:
        parts = [part.group(1) for part in _TEMPLATE.finditer(template)]
        if "".join(parts) != template.replace(" ", ""):
            raise CrisisPatternError(f"{file}: {template!r} holds a character that templates do not know")
        position = 0

        def branches(closing: str) -> _Template:
            nonlocal position
            found, elements = [], list[_Template]()
            while position < len(parts) and parts[position] != closing:
                part = parts[position]
                position += 1
                lead = _JOINT if elements else ""
                if part == "|":
                    found.append(self._sequence(elements))
                    elements = []
                elif part == "(":
                    group = branches(")")
                    elements.append(_Template(lead + group.regex, group.anchor))
                elif part == "[":
                    elements.append(_Template(f"(?:{lead}{branches(']').regex})?", None))
                elif part == "!(":
                    elements.append(_Template(f"(?!{branches(')').regex})", None))
                elif part in _MARKS:
                    elements.append(_Template(_MARKS[part] or self._gap, None))
                elif part in (")", "]"):
                    raise CrisisPatternError(f"{file}: {template!r} closes {part!r} that it did not open")
                elif part.startswith("<"):
                    if part[1:-1] not in lists:
                        raise CrisisPatternError(f"{file}: {template!r} names list {part}, which is not defined above")
                    elements.append(_Template(lead + lists[part[1:-1]].regex, lists[part[1:-1]].anchor))
                else:
                    char = self._char(_plain(part))
                    elements.append(_Template(lead + char, frozenset(char)))
            if closing and position == len(parts):
                raise CrisisPatternError(f"{file}: {template!r} lacks a closing {closing!r}")
            position += 1
            return _one_of([*found, self._sequence(elements)])

        return branches("")

    def _sequence(self, elements: list[_Template]) -> _Template:
        """Return the elements one after the other, anchored at the one that is least common in the pattern files."""
        anchors = [element.anchor for element in elements if element.anchor is not None]
        return _Template("".join(element.regex for element in elements), min(anchors, key=self._commonness, default=None))

    def _commonness(self, anchor: frozenset[str]) -> int:
        return sum(self._counts.get(char, 1) ** 2 for char in anchor)


def _one_of(templates: list[_Template]) -> _Template:
    regexes = [template.regex for template in templates]
    anchors = [template.anchor for template in templates if template.anchor is not None]
    anchor = frozenset[str]().union(*anchors) if len(anchors) == len(templates) else None
    if len(regexes) == 1:
        return _Template(regexes[0], anchor) if "|" not in regexes[0] else _Template(f"(?:{regexes[0]})", anchor)
    if all(len(regex) == 1 for regex in regexes):
        return _Template(f"[{''.join(regexes)}]", anchor)
    return _Template(f"(?:{'|'.join(regexes)})", anchor)


def _load(path: Path) -> dict[str, Any]:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise CrisisPatternError(f"{path.name}: cannot be read ({error})") from error
    if not isinstance(data, dict):
        raise CrisisPatternError(f"{path.name}: must have keys such as groups")
    return data


def _alternation(branches: list[str]) -> str:
    if len(branches) > 1 and all(len(branch) == 1 for branch in branches):
        return f"[{''.join(branches)}]"
    return "|".join(branches)


def _any_of(patterns: list[str]) -> re.Pattern[str]:
    return re.compile("|".join(dict.fromkeys(patterns)) or r"(?!)")


def _plain(words: str) -> str:
    text = unicodedata.normalize("NFKD", words.translate(_APOSTROPHES)).casefold()
    return "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Cf"))


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
