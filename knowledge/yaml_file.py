"""Read one YAML content file into its schema, with errors that name file, line and cure."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any, TypeVar

import yaml
from pydantic import BaseModel, ValidationError

from knowledge.errors import ContentError, Problem

Model = TypeVar("Model", bound=BaseModel)
_Loader: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)

_CURES = {
    "missing": "is missing: add it",
    "extra_forbidden": "is not a key that belongs here: check its spelling, or remove it",
    "string_type": "must be text: put it in quotes",
    "list_type": "must be a list: start each line with a dash",
    "model_type": "must have keys of its own, such as en and es",
    "model_attributes_type": "must have keys of its own, such as en and es",
    "string_too_short": "is empty: write the words",
}


def read(path: Path, model: type[Model], root: Path) -> Model:
    """Return the content of ``path`` as a ``model``.

    Raises ContentError with one Problem a place; names in it are relative to ``root``.
    """
    name = path.relative_to(root).as_posix() if path.is_relative_to(root) else path.name
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ContentError([Problem(name, 1, f"cannot be read ({error}): save it as UTF-8 text")]) from error
    try:
        node = yaml.compose(text, Loader=_Loader)
        faults = [fault for part in _nodes(node) for fault in _faults(name, part)]
        if faults:
            raise ContentError(faults)
        data = yaml.load(text, Loader=_Loader)  # noqa: S506 - the C form of the safe loader
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else 1
        hint = "check the indentation and put texts that hold a colon in quotes"
        raise ContentError([Problem(name, line, f"is not YAML ({error.problem}): {hint}")]) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise ContentError([Problem(name, line, f"is not YAML ({error.reason}): remove special characters")]) from error
    except ValueError as error:
        raise ContentError([Problem(name, 1, f"is not YAML ({error}): remove the word after the exclamation marks")]) from error
    if not isinstance(data, dict):
        wanted = ", ".join(model.model_fields)
        raise ContentError([Problem(name, 1, f"must start with one of the keys {wanted}")])
    try:
        return model.model_validate(data)
    except ValidationError as error:
        raise ContentError([_problem(name, node, item) for item in error.errors()]) from error


def _nodes(root: yaml.Node | None) -> Iterator[yaml.Node]:
    """Yield ``root`` and all that is below it, each once."""
    waiting, seen = [root] if root is not None else [], set()
    while waiting:
        node = waiting.pop()
        if id(node) in seen:
            continue
        seen.add(id(node))
        yield node
        if isinstance(node, yaml.SequenceNode):
            waiting += node.value
        elif isinstance(node, yaml.MappingNode):
            waiting += [part for pair in node.value for part in pair]


def _faults(name: str, node: yaml.Node) -> Iterator[Problem]:
    """Yield what YAML accepts, or trips over, without saying where: a key that is written twice, a day that does not exist."""
    if isinstance(node, yaml.MappingNode):
        keys = [key.value for key, _ in node.value]
        for place, (key, _) in enumerate(node.value):
            if isinstance(key, yaml.ScalarNode) and key.value in keys[:place]:
                yield Problem(name, key.start_mark.line + 1, f"{key.value} is written twice: keep one")
    elif isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:timestamp":
        try:
            yaml.constructor.SafeConstructor().construct_yaml_timestamp(node)
        except ValueError:
            yield Problem(name, node.start_mark.line + 1, f"{node.value} is not a day of the calendar: write it as 2026-11-23")


def _problem(name: str, root: yaml.Node | None, item: Any) -> Problem:
    line, where = 1, []
    node = root
    for key in item["loc"]:
        found = _child(node, key)
        if found is None:
            where.append(str(key))
            continue
        node, line = found
        where.append(f"[{key + 1}]" if isinstance(key, int) else str(key))
    place = ".".join(where).replace(".[", "[") or "the file"
    message = _CURES.get(item["type"]) or item["msg"].removeprefix("Value error, ")
    return Problem(name, line, f"{place} {message}" if item["type"] in _CURES else f"{place}: {message}")


def _child(node: yaml.Node | None, key: Any) -> tuple[yaml.Node, int] | None:
    if isinstance(node, yaml.MappingNode):
        for key_node, value_node in node.value:
            if str(getattr(key_node, "value", "")) == str(key):
                return value_node, key_node.start_mark.line + 1
    if isinstance(node, yaml.SequenceNode) and isinstance(key, int) and key < len(node.value):
        child = node.value[key]
        return child, child.start_mark.line + 1
    return None
