"""Rasa's own command line, in the same lean process: `assistant rasa shell`, `... train`, `... test`, `... run`."""

from __future__ import annotations

import sys
from typing import Any

from assistant.engine import lean


def run(arguments: list[str]) -> int:
    """Run ``rasa`` with ``arguments`` and return its exit code."""
    lean.install()
    sys.path.insert(0, "")
    sys.argv = ["rasa", *arguments]
    import rasa.__main__

    from assistant.engine.in_process import compile_validator

    compile_validator()
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
