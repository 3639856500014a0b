"""The settings of the application: environment variables called ASSISTANT_..., all with defaults that work."""

from __future__ import annotations

from pathlib import Path

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


def project_root() -> Path:
    """Return the folder that holds domain.yml: the working folder when it does, else the one that the package stands in."""
    here = Path.cwd()
    return here if (here / "domain.yml").exists() else Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """What can be set without touching code."""

    model_config = SettingsConfigDict(env_prefix="ASSISTANT_", extra="ignore")

    root: Path = Field(default_factory=project_root)
    """Folder of domain.yml, config.yml and nlu/."""
    data_dir: Path = Field(default_factory=lambda: project_root() / "var")
    """Folder for the databases."""
    models_dir: Path = Field(default_factory=lambda: project_root() / "models")
    """Folder for the trained model."""
    database_url: str | None = None
    """Where conversations are kept; SQLite in ``data_dir`` when it is not set."""
    host: str = "127.0.0.1"
    port: int = 8080
    turn_seconds: float = 1.5
    """How long a turn may take before the floor answer is given."""
    most_typed: int = 1000
    """Characters of one typed message."""
    keep_days: int = 30
    """Days until a conversation is deleted."""
    enabled: bool = True
    """False switches the assistant off: every turn is answered with how to reach a person."""

    @property
    def conversations_url(self) -> str:
        """The database of conversations as an SQLAlchemy URL."""
        return self.database_url or f"sqlite:///{self.data_dir / 'conversations.db'}"
