"""Word and letter n-grams with TF-IDF weights under linear scores: what is robust to typing errors.

Trained with scikit-learn; answered from plain arrays, so that a model file holds numbers and words and no pickled code.
"""

from __future__ import annotations

import json
import math
from itertools import pairwise
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from assistant.engine.normal_text import words

Scores = npt.NDArray[np.float32]
_SMALLEST, _LARGEST = 2, 5


def terms(text: str) -> list[str]:
    """Return the terms of ``text``: its words, pairs of words, and letter runs of 2 to 5 within words."""
    tokens = words(text).split()
    found = [f"w:{token}" for token in tokens]
    found += [f"w:{left} {right}" for left, right in pairwise(tokens)]
    for token in tokens:
        padded = f" {token} "
        length = len(padded)
        for size in range(_SMALLEST, _LARGEST + 1):
            if size >= length:
                found.append(padded)
                break
            found += [padded[start : start + size] for start in range(length - size + 1)]
    return found


class NgramHead:
    """Linear scores over TF-IDF weights; the word part and the letter part have unit length each."""

    def __init__(self, vocabulary: dict[str, int], idf: Scores, weights: Scores, bias: Scores) -> None:
        self.vocabulary, self.idf, self.weights, self.bias = vocabulary, idf, weights, bias

    def vector(self, text: str) -> tuple[npt.NDArray[np.int64], Scores]:
        """Return the columns and the values of the text's weights."""
        counts: dict[int, int] = {}
        known = self.vocabulary
        for term in terms(text):
            column = known.get(term)
            if column is not None:
                counts[column] = counts.get(column, 0) + 1
        if not counts:
            return np.zeros(0, np.int64), np.zeros(0, np.float32)
        columns = np.fromiter(counts, np.int64, len(counts))
        values = (1.0 + np.log(np.fromiter(counts.values(), np.float32, len(counts)))) * self.idf[columns]
        return columns, (values / math.sqrt(float(values @ values))).astype(np.float32)

    def scores(self, text: str) -> Scores:
        """Return one score for each class (float32)."""
        columns, values = self.vector(text)
        return values @ self.weights[columns] + self.bias

    def known_share(self, text: str) -> float:
        """Return which share of the words of ``text`` stood in the training data, 0 to 1."""
        tokens = words(text).split()
        return sum(f"w:{token}" in self.vocabulary for token in tokens) / len(tokens) if tokens else 0.0

    @classmethod
    def train(cls, texts: list[str], classes: npt.NDArray[np.int64], least: int = 2) -> NgramHead:
        """Return a head for ``texts`` of the given classes (0 to n-1). Terms that fewer than ``least`` texts have are left out."""
        from scipy import sparse
        from sklearn.svm import LinearSVC

        frequency: dict[str, int] = {}
        for text in texts:
            for term in set(terms(text)):
                frequency[term] = frequency.get(term, 0) + 1
        kept = sorted(term for term, count in frequency.items() if count >= least or term.startswith("w:"))
        vocabulary = {term: column for column, term in enumerate(kept)}
        idf = np.array([math.log((1 + len(texts)) / (1 + frequency[term])) + 1 for term in kept], np.float32)
        head = cls(vocabulary, idf, np.zeros((len(kept), 1), np.float32), np.zeros(1, np.float32))
        vectors = [head.vector(text) for text in texts]
        starts = np.cumsum([0, *(len(columns) for columns, _ in vectors)])
        matrix = sparse.csr_matrix(
            (np.concatenate([v for _, v in vectors]), np.concatenate([c for c, _ in vectors]), starts), shape=(len(texts), len(kept))
        )
        model = LinearSVC(C=0.5, class_weight="balanced", random_state=0).fit(matrix, classes)
        return cls(vocabulary, idf, np.ascontiguousarray(model.coef_.T, np.float32), np.asarray(model.intercept_, np.float32))

    def save(self, folder: Path) -> None:
        """Write the head into ``folder``."""
        np.savez(folder / "ngrams.npz", idf=self.idf, weights=self.weights.astype(np.float16), bias=self.bias)
        (folder / "ngrams.json").write_text(json.dumps(list(self.vocabulary), ensure_ascii=False), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> NgramHead:
        """Return the head that was saved into ``folder``."""
        with np.load(folder / "ngrams.npz", allow_pickle=False) as arrays:
            idf, weights, bias = arrays["idf"], arrays["weights"].astype(np.float32), arrays["bias"]
        names: list[Any] = json.loads((folder / "ngrams.json").read_text(encoding="utf-8"))
        return cls({name: column for column, name in enumerate(names)}, idf, weights, bias)
