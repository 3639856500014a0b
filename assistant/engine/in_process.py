"""Run actions in this process instead of over HTTP, and check their answers with a validator that is compiled once."""

from __future__ import annotations

import asyncio
import inspect
from typing import Any

from jsonschema import Draft202012Validator
from rasa.core.actions.action import RemoteAction
from rasa.utils.endpoints import EndpointConfig
from rasa_sdk.executor import ActionExecutor

import actions
from actions.base import PathAction
from knowledge.store import KnowledgeBase


class InProcessActions(EndpointConfig):
    """An action endpoint whose requests are calls."""

    def __init__(self, executor: ActionExecutor, seconds: float) -> None:
        super().__init__(url="in-process")
        self._executor, self._seconds = executor, seconds

    async def request(self, *_: Any, **arguments: Any) -> Any:
        """Return what the action answers. Raises TimeoutError when it takes too long."""
        return await asyncio.wait_for(self._executor.run(arguments["json"]), self._seconds)


def executor_for(base: KnowledgeBase) -> ActionExecutor:
    """Return an executor that knows every action of the package ``actions``, all answering from ``base``."""
    executor = ActionExecutor()
    for action in action_classes():
        executor.register_action(action(base))
    return executor


def action_classes() -> list[type[PathAction]]:
    """Return the actions of the package ``actions``."""
    found: dict[str, type[PathAction]] = {}
    for module in actions.load_modules():
        for _, item in inspect.getmembers(module, inspect.isclass):
            if issubclass(item, PathAction) and not inspect.isabstract(item):
                found[item.__name__] = item
    return list(found.values())


def compile_validator() -> None:
    """Replace the check of action answers, which checks its own schema anew each time, by one that is compiled once."""
    validator = Draft202012Validator(RemoteAction.action_response_format_spec())

    def validate(self: RemoteAction, result: dict[str, Any]) -> bool:
        validator.validate(result)
        return True

    RemoteAction._validate_action_result = validate
