"""Errors as RFC 9457 problem documents: what is wrong and what to do instead."""

from __future__ import annotations

import json
import logging
from collections.abc import Awaitable, Callable

from aiohttp import web
from sqlalchemy.exc import SQLAlchemyError

from assistant.errors import UnknownConversation
from knowledge.errors import KnowledgeError, UnknownEvent

log = logging.getLogger(__name__)
Handler = Callable[[web.Request], Awaitable[web.StreamResponse]]
MEDIA_TYPE = "application/problem+json"


class Problem(Exception):
    """A request that cannot be answered."""

    def __init__(self, status: int, title: str, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.title, self.detail, self.headers = status, title, detail, headers or {}

    def response(self) -> web.Response:
        """Return the problem document."""
        document = {"type": "about:blank", "status": self.status, "title": self.title, "detail": self.detail}
        return web.Response(text=json.dumps(document), status=self.status, content_type=MEDIA_TYPE, headers=self.headers)


@web.middleware
async def answer_with_problems(request: web.Request, handler: Handler) -> web.StreamResponse:
    """Turn every error into a problem document."""
    try:
        return await handler(request)
    except Problem as problem:
        return problem.response()
    except UnknownConversation:
        detail = "No conversation has this id. It may have been deleted. Begin one with POST /api/conversations."
        return Problem(404, "Unknown conversation", detail).response()
    except UnknownEvent as error:
        return Problem(404, "Unknown life event", f"No life event is called {error}. GET /api/events lists them all.").response()
    except SQLAlchemyError:
        log.exception("a database failed")
        return Problem(
            503, "Database unavailable", "The database is busy or gone. Try again in a minute.", {"Retry-After": "60"}
        ).response()
    except KnowledgeError:
        log.exception("the knowledge base failed")
        detail = "The knowledge base cannot be read right now. Try again in a minute."
        return Problem(503, "Knowledge base unavailable", detail, {"Retry-After": "60"}).response()
    except web.HTTPRequestEntityTooLarge:
        return Problem(413, "Too long", "A request can have at most 16 kB. Send the most important part.").response()
    except web.HTTPMethodNotAllowed as error:
        allowed = ", ".join(sorted(error.allowed_methods))
        return Problem(405, "Method not allowed", f"This address takes {allowed}.", {"Allow": allowed}).response()
    except web.HTTPNotFound:
        return Problem(404, "Not found", "There is nothing at this address. /openapi.json lists what there is.").response()
    except web.HTTPException:
        raise
    except Exception:
        log.exception("a request failed")
        return Problem(500, "Something went wrong", "The request failed on our side. Try again.").response()
