"""Train the model from nlu/, domain.yml and config.yml."""

from __future__ import annotations

import hashlib
import io
import os
import tempfile
from collections.abc import Callable
from contextlib import redirect_stdout
from pathlib import Path

from assistant.engine import lean, model_file
from assistant.errors import TrainingFailed

INPUTS = ("domain.yml", "config.yml", "nlu")


def digest_of(root: Path) -> str:
    """Return the SHA-256 of everything below ``root`` that a model is trained on, and of the components that learn from it."""
    sha = hashlib.sha256()
    paths = [root / "domain.yml", root / "config.yml", *sorted((root / "nlu").rglob("*.yml")), *sorted(Path(__file__).parent.glob("*.py"))]
    for path in paths:
        sha.update(path.name.encode() + b"\0" + path.read_bytes() + b"\0")
    return sha.hexdigest()


def is_current(root: Path, models: Path) -> bool:
    """Return whether the model below ``models`` was trained on what now lies below ``root``."""
    return model_file.trained_on(model_file.path_in(models)) == digest_of(root)


def ensure(root: Path, models: Path, progress: Callable[[str], None] = print) -> None:
    """Train a model when there is none, or when what it was trained on has changed. Raises TrainingFailed."""
    if not is_current(root, models):
        train(root, models, progress)


def train(root: Path, models: Path, progress: Callable[[str], None] = print) -> Path:
    """Train a model from the files below ``root`` and return its path; a failure leaves the model that was there.

    Raises TrainingFailed with what to mend.
    """
    lean.install()
    lean.quiet()
    missing = [name for name in INPUTS if not (root / name).exists()]
    if missing:
        raise TrainingFailed(f"these are missing in {root}: {', '.join(missing)}")
    from rasa.model_training import train as train_rasa
    from rasa.shared.exceptions import RasaException

    models.mkdir(parents=True, exist_ok=True)
    progress("training the model (about two minutes)")
    digest = digest_of(root)
    said = io.StringIO()
    with tempfile.TemporaryDirectory(dir=models) as folder, _working_in(root), redirect_stdout(said):
        try:
            result = train_rasa(
                domain="domain.yml", config="config.yml", training_files=["nlu"], output=folder, force_training=True, fixed_model_name="new"
            )
        except (RasaException, ValueError, OSError) as error:
            raise TrainingFailed(str(error)) from error
        if result.code != 0 or result.model is None:
            raise TrainingFailed(f"Rasa could not train a model: {said.getvalue().strip()}")
        model = model_file.path_in(models)
        Path(result.model).replace(model)
    model_file.seal(model, digest)
    progress(f"the model is ready: {model.name}, {model.stat().st_size / 1e6:.1f} MB")
    return model


class _working_in:  # noqa: N801 - reads as a phrase
    """Work in ``folder`` for a while: Rasa looks for components and data there, and keeps its cache in it."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __enter__(self) -> None:
        self.before = Path.cwd()
        os.chdir(self.folder)

    def __exit__(self, *_: object) -> None:
        os.chdir(self.before)
