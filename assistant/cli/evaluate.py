"""evaluate: ask every question of a file and show what went wrong."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Annotated, Any

import typer

from assistant.application import Parts
from assistant.cli import console


def evaluate(
    file: Annotated[Path, typer.Argument(help='Lines of JSON: {"text": ..., "language": ..., "expect": slug or outcome}.')],
    as_json: Annotated[bool, typer.Option("--json", help="Print one reply object a line, in order.")] = False,
    data_dir: Annotated[Path | None, typer.Option("--data-dir", help="Folder for the databases. Default: var in the project.")] = None,
) -> None:
    """Ask each question of FILE in its own conversation.

    The exit code is 1 when an answer is not the expected one.
    """
    console.quiet_logs()
    questions = _read(file)
    settings = console.settings_with(data_dir)
    with console.told(), console.running(settings) as parts:
        replies = asyncio.run(_ask_all(parts, questions, as_json))
    if as_json:
        return
    wrong = [(question, reply) for question, reply in zip(questions, replies, strict=True) if not is_expected(question, reply)]
    expecting = sum("expect" in question for question in questions)
    for question, reply in wrong:
        print(f"expected {question['expect']:<20} got {reply['event'] or '-'} ({reply['outcome']}): {question['text']}")
    print(
        f"{expecting - len(wrong)} of {expecting} as expected"
        + (f", {len(questions) - expecting} without expectation" if expecting < len(questions) else "")
    )
    if wrong:
        raise typer.Exit(console.PROBLEM)


def is_expected(question: dict[str, Any], reply: dict[str, Any]) -> bool:
    """Return whether ``reply`` is what ``question`` expects: a slug, or an outcome such as out_of_scope."""
    expected = question.get("expect")
    if expected is None:
        return True
    if reply["outcome"] in ("path", "crisis"):
        return bool(reply["event"] == expected) or (reply["outcome"] == expected and reply["event"] is None)
    return bool(reply["outcome"] == expected)


async def _ask_all(parts: Parts, questions: list[dict[str, Any]], as_json: bool) -> list[dict[str, Any]]:
    replies = []
    for number, question in enumerate(questions, 1):
        name, _ = parts.conversations.begin(question.get("language", "en"), "api")
        reply = await parts.conversations.turn(name, question["text"])
        await parts.conversations.delete(name)
        replies.append(reply)
        if as_json:
            print(json.dumps(reply, ensure_ascii=False), flush=True)
        elif number % 50 == 0:
            console.progress(f"{number} of {len(questions)} asked")
    return replies


def _read(file: Path) -> list[dict[str, Any]]:
    questions = []
    try:
        lines = file.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        print(f"{file} cannot be read: {error}", file=sys.stderr)
        raise typer.Exit(console.USAGE) from error
    for number, line in enumerate(lines, 1):
        if not line.strip():
            continue
        try:
            question = json.loads(line)
        except ValueError as error:
            print(f"{file}:{number}: is not JSON ({error}): write one object a line", file=sys.stderr)
            raise typer.Exit(console.USAGE) from error
        if not isinstance(question, dict) or not isinstance(question.get("text"), str):
            print(f'{file}:{number}: write an object with a text, such as {{"text": "my father died"}}', file=sys.stderr)
            raise typer.Exit(console.USAGE)
        questions.append(question)
    return questions
