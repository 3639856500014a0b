"""The intent classifier: exact on what designers wrote, robust to errors, and able to say "none of these"."""

from __future__ import annotations

import json
from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.nlu.constants import INTENT, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.engine.clauses import clauses
from assistant.engine.encoder import encoder
from assistant.engine.intent_scores import IntentScores
from assistant.engine.normal_text import words

FALLBACK = "nlu_fallback"
VECTORS = "sentence_vectors"
"""Where the sentence vectors of a message and its clauses (rows of 512) are left for the components that follow."""
RANKED = 4
_SURE_OF_UNKNOWN = 0.9
"""Confidence that a text of unknown words only must reach; below it nothing is guessed."""

_CRISIS = "crisis_"
"""How the intents of a crisis begin."""


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.INTENT_CLASSIFIER, is_trainable=True)
class IntentClassifier(GraphComponent):
    """Put ``intent``, ``intent_ranking`` and ``events`` (every life event that a message tells of) on each message."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings that config.yml may change."""
        return {
            "rejected": ["out_of_scope", "other_topic"],  # intents that stand for "none of these"
            "not_events": [],  # further intents that are not life events, such as greet
            "grave": [],  # intents with consequences, taken only when they are very likely
            "grave_confidence": 0.6,
            "crisis_confidence": 0.33,  # of all crises together: to miss one is far worse than to offer help that was not needed
            "event_confidence": 0.7,  # how sure one clause must be to add an event of its own
            "use_encoder": True,
        }

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages that must be installed."""
        return ["sklearn"]

    def __init__(self, config: dict[str, Any], model_storage: ModelStorage, resource: Resource) -> None:
        self._config, self._storage, self._resource = config, model_storage, resource
        self._exact: dict[str, str] = {}
        self._scores: IntentScores | None = None
        self._encoder = encoder() if config["use_encoder"] else None
        self._not_events = {*config["rejected"], *config["not_events"], FALLBACK}

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> IntentClassifier:
        """Return an untrained classifier."""
        return cls(config, model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> IntentClassifier:
        """Return the classifier that was trained."""
        component = cls(config, model_storage, resource)
        with model_storage.read_from(resource) as folder:
            component._exact = json.loads((folder / "exact.json").read_text(encoding="utf-8"))
            component._scores = IntentScores.load(folder)
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Train on the examples of ``training_data`` and keep what was learned."""
        pairs: dict[str, tuple[str, str]] = {}
        clashing: set[str] = set()
        for message in training_data.intent_examples:
            text, intent = words(message.get(TEXT)), message.get(INTENT)
            if text and pairs.setdefault(text, (message.get(TEXT), intent))[1] != intent:
                clashing.add(text)
        self._exact = {text: intent for text, (_, intent) in pairs.items() if text not in clashing}
        texts, labels = [text for text, _ in pairs.values()], [intent for _, intent in pairs.values()]
        self._scores = IntentScores.train(texts, labels, self._encoder, set(self._config["rejected"]))
        with self._storage.write_to(self._resource) as folder:
            (folder / "exact.json").write_text(json.dumps(self._exact, ensure_ascii=False), encoding="utf-8")
            self._scores.save(folder)
        return self._resource

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Return ``training_data`` as it is: nothing after this component learns from its guesses."""
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the intent, the ranking and the events on ``messages``."""
        for message in messages:
            self._process(message)
        return messages

    def _process(self, message: Message) -> None:
        text = words(message.get(TEXT) or "")
        if not text or self._scores is None:
            return self._put(message, [(FALLBACK, 1.0)], [])
        parts = clauses(message.get(TEXT))
        exact = self._exact.get(text)
        if exact is not None and not parts:
            return self._put(message, [(exact, 1.0)], [] if exact in self._not_events else [exact])
        vectors = self._encoder.vectors([message.get(TEXT), *parts]) if self._encoder else None
        message.set(VECTORS, vectors)
        probabilities = self._scores.probabilities([message.get(TEXT), *parts], vectors)
        names = self._scores.intents
        ranking = [(names[i], float(probabilities[0][i])) for i in probabilities[0].argsort()[::-1][:RANKED]]
        if exact is None:
            ranking = self._without_unlikely_grave(ranking)
        else:
            ranking = [(exact, 1.0), *((name, 0.0) for name, _ in ranking if name != exact)]
        told = self._told(parts, probabilities[1:])
        top, confidence = ranking[0]
        threshold = self._scores.calibration.threshold
        if exact is None and self._scores.head.known_share(text) == 0.0 and confidence < _SURE_OF_UNKNOWN:
            return self._put(message, [(FALLBACK, 1.0)], [])
        unsure = confidence < threshold
        if told and (unsure or top in self._not_events) and exact is None:
            best = max(told, key=lambda name: told[name])
            ranking = [(best, told[best]), *((name, value) for name, value in ranking if name != best)]
        elif unsure:
            ranking = [(FALLBACK, 1.0 - confidence), *ranking]
        events = [] if ranking[0][0] in self._not_events else list(dict.fromkeys([ranking[0][0], *told]))
        return self._put(message, ranking, events)

    def _without_unlikely_grave(self, ranking: list[tuple[str, float]]) -> list[tuple[str, float]]:
        """Return ``ranking`` without grave intents that are not likely enough, what is left scaled up.

        The crises count together: which of them it is may be open while it is clear that it is one.
        """
        crises = [(name, value) for name, value in ranking if name.startswith(_CRISIS)]
        together = sum(value for _, value in crises)
        if together >= self._config["crisis_confidence"]:
            return [(crises[0][0], together), *((name, value) for name, value in ranking if name != crises[0][0])]
        grave, least = set(self._config["grave"]), self._config["grave_confidence"]
        left = [(name, value) for name, value in ranking if name not in grave or (value >= least and not name.startswith(_CRISIS))]
        gone = sum(value for _, value in ranking) - sum(value for _, value in left)
        return [(name, value / (1.0 - gone)) for name, value in left] if left and gone < 1.0 else ranking

    def _told(self, parts: list[str], probabilities: Any) -> dict[str, float]:
        """Return the life events that single clauses surely tell of, in the order of the clauses."""
        assert self._scores is not None
        told: dict[str, float] = {}
        for part, row in zip(parts, probabilities, strict=True):
            best = int(row.argmax())
            exact = self._exact.get(words(part))
            name = exact or self._scores.intents[best]
            sure = 1.0 if exact else float(row[best])
            if name not in self._not_events and sure >= self._config["event_confidence"]:
                told[name] = max(told.get(name, 0.0), sure)
        return told

    @staticmethod
    def _put(message: Message, ranking: list[tuple[str, float]], events: list[str]) -> None:
        rows = [{"name": name, "confidence": round(value, 4)} for name, value in ranking[: RANKED + 1]]
        message.set(INTENT, rows[0], add_to_output=True)
        message.set("intent_ranking", rows, add_to_output=True)
        message.set("events", events, add_to_output=True)
