"""Rasa's own command line, in the same lean process: `assistant rasa shell`, `... train`, `... test`, `... run`."""

from __future__ import annotations

import sys

from assistant.engine import lean


def run(arguments: list[str]) -> int:
    """Run ``rasa`` with ``arguments`` and return its exit code."""
    lean.install()
    sys.path.insert(0, "")
    sys.argv = ["rasa", *arguments]
    import rasa.__main__

    from assistant.engine.in_process import compile_validator

    compile_validator()
    try:
        rasa.__main__.main()
    except SystemExit as exit_:
        return exit_.code if isinstance(exit_.code, int) else int(exit_.code is not None)
    return 0
