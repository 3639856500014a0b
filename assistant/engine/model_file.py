"""The trained model on disk: where it is, and a checksum beside it that is checked before it is loaded."""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from assistant.errors import ModelBroken, ModelMissing

NAME = "front-door.tar.gz"


def path_in(models: Path) -> Path:
    """Return where the model of this project lies below ``models``."""
    return models / NAME


def seal(model: Path, trained_on: str) -> None:
    """Write the checksum of ``model`` and the digest of what it was trained on beside it."""
    about = {"sha256": _sha256(model), "trained_on": trained_on}
    temporary = _beside(model).with_suffix(".part")
    temporary.write_text(json.dumps(about), encoding="utf-8")
    temporary.replace(_beside(model))


def check(model: Path) -> None:
    """Raise ModelMissing when there is no model, ModelBroken when it is not the one that was trained."""
    if not model.exists():
        raise ModelMissing(f"there is no model at {model}: run `assistant train`")
    about = _about(model)
    if about is None:
        raise ModelBroken(f"the checksum of {model.name} is missing: run `assistant train`")
    if about.get("sha256") != _sha256(model):
        raise ModelBroken(f"{model.name} is not the file that was trained: run `assistant train`")


def trained_on(model: Path) -> str | None:
    """Return the digest of what the model was trained on, None when it is not known."""
    about = _about(model) if model.exists() else None
    return about.get("trained_on") if about else None


def _about(model: Path) -> dict[str, str] | None:
    try:
        data = json.loads(_beside(model).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return None
    return data if isinstance(data, dict) else None


def _beside(model: Path) -> Path:
    return model.with_name(model.name + ".json")


def _sha256(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()
