"""The errors of the application. Nobody who talks to the assistant meets one: they get the floor answer.

* AssistantError
  + ModelError
    - ModelMissing     there is no trained model
    - ModelBroken      the model is damaged, or not the one that was trained
  + TrainingFailed     the training data cannot be learned from
  + UnknownConversation
"""


class AssistantError(Exception):
    """Anything that the application cannot do."""


class ModelError(AssistantError):
    """There is no model to answer with."""


class ModelMissing(ModelError):
    """There is no trained model."""


class ModelBroken(ModelError):
    """The model is damaged, or not the one that was trained."""


class TrainingFailed(AssistantError):
    """The training data cannot be learned from."""


class UnknownConversation(AssistantError):
    """No conversation has this id."""
