"""What README.md and docs/ say is what the code does, and the other way round."""

import importlib.util
import os
import re
import tomllib
from pathlib import Path

import pytest
from typer.main import get_command

from assistant.cli import app
from assistant.settings import Settings
from assistant.web import api, page
from assistant.web.openapi import document
from knowledge.content import load

ROOT = Path(__file__).resolve().parent.parent
FILES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES = {path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in FILES}
README, COMMANDS, SETTINGS, API = (
    PAGES[name] for name in ("README.md", "docs/commands.md", "docs/how-to/settings.md", "docs/how-to/use-the-api.md")
)
MADE_WHEN_RUN = ("models/", "var/")
"""Folders that a fresh clone lacks."""


def code_of(text):
    """Return the fenced blocks and the inline code of a page."""
    fenced = re.findall(r"^ *```\w*\n(.*?)^ *```", text, re.DOTALL | re.MULTILINE)
    return [*fenced, *re.findall(r"`([^`\n]+)`", re.sub(r"^ *```\w*\n.*?^ *```", "", text, flags=re.DOTALL | re.MULTILINE))]


def commands_of(command, above=()):
    """Return every command that can be run, by its words: ("knowledge", "show")."""
    if not hasattr(command, "commands"):
        return {above: command}
    return {words: found for name, child in command.commands.items() for words, found in commands_of(child, (*above, name)).items()}


def options_of(command):
    return {name for parameter in command.params for name in parameter.opts if name.startswith("--")}


def sections(text, heading):
    """Return the text below each heading of this level, by its words."""
    parts = re.split(rf"^{heading} (.+)$", text, flags=re.MULTILINE)
    return dict(zip(parts[1::2], parts[2::2], strict=True))


def rows(text):
    """Return the cells of every row of every table, without the rows that head them."""
    found = [[cell.strip() for cell in line.strip().strip("|").split("|")] for line in text.splitlines() if line.lstrip().startswith("|")]
    heads = {index for index, cells in enumerate(found) if set(cells[0]) == {"-"}}
    return [cells for index, cells in enumerate(found) if index not in heads and index + 1 not in heads]


def routes_of(module):
    return {f"{route.method} {route.path}" for route in module.routes}


def exists(path):
    """Return whether ``path`` is there; a word in capitals stands for any name."""
    pattern = re.sub(r"\b[A-Z][A-Z_]+\b(?!\.md)", "*", path)
    return any(ROOT.glob(pattern.rstrip("/")))


COMMAND_TREE = commands_of(get_command(app))
TOP = {words[0] for words in COMMAND_TREE}
GROUPS = {words[:depth] for words in COMMAND_TREE for depth in range(1, len(words))}


@pytest.mark.parametrize("words", COMMAND_TREE, ids=" ".join)
def test_every_command_and_its_options_are_documented(words):
    section = sections(COMMANDS, "##").get(f"assistant {' '.join(words)}")
    assert section is not None, f"docs/commands.md has no heading: ## assistant {' '.join(words)}"
    assert {cells[0].strip("`") for cells in rows(section)} == options_of(COMMAND_TREE[words])


def test_every_heading_of_the_command_page_is_a_command():
    assert set(sections(COMMANDS, "##")) == {f"assistant {' '.join(words)}" for words in COMMAND_TREE}


@pytest.mark.parametrize("words", COMMAND_TREE, ids=" ".join)
def test_every_command_and_option_has_help(words):
    command = COMMAND_TREE[words]
    assert command.help
    assert [parameter.name for parameter in command.params if not parameter.help] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_command_that_a_page_names_exists(name):
    for code in code_of(PAGES[name]):
        for line in code.splitlines():
            for match in re.finditer(r"(?:^|uv run |[`=\s])assistant ([a-z][a-z-]*)((?: +(?:\"[^\"]*\"|[^\s|&;\"]+))*)", line):
                assert match[1] in TOP, line
                rest = match[2].split()
                if match[1] == "rasa":
                    assert rest[:1] in ([], ["..."]) or importlib.util.find_spec(f"rasa.cli.{rest[0]}"), line
                    continue
                words = (match[1],)
                while words in GROUPS and rest and rest[0] != "...":
                    words, rest = (*words, rest[0]), rest[1:]
                assert words in COMMAND_TREE or words in GROUPS, line
                if words in COMMAND_TREE:
                    assert {word for word in rest if word.startswith("--")} <= options_of(COMMAND_TREE[words]), line


def test_every_setting_is_documented():
    documented = {cells[0].strip("`") for cells in rows(SETTINGS)}
    assert documented == {f"ASSISTANT_{name.upper()}" for name in Settings.model_fields}


def test_the_documented_defaults_are_the_defaults(monkeypatch):
    for name in [name for name in os.environ if name.startswith("ASSISTANT_")]:
        monkeypatch.delenv(name)
    settings = Settings()
    for variable, default, _ in rows(SETTINGS):
        value = getattr(settings, variable.strip("`").removeprefix("ASSISTANT_").lower())
        if value is None:
            assert default == "not set"
        elif isinstance(value, Path):
            assert default.startswith(("`var`", "`models`", "the folder")), variable
        else:
            assert default.strip("`") == (str(value).lower() if isinstance(value, bool) else str(value)), variable


