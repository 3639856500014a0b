"""The command line: `assistant ...`."""

from __future__ import annotations

import os
import sys

from assistant.engine import lean


def main() -> None:
    """Run the command line."""
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # small matrices: more threads only wait for each other
    lean.silence()
    if sys.argv[1:2] == ["rasa"]:
        from assistant.engine.rasa_command import run

        raise SystemExit(run(sys.argv[2:]))
    os.environ.setdefault("LOG_LEVEL", "ERROR")  # without Rasa's progress bars; ours are single lines
    from assistant.cli import app

    app()


if __name__ == "__main__":
    main()
