"""A fresh process trains and answers without TensorFlow, and the environment stays small."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.application.conftest import ROOT, small_project

pytestmark = pytest.mark.slow

_TRAIN_AND_ANSWER = """
import asyncio, sys
from pathlib import Path
from assistant.application import assemble
from assistant.engine import training
from assistant.settings import Settings
folder = Path(sys.argv[1])
settings = Settings(root=folder, data_dir=folder / "var", models_dir=folder / "models", turn_seconds=10)
training.train(settings.root, settings.models_dir)
parts = assemble(settings)
parts.engine.start()
print(parts.engine.wait(), parts.engine.problem)
name, _ = parts.conversations.begin()
print(asyncio.run(parts.conversations.turn(name, "my father died"))["event"])
parts.close()
print("tensorflow" in sys.modules)
"""


def test_a_fresh_process_trains_and_answers_without_tensorflow(tmp_path):
    small_project(tmp_path)
    done = subprocess.run(
        [sys.executable, "-c", _TRAIN_AND_ANSWER, str(tmp_path)], cwd=ROOT, capture_output=True, text=True, timeout=400, check=False
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines()[-3:] == ["State.READY ", "death_of_loved_one", "False"], done.stdout


def test_the_lock_file_names_only_the_public_index():
    text = (ROOT / "uv.lock").read_text(encoding="utf-8")
    hosts = {part.split("/")[2] for part in text.split('"') if part.startswith("https://")}
    assert hosts <= {"pypi.org", "files.pythonhosted.org"}


def test_data_is_a_link_to_nlu():
    assert (ROOT / "data").is_symlink()
    assert (ROOT / "data").resolve() == (ROOT / "nlu").resolve()
    assert Path(ROOT / "data" / "en").is_dir()
