"""The dialogue policy: the rules of nlu/dialogue, looked up by intent instead of scanned.

RulePolicy of Rasa compares the conversation with each rule in turn, so a turn costs more with every rule. Our rules all say "this
intent, then these actions", so one look-up does. An intent without a rule of its own gets ``default_action``: a life event is added
without adding a rule.
"""

from __future__ import annotations

import json
from typing import Any

from rasa.core.policies.policy import Policy, PolicyPrediction, SupportedData
from rasa.engine.graph import ExecutionContext
from rasa.engine.recipes.default_recipe import DefaultV1Recipe
from rasa.engine.storage.resource import Resource
from rasa.engine.storage.storage import ModelStorage
from rasa.shared.core.constants import ACTION_LISTEN_NAME
from rasa.shared.core.domain import Domain
from rasa.shared.core.events import ActionExecuted, UserUttered
from rasa.shared.core.trackers import DialogueStateTracker
from rasa.shared.exceptions import InvalidConfigException


@DefaultV1Recipe.register(DefaultV1Recipe.ComponentType.POLICY_WITHOUT_END_TO_END_SUPPORT, is_trainable=True)
class IntentPolicy(Policy):
    """Predict the actions of the rule for the latest intent, one after the other, then listen."""

    @staticmethod
    def get_default_config() -> dict[str, Any]:
        """Return the settings that config.yml may change."""
        return {"priority": 6, "default_action": "action_find_path"}

    @staticmethod
    def supported_data() -> SupportedData:
        """Return that only rules are learned from."""
        return SupportedData.RULE_DATA

    def __init__(
        self,
        config: dict[str, Any],
        model_storage: ModelStorage,
        resource: Resource,
        execution_context: ExecutionContext,
        featurizer: Any = None,
        actions: dict[str, list[str]] | None = None,
    ) -> None:
        super().__init__(config, model_storage, resource, execution_context, featurizer)
        self._actions = actions or {}

    def train(self, training_trackers: list[Any], domain: Domain, **kwargs: Any) -> Resource:
        """Learn intent to actions from the rules. Raises InvalidConfigException for rules that are not of this form."""
        for tracker in training_trackers:
            if getattr(tracker, "is_rule_tracker", False):
                self._learn(tracker)
        with self._model_storage.write_to(self._resource) as folder:
            (folder / "rules.json").write_text(json.dumps(self._actions), encoding="utf-8")
        return self._resource

    def _learn(self, tracker: DialogueStateTracker) -> None:
        intent, actions = None, []
        for event in tracker.events:
            if isinstance(event, UserUttered):
                if intent is not None:
                    raise InvalidConfigException(f"the rule for {intent!r} has two messages: write a rule for each")
                intent = event.intent_name
            elif isinstance(event, ActionExecuted) and intent is not None and event.action_name not in (ACTION_LISTEN_NAME, "...", None):
                actions.append(str(event.action_name))
        if intent is None or not actions:
            raise InvalidConfigException("each rule in nlu/dialogue must be one intent followed by one or more actions")
        if self._actions.setdefault(intent, actions) != actions:
            raise InvalidConfigException(f"two rules say different things for the intent {intent!r}: keep one")

    @classmethod
    def load(
        cls, config: dict[str, Any], model_storage: ModelStorage, resource: Resource, execution_context: ExecutionContext, **kwargs: Any
    ) -> IntentPolicy:
        """Return the policy that was trained."""
        with model_storage.read_from(resource) as folder:
            actions = json.loads((folder / "rules.json").read_text(encoding="utf-8"))
        return cls(config, model_storage, resource, execution_context, actions=actions)

    def predict_action_probabilities(
        self, tracker: DialogueStateTracker, domain: Domain, rule_only_data: dict[str, Any] | None = None, **kwargs: Any
    ) -> PolicyPrediction:
        """Return the next action with probability one."""
        intent, done = None, 0
        for event in reversed(tracker.events):
            if isinstance(event, UserUttered):
                intent = event.intent_name
                break
            if isinstance(event, ActionExecuted) and event.action_name != ACTION_LISTEN_NAME:
                done += 1
        actions = self._actions.get(intent or "") or [self.config["default_action"]]
        name = actions[done] if intent is not None and done < len(actions) else ACTION_LISTEN_NAME
        probabilities = [0.0] * domain.num_actions
        probabilities[domain.index_for_action(name)] = 1.0
        return self._prediction(probabilities)
