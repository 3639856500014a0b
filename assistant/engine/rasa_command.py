"""Rasa's own command line, in the same lean process: `assistant rasa shell`, `... train`, `... test`, `... run`."""

from __future__ import annotations

import socket
import sys
from typing import Any
from urllib.parse import urlsplit

from assistant.engine import lean


def run(arguments: list[str]) -> int:
    """Run ``rasa`` with ``arguments`` and return its exit code."""
    lean.install()
    sys.path.insert(0, "")
    sys.argv = ["rasa", *arguments]
    import rasa.__main__

    from assistant.engine.in_process import compile_validator

    compile_validator()
    _run_actions_here_when_nobody_else_does()
    if arguments[:1] == ["test"]:
        _evaluate_only_what_is_labelled()
    try:
        rasa.__main__.main()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    return 0


def _evaluate_only_what_is_labelled() -> None:
    """Let `rasa test` pass over an empty list of entities, which the scikit-learn of today refuses to score."""
    import rasa.core.test
    import rasa.nlu.test

    evaluate = rasa.nlu.test.evaluate_entities

    def evaluate_some(entity_results: list[Any], *arguments: Any, **keywords: Any) -> dict[str, Any]:
        found: dict[str, Any] = evaluate(entity_results, *arguments, **keywords) if entity_results else {}
        return found

    rasa.core.test.evaluate_entities = rasa.nlu.test.evaluate_entities = evaluate_some


def _run_actions_here_when_nobody_else_does() -> None:
    """Let `rasa shell` and `rasa run` answer without an action server: where none listens, actions run in the process."""
    from rasa.core.utils import AvailableEndpoints

    read = AvailableEndpoints.read_endpoints.__func__

    def read_endpoints(cls: Any, path: str) -> Any:
        endpoints = read(cls, path)
        if endpoints.action is not None and not _listens(endpoints.action.url):
            endpoints.action = _in_process()
        return endpoints

    AvailableEndpoints.read_endpoints = classmethod(read_endpoints)


def _listens(url: str | None) -> bool:
    parts = urlsplit(url or "")
    try:
        with socket.create_connection((parts.hostname or "localhost", parts.port or 80), timeout=1):
            return True
    except OSError:
        return False


def _in_process() -> Any:
    from actions.base import data_dir
    from assistant.engine.in_process import InProcessActions, executor_for
    from knowledge.store import open_knowledge

    return InProcessActions(executor_for(open_knowledge(data_dir())), seconds=10)
