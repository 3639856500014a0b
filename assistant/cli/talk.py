"""serve, ask and chat."""

from __future__ import annotations

import asyncio
import json
import logging
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.cli import console

Language = Annotated[console.Language, typer.Option("--language", help="The language to begin in; each message is answered in its own.")]
DataDir = Annotated[Path | None, typer.Option("--data-dir", help="Folder for the databases. Default: var in the project.")]


def serve(
    port: Annotated[int | None, typer.Option("--port", help="Port of the page and the API. Default: 8080.")] = None,
    host: Annotated[str | None, typer.Option("--host", help="Address to listen on. Default: 127.0.0.1, this machine only.")] = None,
    workers: Annotated[int, typer.Option("--workers", min=1, help="Processes that share the port.")] = 1,
    data_dir: DataDir = None,
) -> None:
    """Serve the chat page and the API.

    Trains first when there is no model.
    """
    from assistant.serving import run

    console.quiet_logs()
    settings = console.settings_with(data_dir, port=port, host=host)
    with console.told():
        run(settings, workers)


def ask(
    text: Annotated[str, typer.Argument(metavar="TEXT", help='What happened, such as "my father died".')],
    as_json: Annotated[bool, typer.Option("--json", help="Print the reply as one JSON object.")] = False,
    language: Language = console.Language.EN,
    data_dir: DataDir = None,
) -> None:
    """Ask one thing and print the answer."""
    console.quiet_logs()
    settings = console.settings_with(data_dir)
    with console.told(), console.running(settings) as parts:
        name, _ = parts.conversations.begin(language, "api")
        reply = asyncio.run(_one_turn(parts, name, text))
    print(json.dumps(reply, ensure_ascii=False, indent=2) if as_json else shown(reply))


async def _one_turn(parts: Any, name: str, text: str) -> dict[str, Any]:
    reply: dict[str, Any] = await parts.conversations.turn(name, text)
    await parts.conversations.delete(name)
    return reply


def chat(language: Language = console.Language.EN, data_dir: DataDir = None) -> None:
    """Talk with the assistant in the terminal; an empty line ends it."""
    console.quiet_logs(logging.ERROR)
    settings = console.settings_with(data_dir)
    with console.told(), console.running(settings) as parts:
        name, reply = parts.conversations.begin(language, "api")
        print(shown(reply))
        while True:
            try:
                line = input("\n> ").strip()
            except (EOFError, KeyboardInterrupt):
                break
            if not line:
                break
            choices = {str(number): choice["id"] for number, choice in enumerate(reply["choices"], 1)}
            picked = choices.get(line.removeprefix("#")) if line.startswith("#") else None
            reply = asyncio.run(parts.conversations.turn(name, "" if picked else line, picked))
            print("\n" + shown(reply))
        asyncio.run(parts.conversations.delete(name))


def shown(reply: dict[str, Any]) -> str:
    """Return a reply as a terminal shows it: the bubbles, then the choices with a number each."""
    bubbles = [message["text"] for message in reply["messages"]]
    choices = [f"#{number} {choice['label']}" for number, choice in enumerate(reply["choices"], 1)]
    return "\n\n".join(bubbles) + ("\n\n" + "   ".join(choices) if choices else "")