@pytest.mark.parametrize("name", PAGES)
def test_every_setting_that_a_page_names_exists(name):
    named = set(re.findall(r"\bASSISTANT_[A-Z_]+", PAGES[name]))
    assert named <= {f"ASSISTANT_{field.upper()}" for field in Settings.model_fields}


def test_the_list_of_life_events_is_the_content():
    listed = [tuple(cell.strip("`") for cell in cells) for cells in rows(PAGES["docs/life-events.md"])]
    events = sorted(load().events.values(), key=lambda event: event.slug)
    assert listed == [(event.slug, event.title.en, event.title.es) for event in events]


def test_every_route_of_the_api_is_documented():
    assert {heading for heading in sections(API, "###") if heading.startswith(("GET", "POST", "DELETE", "PUT"))} == routes_of(api)


def test_every_route_of_the_api_is_in_the_openapi_document():
    described = {f"{method.upper()} {path}" for path, methods in document()["paths"].items() for method in methods}
    not_json = {"GET /metrics", "GET /openapi.json"}
    assert described - not_json == routes_of(api) - not_json


@pytest.mark.parametrize("name", PAGES)
def test_every_route_that_a_page_names_exists(name):
    addresses = {route.path for module in (api, page) for route in module.routes}
    for method, path in re.findall(r"\b(GET|POST|PUT|DELETE) (/[\w{}./-]*)", PAGES[name]):
        assert f"{method} {path}" in routes_of(api) | routes_of(page)
    for path in re.findall(r"\$B(/[\w./$-]*)", PAGES[name]):
        pattern = path.replace("$ID", "{id}")
        assert pattern in addresses or re.sub(r"/events/\w+$", "/events/{slug}", pattern) in addresses, path


def test_every_problem_is_documented():
    sources = [path.read_text(encoding="utf-8") for path in (ROOT / "assistant" / "web").glob("*.py")]
    raised = {pair for source in sources for pair in re.findall(r"Problem\(\s*(\d{3}),\s*\"([^\"]+)\"", source)}
    assert {(cells[0], cells[1]) for cells in rows(sections(API, "##")["Errors"])} == raised


def test_every_metric_is_documented():
    metrics = re.findall(r"# TYPE (\w+)", (ROOT / "assistant" / "web" / "api.py").read_text(encoding="utf-8"))
    assert set(metrics) == set(re.findall(r"`(assistant_\w+)`", API))


def test_every_field_of_a_reply_is_documented():
    schemas = document()["components"]["schemas"]
    named = set(re.findall(r"`(\w+)`", API))
    assert {field for schema in ("Reply", "TaskPath", "Step") for field in schemas[schema]["properties"]} <= named


@pytest.mark.parametrize("name", PAGES)
def test_every_link_leads_to_a_file(name):
    folder = (ROOT / name).parent
    links = [target.partition("#")[0] for target in re.findall(r"\]\((?!https?:|#)([^)\s]+)\)", PAGES[name])]
    assert [target for target in links if not (folder / target).exists()] == []


def test_every_page_is_linked_from_the_list_of_pages():
    targets = re.findall(r"\]\(([^)\s]+)\)", PAGES["docs/README.md"])
    linked = {os.path.relpath((ROOT / "docs" / target).resolve(), ROOT) for target in targets}
    assert linked == set(PAGES) - {"README.md", "docs/README.md"}


def test_every_file_in_the_table_of_what_to_change_exists():
    table = rows(sections(README, "##")["Where to change what"])
    assert table
    for _, files in table:
        paths = re.findall(r"`([^`]+)`", files)
        assert paths
        assert [path for path in paths if not exists(path)] == []


@pytest.mark.parametrize("name", PAGES)
def test_every_path_that_a_page_names_exists(name):
    top = "actions|assistant|knowledge|nlu|tests|docs|benchmarks|models|var"
    paths = {path for code in code_of(PAGES[name]) for path in re.findall(rf"(?<![\w./-])((?:{top})/[\w./*-]*)", code)}
    assert [path for path in sorted(paths) if not path.startswith(MADE_WHEN_RUN) and not exists(path.rstrip("."))] == []


def test_the_readme_gives_the_two_commands_that_do_all():
    assert "pip install uv && uv run assistant serve" in README
    assert "pip install uv && uv run pytest" in README


def test_the_build_runs_the_test_command_and_the_content_check():
    build = (ROOT / ".ci" / "run").read_text(encoding="utf-8").splitlines()
    assert "uv run pytest" in build
    assert "uv run assistant check" in build


def test_every_lifted_pin_has_its_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    lifted = {re.match(r"[\w.-]+", entry)[0] for entry in project["tool"]["uv"]["override-dependencies"]}
    table = rows(PAGES["docs/decisions/001-rasa-on-python-3.11-without-tensorflow.md"])
    assert {name for cells in table for name in re.findall(r"`([^`]+)`", cells[0])} == lifted


def test_the_stages_stand_in_the_picture_in_their_order():
    source = (ROOT / "assistant" / "conversation" / "stages.py").read_text(encoding="utf-8")
    order = re.search(r"return \(\s*(self\.clean.*?)\)", source, re.DOTALL)[1]
    assert " > ".join(re.findall(r"self\.(\w+)", order)) in README
