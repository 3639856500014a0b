"""Conversations, channel-neutral: begin one, take a turn, look back, give feedback, delete."""

from __future__ import annotations

import logging
import secrets
import time
from typing import Any

from actions.rendering.phrases import phrases
from actions.rendering.reply import Message, Reply
from assistant.conversation.redaction import redact
from assistant.conversation.stages import Stages
from assistant.conversation.store import Conversation, ConversationStore
from assistant.conversation.turn import Turn

log = logging.getLogger(__name__)
MOST_COMMENT = 1000


class Conversations:
    """The one way in for every channel."""

    def __init__(self, stages: Stages, store: ConversationStore, enabled: bool = True) -> None:
        self.stages, self.store, self.enabled = stages, store, enabled
        self.outcomes: dict[str, int] = {}
        """Turns since the start, by outcome, for the metrics."""

    def begin(self, language: str = "en", channel: str = "web") -> tuple[str, dict[str, Any]]:
        """Return the id of a new conversation and the greeting."""
        language = language if language in ("en", "es") else "en"
        conversation = Conversation(secrets.token_urlsafe(16), channel, language)
        lines = phrases(language).lines("greet")
        reply = Reply(language, "question", [Message(line) for line in lines], " ".join(lines))
        if not self.enabled:
            reply = self.stages.floor.off(language)
        self.store.create(conversation, time.time())
        return conversation.id, self._keep(conversation, None, reply)

    async def turn(self, name: str, text: str = "", choice: str | None = None) -> dict[str, Any]:
        """Return the reply to a message or to an offered choice. Raises UnknownConversation, and nothing else."""
        conversation = self.store.get(name)
        turn = Turn(name, text, conversation.language, conversation.channel)
        if not self.enabled:
            return self._keep(conversation, None, await self._answer_while_off(turn))
        if choice is not None:
            turn.payload = conversation.choices.get(choice)
            if turn.payload is None:
                lines = phrases(conversation.language).lines("bad_choice")
                reply = Reply(conversation.language, "question", [Message(line) for line in lines], " ".join(lines))
                return self._keep(conversation, None, reply)
        reply = await self._answer(turn)
        conversation.language = reply.language
        self.outcomes[reply.outcome] = self.outcomes.get(reply.outcome, 0) + 1
        kept = turn.text if turn.keep_text and reply.outcome != "crisis" and turn.payload is None else None
        return self._keep(conversation, kept, reply)

    async def delete(self, name: str) -> None:
        """Remove everything about a conversation. Raises UnknownConversation."""
        self.store.delete(name)
        self.stages.engine.forget(name)

    def add_feedback(self, name: str, turn: int, helped: bool, reason: str | None, answers: str, comment: str | None) -> None:
        """Keep feedback on one turn, without personal data. Raises UnknownConversation."""
        conversation = self.store.get(name)
        words = redact(comment[:MOST_COMMENT]).text if comment else None
        values = {"turn": turn, "helped": helped, "reason": reason, "answers": answers, "comment": words}
        self.store.add_feedback(conversation, time.time(), values)

    async def purge(self, keep_days: int) -> int:
        """Delete the conversations that are older than ``keep_days`` and return how many."""
        names = self.store.older_than(time.time() - keep_days * 86400)
        for name in names:
            await self.delete(name)
        return len(names)

    async def _answer_while_off(self, turn: Turn) -> Reply:
        await self.stages.clean(turn)
        return await self.stages.screen_crisis(turn) or self.stages.floor.off(turn.language)

    async def _answer(self, turn: Turn) -> Reply:
        for stage in self.stages.in_order():
            try:
                reply = await stage(turn)
            except Exception:
                log.exception("the stage %s failed", stage.__name__)
                if stage.__name__ == "redact":  # nothing goes on that may hold personal data
                    turn.keep_text = False
                    return self.stages.floor.answer("", turn.language)
                continue
            if reply is not None:
                return reply
        return self.stages.floor.answer("", turn.language)

    def _keep(self, conversation: Conversation, text: str | None, reply: Reply) -> dict[str, Any]:
        choices = {secrets.token_urlsafe(6): choice.payload for choice in reply.choices}
        public = self._public(reply, choices, conversation.count)
        self.store.add_turn(conversation, time.time(), text, public, choices)
        return public

    @staticmethod
    def _public(reply: Reply, choices: dict[str, str], number: int) -> dict[str, Any]:
        data = reply.as_json()
        data["choices"] = [{"id": name, "label": choice.label} for name, choice in zip(choices, reply.choices, strict=False)]
        return data | {"turn": number}
