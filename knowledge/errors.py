"""The errors of the knowledge base.

* KnowledgeError
  + ContentError        content files that cannot be used; carries one Problem for each place
  + StoreError          the compiled knowledge base is missing, locked or damaged
  + UnknownEvent        no life event has this slug
"""

from __future__ import annotations

from dataclasses import dataclass


class KnowledgeError(Exception):
    """Anything that the knowledge base cannot do."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing that is wrong in one content file, and what to write instead."""

    file: str
    line: int
    message: str

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.message}"


class ContentError(KnowledgeError):
    """Content files that cannot be used."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = sorted(problems)
        super().__init__("\n".join(str(problem) for problem in self.problems))


class StoreError(KnowledgeError):
    """The compiled knowledge base is missing, locked or damaged."""


class UnknownEvent(KnowledgeError):
    """No life event has this slug."""
