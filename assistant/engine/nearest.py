"""Find the value of a fact by meaning, when no phrase of the lookups stands in the text.

For facts whose id ends in ``_need`` (what exactly somebody wants in an event): the value whose phrases come nearest to the message, or
to one of its clauses, in the space of sentence vectors.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.engine.encoder import Encoder

SUFFIX = "_need"
LEAST = 0.6
"""Least cosine between a message and a phrase that counts as the same thing."""
AHEAD = 0.08
"""By how much the best value must be nearer than the next one."""
MOST_WORDS = 10
"""Words of an example that may stand for "nothing particular is wanted": longer ones often want something."""
Floats = npt.NDArray[np.float32]


class NearestValues:
    """Phrases of the lookups as unit vectors, by fact and value."""

    def __init__(self, labels: list[tuple[str, str]], vectors: Floats, general: Floats) -> None:
        """Keep one row of ``vectors`` for each of ``labels`` (fact, value), and the rows of sentences that want nothing particular."""
        self.labels, self.vectors, self.general = labels, vectors, general
        self._values = sorted(set(labels))
        place = {label: number for number, label in enumerate(self._values)}
        self._owner = np.array([place[label] for label in labels], np.int64)
        self._by_fact: dict[str, list[int]] = {}
        for number, (fact, _) in enumerate(self._values):
            self._by_fact.setdefault(fact, []).append(number)

    def save(self, folder: Path) -> None:
        """Write the phrases into ``folder``."""
        np.savez(folder / "nearest.npz", vectors=self.vectors.astype(np.float16), general=self.general.astype(np.float16))
        (folder / "nearest.json").write_text(json.dumps(self.labels), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> NearestValues:
        """Return the phrases that were saved into ``folder``."""
        labels = [(fact, value) for fact, value in json.loads((folder / "nearest.json").read_text(encoding="utf-8"))]
        with np.load(folder / "nearest.npz", allow_pickle=False) as arrays:
            return cls(labels, arrays["vectors"].astype(np.float32), arrays["general"].astype(np.float32))

    @classmethod
    def of(cls, lookups: Iterable[tuple[str, str, str]], general: Iterable[str], encoder: Encoder | None) -> NearestValues:
        """Return the phrases of ``lookups`` (fact, value, phrase) whose fact is a need; none without an encoder.

        ``general`` are sentences about an event that reveal no need; what is nearer to one of them reveals none either.
        """
        rows = [row for row in lookups if row[0].endswith(SUFFIX)]
        if encoder is None or not rows:
            return cls([], np.zeros((0, 512), np.float32), np.zeros((0, 512), np.float32))
        vectors = _embed([phrase for _, _, phrase in rows], encoder)
        plain = _embed([text for text in general if len(text.split()) <= MOST_WORDS], encoder)
        return cls([(fact, value) for fact, value, _ in rows], vectors, plain)

    def find(self, vectors: Floats) -> dict[str, str]:
        """Return for each fact the value that is near enough to one of ``vectors`` (rows) and ahead of the others."""
        if not len(self.labels) or not len(vectors):
            return {}
        near = (self.vectors @ vectors.T).max(axis=1)
        best = np.full(len(self._values), -1.0, np.float32)
        np.maximum.at(best, self._owner, near)
        found: dict[str, str] = {}
        for fact, numbers in self._by_fact.items():
            ranked = sorted(numbers, key=lambda number: -best[number])
            second = best[ranked[1]] if len(ranked) > 1 else -1.0
            if best[ranked[0]] >= LEAST and best[ranked[0]] - second >= AHEAD:
                found[fact] = self._values[ranked[0]][1]
        if found and len(self.general):
            plain = float((self.general @ vectors.T).max())
            found = {fact: value for fact, value in found.items() if best[self._values.index((fact, value))] >= plain}
        return found


def _embed(texts: list[str], encoder: Encoder) -> Floats:
    batches = [encoder.vectors(texts[start : start + 64]) for start in range(0, len(texts), 64)]
    return np.concatenate(batches) if batches else np.zeros((0, 512), np.float32)
