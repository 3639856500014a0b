"""Write what was imported as content files, in a folder of their own, for a designer to look through."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

import yaml

from knowledge.interchange.hsds import Imported


def write(imported: Imported, folder: Path) -> list[Path]:
    """Write ``imported`` below ``folder``; return the files.

    Agencies, services and state tables can be loaded as they are; ``steps.yml`` holds drafts. Raises FileExistsError when
    ``folder`` is not empty, so that nothing that somebody wrote is lost.
    """
    if folder.exists() and any(folder.iterdir()):
        raise FileExistsError(f"{folder} is not empty: give a new folder")
    files: dict[str, Any] = {
        "agencies.yml": {"agencies": [_plain(agency) for agency in imported.agencies.values()]},
        "services/imported.yml": {"services": [_plain(service) for service in imported.services.values()]},
        "steps.yml": {"steps": [asdict(draft) for draft in imported.drafts.values()]},
    }
    files |= {f"states/{name}.yml": _plain(table) for name, table in imported.states.items()}
    return [_save(folder / name, data) for name, data in files.items()]


def _plain(model: Any) -> Any:
    return model.model_dump(mode="json", exclude_none=True, exclude_defaults=True)


def _save(path: Path, data: Any) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    half = path.with_suffix(".half")
    half.write_text(yaml.safe_dump(data, allow_unicode=True, sort_keys=False, width=140), encoding="utf-8")
    return half.replace(path)
