"""A stand-in for Rasa's validator of the default recipe, which imports TensorFlow.

It checks what can go wrong with our components: that the training data name no intent or action that the domain lacks. The rest is
checked by ``assistant check`` and ``assistant rasa data validate``.
"""

from __future__ import annotations

from typing import Any

from rasa.engine.graph import ExecutionContext, GraphComponent
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.exceptions import InvalidConfigException
from rasa.shared.importers.importer import TrainingDataImporter


class DefaultV1RecipeValidator(GraphComponent):
    """Check the training data against the domain before training starts."""

    @classmethod
    def create(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext
    ) -> DefaultV1RecipeValidator:
        """Return a new validator."""
        return cls()

    def validate(self, importer: TrainingDataImporter) -> TrainingDataImporter:
        """Return ``importer``. Raises InvalidConfigException when the data name an intent that the domain does not list."""
        domain = importer.get_domain()
        unknown = sorted(importer.get_nlu_data().intents - set(domain.intents))
        if unknown and domain.intents:
            raise InvalidConfigException(f"nlu/ has examples of {', '.join(unknown)}: add to the intents of domain.yml")
        return importer
