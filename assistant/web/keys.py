"""What the handlers find in the application."""

from aiohttp import web

from assistant.conversation.conversations import Conversations
from assistant.engine.runtime import Engine
from assistant.settings import Settings
from knowledge.store import KnowledgeBase

CONVERSATIONS = web.AppKey("conversations", Conversations)
ENGINE = web.AppKey("engine", Engine)
KNOWLEDGE = web.AppKey("knowledge", KnowledgeBase)
SETTINGS = web.AppKey("settings", Settings)
