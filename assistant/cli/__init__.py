"""The commands of the command line, one module for each group."""

from __future__ import annotations

import typer

from assistant.cli import evaluate, knowledge, scaffold, talk, train

app = typer.Typer(
    name="assistant",
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    help="Say what happened; get the shortest true way through government.",
)
app.command("serve")(talk.serve)
app.command("ask")(talk.ask)
app.command("chat")(talk.chat)
app.command("train")(train.train)
app.command("check")(scaffold.check)
app.command("new-event")(scaffold.new_event)
app.command("evaluate")(evaluate.evaluate)
app.add_typer(knowledge.app, name="knowledge")


@app.command("rasa", context_settings={"allow_extra_args": True, "ignore_unknown_options": True})
def rasa() -> None:
    """Run Rasa's own command line.

    Such as: shell, train, test, data validate, run, run actions.
    """


__all__ = ["app"]
