"""What requests may hold, checked by pydantic; the OpenAPI document is made from the same classes."""

from __future__ import annotations

from typing import Literal, TypeVar

from aiohttp import web
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from assistant.web.problems import Problem

Body = TypeVar("Body", bound=BaseModel)


class Strict(BaseModel):
    """Refuse keys that are not known."""

    model_config = ConfigDict(extra="forbid")


class NewConversation(Strict):
    """Begin a conversation."""

    language: Literal["en", "es"] = "en"
    channel: Literal["web", "sms", "phone", "api"] = "web"


class NewTurn(Strict):
    """Say something, or take an offered choice."""

    text: str | None = Field(default=None, description="What the person typed or said.")
    choice: str | None = Field(default=None, description="The id of a choice that a reply of this conversation offered.")

    @model_validator(mode="after")
    def _one_of_them(self) -> NewTurn:
        if (self.text is None) == (self.choice is None):
            raise ValueError("send either text or choice")
        return self


class NewFeedback(Strict):
    """Say whether an answer helped."""

    turn: int = Field(ge=0, description="The number of the turn, as its reply gave it.")
    helped: bool
    reason: str | None = Field(default=None, max_length=64)
    answers: dict[str, int] = Field(default_factory=dict, description="Answers to a survey, 1 to 5 by question.")
    comment: str | None = Field(default=None, max_length=1000)


async def read(request: web.Request, model: type[Body]) -> Body:
    """Return the body of ``request`` as a ``model``; an empty body counts as {}. Raises Problem."""
    raw = await request.read()
    try:
        return model.model_validate_json(raw or b"{}")
    except ValidationError as error:
        first = error.errors()[0]
        if first["type"] == "json_invalid":
            raise Problem(400, "Not JSON", 'The body must be JSON, such as {"text": "my father died"}.') from error
        where = ".".join(str(part) for part in first["loc"]) or "body"
        message = first["msg"].removeprefix("Value error, ")
        raise Problem(422, "Not understood", f"{where}: {message}. /openapi.json says what this address takes.") from error
