"""Keep TensorFlow out of a process that trains and answers with our own components.

Rasa 3.6 imports TensorFlow at module level in a few places that nothing here uses. Three stand-ins are enough, and this module is
the only place that knows them:

* ``rasa.utils.train_utils`` is imported when something of it is first used;
* ``rasa.engine.recipes.default_components`` lists the components that need no TensorFlow;
* ``DefaultV1RecipeValidator`` is ours (``assistant.engine.recipe_validator``).

With TensorFlow installed (the ``stock`` dependency group) nothing is replaced, so that Rasa's own components can be named.
"""

from __future__ import annotations

import importlib
import importlib.machinery
import importlib.util
import logging
import os
import sys
import types
import warnings
from typing import Any

_COMPONENTS = (
    ("rasa.nlu.classifiers.fallback_classifier", "FallbackClassifier"),
    ("rasa.nlu.classifiers.keyword_intent_classifier", "KeywordIntentClassifier"),
    ("rasa.core.policies.rule_policy", "RulePolicy"),
    ("rasa.core.policies.memoization", "MemoizationPolicy"),
    ("rasa.core.policies.memoization", "AugmentedMemoizationPolicy"),
)


_OTHERS = r"(?!assistant|actions|knowledge).*"
"""Warnings of other people's modules say nothing that can be mended here."""


class _Lazy(types.ModuleType):
    """A module that is imported when an attribute of it is first asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        del sys.modules[self.__name__]
        real = importlib.import_module(self.__name__)
        self.__dict__.update(real.__dict__)
        return getattr(real, name)


class _Components(types.ModuleType):
    """``rasa.engine.recipes.default_components`` without the ones that need TensorFlow."""

    def __getattr__(self, name: str) -> Any:
        if name != "DEFAULT_COMPONENTS":
            raise AttributeError(name)
        components = [getattr(importlib.import_module(module), item) for module, item in _COMPONENTS]
        self.DEFAULT_COMPONENTS = components
        return components


def silence() -> None:
    """Ignore warnings of other people's modules; to be called before any of them is imported."""
    for category in (DeprecationWarning, FutureWarning, PendingDeprecationWarning):
        warnings.filterwarnings("ignore", category=category, module=_OTHERS)
    for message in (
        "The ``declarative_base",
        "the load_module",
        "Slot auto-fill",
        "'parseString'",
        "Parsed an (entity|intent)",
        "Tried to set non existent",
        "pkg_resources is deprecated",
        "Deprecated call to",
    ):
        warnings.filterwarnings("ignore", message=f".*{message}")


def install() -> None:
    """Put the stand-ins in place; calling it again changes nothing."""
    os.environ.setdefault("RASA_TELEMETRY_ENABLED", "false")
    os.environ.setdefault("SQLALCHEMY_SILENCE_UBER_WARNING", "1")
    os.environ.setdefault("SANIC_REGISTER", "false")
    silence()
    if "rasa.utils.train_utils" in sys.modules or importlib.util.find_spec("tensorflow") is not None:
        return
    _put(_Lazy("rasa.utils.train_utils"), is_package=True)
    _put(_Components("rasa.engine.recipes.default_components"))
    from assistant.engine import recipe_validator

    sys.modules["rasa.graph_components.validators.default_recipe_validator"] = recipe_validator


def quiet() -> None:
    """Stop Rasa from formatting debug events that nobody reads."""
    import structlog

    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger(logging.WARNING))
    logging.getLogger("rasa").setLevel(logging.WARNING)


def _put(module: types.ModuleType, is_package: bool = False) -> None:
    module.__spec__ = importlib.machinery.ModuleSpec(module.__name__, None)
    if is_package:
        module.__path__ = []
    sys.modules[module.__name__] = module
    parent, _, child = module.__name__.rpartition(".")
    setattr(importlib.import_module(parent), child, module)
