"""Everything that a content designer can get wrong: file, line, and what to write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from assistant.designing.words import Lint
from assistant.engine.normal_text import words
from knowledge.content import Content, load
from knowledge.duplicates import duplicates
from knowledge.errors import ContentError, Problem
from knowledge.states import STATES

LANGUAGES = ("en", "es")
_NEUTRAL = ("state",)


@dataclass(frozen=True)
class Example:
    """One sentence of a training or test file."""

    file: str
    line: int
    text: str
    label: str


def check(root: Path) -> list[Problem]:
    """Return every problem of the content, the training data and the test sentences below ``root``, by file and line."""
    problems: list[Problem] = []
    content: Content | None = None
    try:
        content = load(root / "knowledge" / "content")
    except ContentError as error:
        problems += [Problem(f"knowledge/content/{p.file}", p.line, p.message) for p in error.problems]
    examples, lookups = _training(root, problems)
    twins = list(_twins(root, problems))
    problems += _clashes(examples)
    problems += _leaks([*examples, *lookups], twins)
    if content is not None:
        problems += _unknown_values(lookups, content)
        problems += _incomplete(root, content, examples)
        problems += Lint(root, content).problems()
        problems += _unlisted_facts(root, content)
        problems += _twice(root, content)
    problems += _unknown_intents(root, examples)
    return sorted(set(problems))


def _yaml(root: Path, path: Path, problems: list[Problem]) -> Any:
    try:
        return yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, OSError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        line = mark.line + 1 if mark else 1
        problems.append(Problem(_name(root, path), line, "is not YAML: check the indentation and quote texts that hold a colon"))
        return None


def _name(root: Path, path: Path) -> str:
    return path.relative_to(root).as_posix()


def _training(root: Path, problems: list[Problem]) -> tuple[list[Example], list[Example]]:
    examples: list[Example] = []
    lookups: list[Example] = []
    for language in LANGUAGES:
        for path in sorted((root / "nlu" / language).glob("*.yml")):
            data = _yaml(root, path, problems)
            entries = data.get("nlu") if isinstance(data, dict) else None
            if not isinstance(entries, list):
                problems.append(Problem(_name(root, path), 1, "must start with the key nlu: and a list of intents and lookups"))
                continue
            places = _lines(path)
            for entry in entries:
                label = str(entry.get("intent") or entry.get("lookup"))
                texts = re.findall(r"^\s*-\s+(.*\S)", str(entry.get("examples", "")), re.MULTILINE)
                if not texts:
                    problems.append(
                        Problem(_name(root, path), 1, f"{label} has no examples: write lines that start with a dash below examples: |")
                    )
                kept = examples if "intent" in entry else lookups
                kept += [Example(_name(root, path), places.get(text, 1), text, label) for text in texts]
    return examples, lookups


def _lines(path: Path) -> dict[str, int]:
    found: dict[str, int] = {}
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        found.setdefault(re.sub(r"^\s*-\s+", "", line).strip(), number)
    return found


def _twins(root: Path, problems: list[Problem]) -> Iterator[Example]:
    for path in sorted((root / "tests" / "sentences").rglob("*.yml")):
        data = _yaml(root, path, problems)
        for entry in data or []:
            if not isinstance(entry, dict) or not isinstance(entry.get("say"), str):
                problems.append(Problem(_name(root, path), 1, 'each entry must start with - say: "..."'))
                continue
            yield Example(_name(root, path), _line_of(path, entry["say"]), entry["say"], path.stem)
    for path in sorted((root / "tests" / "crisis").glob("*.yml")):
        for label, sentences in (_yaml(root, path, problems) or {}).items():
            for sentence in sentences:
                yield Example(_name(root, path), _line_of(path, sentence), sentence, str(label))


def _line_of(path: Path, text: str) -> int:
    for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if text[:30] in line:
            return number
    return 1


def _clashes(examples: list[Example]) -> list[Problem]:
    first: dict[str, Example] = {}
    problems = []
    for example in examples:
        other = first.setdefault(words(example.text), example)
        if other is example:
            continue
        if other.label != example.label:
            message = f"{example.text!r} is an example of {other.label} too ({other.file}:{other.line}): keep one"
            problems.append(Problem(example.file, example.line, message))
        elif other.file == example.file and other.text.casefold() == example.text.casefold():
            problems.append(Problem(example.file, example.line, f"{example.text!r} stands twice ({other.file}:{other.line}): remove one"))
    return problems


def _leaks(examples: list[Example], twins: list[Example]) -> list[Problem]:
    trained = {words(example.text): example for example in examples if len(example.text.split()) > 2}
    problems = []
    for twin in twins:
        example = trained.get(words(twin.text))
        if example is not None:
            message = f"{twin.text!r} is trained on in {example.file}:{example.line}: a test sentence must be another one"
            problems.append(Problem(twin.file, twin.line, message))
    return problems


def _twice(root: Path, content: Content) -> list[Problem]:
    problems = []
    for entry in duplicates(content.services):
        file, line = _where(root / "knowledge" / "content" / "services", entry.service)
        message = f"service {entry.service!r} {entry.why}: keep one, or name it in shares_page_with when it is another purpose"
        problems.append(Problem(f"knowledge/content/services/{file}", line, message))
    return problems


def _where(folder: Path, name: str) -> tuple[str, int]:
    """Return the file below ``folder`` and the line where the entry called ``name`` begins."""
    for path in sorted(folder.glob("*.yml")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            if re.search(rf"\bid: *[\"']?{re.escape(name)}\b", line):
                return path.name, number
    return "", 1


def _unknown_values(lookups: list[Example], content: Content) -> list[Problem]:
    problems = {}
    for lookup in lookups:
        fact_name, dot, value = lookup.label.partition(".")
        fact = content.facts.get(fact_name)
        if not dot or fact is None:
            message = f"lookup {lookup.label!r} must be called FACT.VALUE with a fact of knowledge/content/facts"
        elif fact.kind == "choice" and value not in fact.values:
            message = f"lookup {lookup.label!r}: {fact_name} can be {', '.join(fact.values)}"
        elif fact.kind == "state" and value not in STATES:
            message = f"lookup {lookup.label!r}: write the two-letter postal code of a state or territory"
        elif fact.kind == "bool" and value not in ("yes", "no"):
            message = f"lookup {lookup.label!r}: {fact_name} can be yes or no"
        else:
            continue
        problems[lookup.file, lookup.label] = Problem(lookup.file, lookup.line, message)
    return list(problems.values())


def _incomplete(root: Path, content: Content, examples: list[Example]) -> list[Problem]:
    problems = []
    for slug in content.events:
        for language in LANGUAGES:
            file = f"nlu/{language}/{slug}.yml"
            if not any(example.label == slug and example.file.startswith(f"nlu/{language}/") for example in examples):
                problems.append(Problem(file, 1, f"there are no examples of {slug}: write what people say"))
            if not (root / f"tests/sentences/{language}/{slug}.yml").exists():
                problems.append(
                    Problem(
                        f"tests/sentences/{language}/{slug}.yml", 1, f"{slug} has no test sentences: write some that are not trained on"
                    )
                )
    return problems


def _unknown_intents(root: Path, examples: list[Example]) -> list[Problem]:
    domain = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))
    known = {next(iter(intent)) if isinstance(intent, dict) else str(intent) for intent in domain.get("intents", [])}
    missing = {example.label: example for example in examples if example.label not in known}
    return [Problem(e.file, e.line, f"the intent {e.label} is not in domain.yml: add it to intents") for e in missing.values()]


def _unlisted_facts(root: Path, content: Content) -> list[Problem]:
    domain = yaml.safe_load((root / "domain.yml").read_text(encoding="utf-8"))
    listed = set(domain.get("entities", []))
    return [Problem("domain.yml", 1, f"the fact {fact} is not listed: add it to entities") for fact in content.facts if fact not in listed]
