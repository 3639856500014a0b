"""What a text may mean: one calibrated probability for each intent.

Two heads are added up: sentence vectors, which know paraphrases, and n-grams, which forgive typing errors. How much each counts and
what confidence is enough are found by cross-validation on the training examples.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt

from assistant.engine.encoder import Encoder
from assistant.engine.ngrams import NgramHead

Floats = npt.NDArray[np.float32]
_FOLDS = 3
NEEDLESS = 1.2
"""What a needless question ("which of these is it?") costs, when a wrong answer costs one: a path says what it is for and can be
corrected, while a person in grief or in a hurry who is asked back may leave."""
_WEIGHTS = (0.5, 1.0, 1.5, 2.0, 3.0)


@dataclass(frozen=True)
class Calibration:
    """How the heads are added, and how sure is sure enough."""

    dense: float
    ngrams: float
    threshold: float
    """Least probability of an intent that is answered without asking back."""
    accuracy: float
    """Share of training examples understood when they were held out."""


class IntentScores:
    """Score texts against the intents that were trained."""

    def __init__(self, intents: list[str], head: NgramHead, dense: tuple[Floats, Floats] | None, calibration: Calibration) -> None:
        self.intents, self.head, self.dense, self.calibration = intents, head, dense, calibration

    def probabilities(self, texts: Sequence[str], vectors: Floats | None) -> Floats:
        """Return a row of probabilities for each text, in the order of ``intents``; ``vectors`` are the texts' sentence vectors."""
        return _softmax(_fuse(self._dense_scores(vectors), np.stack([self.head.scores(text) for text in texts]), self.calibration))

    def _dense_scores(self, vectors: Floats | None) -> Floats | None:
        if vectors is None or self.dense is None:
            return None
        weights, bias = self.dense
        return _log_softmax(vectors @ weights + bias)

    @classmethod
    def train(cls, texts: list[str], labels: list[str], encoder: Encoder | None, rejected: set[str]) -> IntentScores:
        """Return scores trained on ``texts`` with their intents; intents in ``rejected`` count as "none of these"."""
        intents = sorted(set(labels))
        number = {intent: position for position, intent in enumerate(intents)}
        classes = np.array([number[label] for label in labels])
        vectors = _embed(texts, encoder)
        calibration = _calibrate(texts, classes, vectors, len(intents), {number[name] for name in rejected if name in number})
        return cls(intents, NgramHead.train(texts, classes), _train_dense(vectors, classes), calibration)

    def save(self, folder: Path) -> None:
        """Write everything into ``folder``."""
        self.head.save(folder)
        if self.dense:
            np.savez(folder / "dense.npz", weights=self.dense[0], bias=self.dense[1])
        about = {"intents": self.intents, "calibration": asdict(self.calibration)}
        (folder / "intents.json").write_text(json.dumps(about), encoding="utf-8")

    @classmethod
    def load(cls, folder: Path) -> IntentScores:
        """Return the scores that were saved into ``folder``."""
        about = json.loads((folder / "intents.json").read_text(encoding="utf-8"))
        dense = None
        if (folder / "dense.npz").exists():
            with np.load(folder / "dense.npz", allow_pickle=False) as arrays:
                dense = (arrays["weights"], arrays["bias"])
        return cls(about["intents"], NgramHead.load(folder), dense, Calibration(**about["calibration"]))


def _embed(texts: list[str], encoder: Encoder | None) -> Floats | None:
    if encoder is None:
        return None
    order = sorted(range(len(texts)), key=lambda index: len(texts[index]))
    rows = np.zeros((len(texts), 512), np.float32)
    for start in range(0, len(order), 64):
        batch = order[start : start + 64]
        rows[batch] = encoder.vectors([texts[index] for index in batch])
    return rows


def _train_dense(vectors: Floats | None, classes: npt.NDArray[np.int64]) -> tuple[Floats, Floats] | None:
    if vectors is None:
        return None
    from sklearn.linear_model import LogisticRegression

    model = LogisticRegression(C=20.0, class_weight="balanced", max_iter=200, tol=1e-3).fit(vectors, classes)
    return np.ascontiguousarray(model.coef_.T, np.float32), np.asarray(model.intercept_, np.float32)


def _calibrate(texts: list[str], classes: npt.NDArray[np.int64], vectors: Floats | None, count: int, rejected: set[int]) -> Calibration:
    from sklearn.model_selection import StratifiedKFold

    least = int(np.bincount(classes, minlength=count).min())
    if least < _FOLDS:
        return Calibration(1.0, 2.0, 0.3, 0.0)
    sparse = np.zeros((len(texts), count), np.float32)
    dense = np.zeros((len(texts), count), np.float32) if vectors is not None else None
    for train, held_out in StratifiedKFold(_FOLDS, shuffle=True, random_state=0).split(classes, classes):
        head = NgramHead.train([texts[i] for i in train], classes[train])
        sparse[held_out] = np.stack([head.scores(texts[i]) for i in held_out])
        if vectors is not None and dense is not None:
            trained = _train_dense(vectors[train], classes[train])
            assert trained is not None
            dense[held_out] = _log_softmax(vectors[held_out] @ trained[0] + trained[1])
    best: tuple[float, Calibration] | None = None
    for of_dense in _WEIGHTS if dense is not None else (1.0,):
        for of_ngrams in _WEIGHTS:
            trial = Calibration(of_dense, of_ngrams, 0.0, 0.0)
            probabilities = _softmax(_fuse(dense, sparse, trial))
            loss = -float(np.log(probabilities[np.arange(len(classes)), classes] + 1e-9).mean())
            if best is None or loss < best[0]:
                best = (loss, trial)
    assert best is not None
    probabilities = _softmax(_fuse(dense, sparse, best[1]))
    guess = probabilities.argmax(axis=1)
    threshold = _threshold(probabilities.max(axis=1), guess, classes, rejected)
    return Calibration(best[1].dense, best[1].ngrams, threshold, float((guess == classes).mean()))


def _threshold(confidence: Floats, guess: npt.NDArray[np.int64], classes: npt.NDArray[np.int64], rejected: set[int]) -> float:
    """Return the confidence below which asking back costs less than answering, where a needless question costs ``NEEDLESS``."""
    in_scope = ~np.isin(guess, list(rejected))
    right = guess == classes
    best, least = 0.3, float("inf")
    for threshold in np.arange(0.2, 0.61, 0.02):
        answered = in_scope & (confidence >= threshold)
        cost = float((answered & ~right).sum()) + NEEDLESS * float((in_scope & ~answered & right).sum())
        if cost < least:
            best, least = float(threshold), cost
    return round(best, 2)


def _fuse(dense: Floats | None, sparse: Floats, calibration: Calibration) -> Floats:
    scores = calibration.ngrams * sparse
    return scores if dense is None else scores + calibration.dense * dense


def _log_softmax(scores: Floats) -> Floats:
    shifted = scores - scores.max(axis=1, keepdims=True)
    return shifted - np.log(np.exp(shifted).sum(axis=1, keepdims=True))


def _softmax(scores: Floats) -> Floats:
    return np.exp(_log_softmax(scores))
