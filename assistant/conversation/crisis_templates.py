"""Compile the templates of the crisis patterns to regular expressions over word characters.

Templates as in Home Assistant's intents: ``(a|b c)`` one of, ``[a|b]`` optional, ``<list>`` a named list; and ``*`` up to
four words of the same sentence, ``!(a|b)`` not followed by, ``^`` and ``$`` start and end of a clause, ``<year>`` and
``<number>`` digits. Every word becomes one character; nothing repeats without a bound.
"""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

APOSTROPHES = dict.fromkeys(map(ord, "'’‘`´ʼʹ＇"))
"""Left out of every word, so that "won't" and "wont" are one."""

_FIRST_CODE = 0x3400
_JOINT = "[.,]?"
_MARKS = {"^": "(?<![^.,])", "$": "(?![^.,])", "*": ""}
_PART = re.compile(r"\s*(<\w+>|!\(|[()\[\]|*^$]|[\w'’]+)")


class CrisisPatternError(ValueError):
    """A pattern file that cannot be used; the message names the file and the pattern."""


@dataclass(frozen=True)
class Template:
    """A template made into a regular expression over word characters."""

    regex: str
    anchors: tuple[frozenset[str], ...] = ()
    """Sets of characters; every match holds one of each. The least common first."""


class TemplateCompiler:
    """Turn templates into regular expressions, with one character for each word they name."""

    def __init__(self, all_text: str, stops: Iterable[str]) -> None:
        """Weigh words by their use in ``all_text``; a gap runs over no word of ``stops``."""
        self.codes: dict[str, str] = {}
        self._counts: dict[str, int] = {}
        self._uses = Counter(re.findall(r"\w+", plain(all_text)))
        self._gap = f"[^.{''.join(map(self.char, stops))}]{{0,4}}"

    def char(self, word: str) -> str:
        """Return the character that stands for ``word``."""
        char = self.codes.setdefault(word, chr(_FIRST_CODE + len(self.codes)))
        self._counts[char] = self._uses.get(word, 1)
        return char

    def compile(self, template: str, lists: dict[str, Template], file: str) -> Template:
        """Return ``template`` compiled. Raises CrisisPatternError."""
        parts = [part.group(1) for part in _PART.finditer(template)]
        if "".join(parts) != template.replace(" ", ""):
            raise CrisisPatternError(f"{file}: {template!r} holds a character that templates do not know")
        position = 0

        def branches(closing: str) -> Template:
            nonlocal position
            found, elements = [], list[Template]()
            while position < len(parts) and parts[position] != closing:
                part = parts[position]
                position += 1
                lead = _JOINT if elements else ""
                if part == "|":
                    found.append(self._sequence(elements))
                    elements = []
                elif part == "(":
                    group = branches(")")
                    elements.append(Template(lead + group.regex, group.anchors))
                elif part == "[":
                    elements.append(Template(f"(?:{lead}{branches(']').regex})?"))
                elif part == "!(":
                    elements.append(Template(f"(?!{branches(')').regex})"))
                elif part in _MARKS:
                    elements.append(Template(_MARKS[part] or self._gap))
                elif part in (")", "]"):
                    raise CrisisPatternError(f"{file}: {template!r} closes {part!r} that it did not open")
                elif part.startswith("<"):
                    if part[1:-1] not in lists:
                        raise CrisisPatternError(f"{file}: {template!r} names list {part}, which is not defined above")
                    elements.append(Template(lead + lists[part[1:-1]].regex, lists[part[1:-1]].anchors))
                else:
                    char = self.char(plain(part))
                    elements.append(Template(lead + char, (frozenset(char),)))
            if closing and position == len(parts):
                raise CrisisPatternError(f"{file}: {template!r} lacks a closing {closing!r}")
            position += 1
            return one_of([*found, self._sequence(elements)])

        return branches("")

    def _sequence(self, elements: list[Template]) -> Template:
        anchors = sorted((anchor for element in elements for anchor in element.anchors), key=self._commonness)
        return Template("".join(element.regex for element in elements), tuple(dict.fromkeys(anchors)))

    def _commonness(self, anchor: frozenset[str]) -> int:
        return sum(self._counts.get(char, 1) ** 2 for char in anchor)


def one_of(templates: list[Template]) -> Template:
    """Return what matches any of ``templates``."""
    if len(templates) == 1:
        regex = templates[0].regex
        return Template(regex if "|" not in regex else f"(?:{regex})", templates[0].anchors)
    anchors = [template.anchors[0] for template in templates if template.anchors]
    anchor = (frozenset[str]().union(*anchors),) if len(anchors) == len(templates) else ()
    regexes = [template.regex for template in templates]
    if all(len(regex) == 1 for regex in regexes):
        return Template(f"[{''.join(regexes)}]", anchor)
    return Template(f"(?:{'|'.join(regexes)})", anchor)


def any_of(patterns: list[str]) -> re.Pattern[str]:
    """Return a regular expression that matches any of ``patterns``, and nothing when there are none."""
    return re.compile("|".join(dict.fromkeys(patterns)) or r"(?!)")


def plain(words: str) -> str:
    """Return ``words`` without accents, apostrophes, invisible characters and case."""
    text = unicodedata.normalize("NFKD", words.translate(APOSTROPHES)).casefold()
    return "".join(char for char in text if unicodedata.category(char) not in ("Mn", "Cf"))
