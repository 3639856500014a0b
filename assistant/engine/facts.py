"""The entity extractor: facts about the person's situation, by spaCy tokens, the lookups of nlu/ and a few rules for numbers."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import spacy
from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.nlu.tokenizers.tokenizer import Token
from rasa.shared.nlu.constants import ENTITIES, TEXT
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from assistant.engine.encoder import encoder
from assistant.engine.intents import VECTORS
from assistant.engine.nearest import SUFFIX, NearestValues
from assistant.engine.normal_text import same_length
from assistant.engine.numbers import ages, dates
from assistant.engine.phrases import Found, Phrases
from assistant.engine.places import Places, zip_table

NAME, NEAREST = "FactExtractor", "NearestValues"


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.ENTITY_EXTRACTOR, is_trainable=True)
class FactExtractor(GraphComponent):
    """Put one entity on a message for each fact it reveals: ``entity`` is the fact's id, ``value`` its value.

    Lookups called FACT.VALUE come from the training data. Besides: ``state``, ``age`` and ``other_age`` (years), ``date`` (ISO 8601).
    """

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings that config.yml may change."""
        return {}

    @staticmethod
    def required_packages() -> list[str]:
        """Return the packages that must be installed."""
        return ["spacy", "zipcodes"]

    def __init__(self, model_storage: ModelStorage, resource: Resource) -> None:
        self._storage, self._resource = model_storage, resource
        self._nlp = spacy.blank("en")
        self._places = Places(b"")
        self._phrases = Phrases(self._nlp, [])
        self._nearest = NearestValues.of([], [], None)

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> FactExtractor:
        """Return an extractor without lookups."""
        return cls(model_storage, resource)

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> FactExtractor:
        """Return the extractor with the lookups it was trained with."""
        component = cls(model_storage, resource)
        with model_storage.read_from(resource) as folder:
            rows = json.loads((folder / "lookups.json").read_text(encoding="utf-8"))
            component._places = Places((folder / "zips.bin").read_bytes())
            component._nearest = NearestValues.load(folder)
        component._phrases = Phrases(component._nlp, [(fact, value, phrase) for fact, value, phrase in rows])
        return component

    def train(self, training_data: TrainingData) -> Resource:
        """Keep the lookups of ``training_data`` whose name is FACT.VALUE."""
        rows = []
        for table in training_data.lookup_tables:
            fact, dot, value = str(table["name"]).partition(".")
            if dot and isinstance(table["elements"], list):
                rows += [(fact, value, phrase) for phrase in table["elements"]]
        self._phrases = Phrases(self._nlp, rows)
        self._nearest = NearestValues.of(rows, self._general(training_data), encoder())
        zips = zip_table()
        self._places = Places(zips)
        with self._storage.write_to(self._resource) as folder:
            (folder / "zips.bin").write_bytes(zips)
            self._nearest.save(folder)
            (folder / "lookups.json").write_text(json.dumps(rows, ensure_ascii=False), encoding="utf-8")
        return self._resource

    def _general(self, training_data: TrainingData) -> list[str]:
        """Return the examples in which no phrase reveals a need."""
        texts = [message.get(TEXT) for message in training_data.intent_examples]
        found = (self._phrases.find(self._nlp.make_doc(same_length(text))) for text in texts)
        return [text for text, facts in zip(texts, found, strict=True) if not any(item.fact.endswith(SUFFIX) for item in facts)]

    def process_training_data(self, training_data: TrainingData) -> TrainingData:
        """Put tokens on the examples, as Rasa's evaluation wants them."""
        for message in training_data.training_examples:
            self._tokenize(message)
        return training_data

    def process(self, messages: list[Message]) -> list[Message]:
        """Put the facts on ``messages``."""
        today = dt.date.today()
        for message in messages:
            text = message.get(TEXT) or ""
            found = self.facts(text, today)
            rows = [{"entity": f.fact, "value": f.value, "start": f.start, "end": f.end, "extractor": NAME} for f in found]
            rows += self._by_meaning(message, {item.fact for item in found})
            message.set(ENTITIES, message.get(ENTITIES, []) + rows, add_to_output=True)
            self._tokenize(message)
        return messages

    def _by_meaning(self, message: Message, found: set[str]) -> list[dict[str, Any]]:
        """Return entities for needs that no phrase revealed, from the vectors that the intent classifier left on the message."""
        vectors = message.get(VECTORS)
        if vectors is None or not message.get("events"):
            return []
        whole = {"start": 0, "end": len(message.get(TEXT)), "extractor": NEAREST}
        return [{"entity": fact, "value": value, **whole} for fact, value in self._nearest.find(vectors).items() if fact not in found]

    def facts(self, text: str, today: dt.date) -> list[Found]:
        """Return what ``text`` reveals, in order of place."""
        plain = same_length(text)
        found = [*self._phrases.find(self._nlp.make_doc(plain)), *self._places.find(text), *ages(plain), *dates(plain, today)]
        return sorted(found, key=lambda item: item.start)

    def _tokenize(self, message: Message) -> None:
        text = message.get(TEXT)
        if text:
            message.set("text_tokens", [Token(token.text, token.idx) for token in self._nlp.make_doc(text) if not token.is_space])
