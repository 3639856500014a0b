"""Rasa's own command line works from the root of the project, in the lean process."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from assistant.engine import model_file
from tests.application.conftest import ROOT, small_project

pytestmark = pytest.mark.slow


def rasa(*arguments, stdin="", timeout=300, **environment):
    command = [sys.executable, "-m", "assistant", "rasa", *arguments]
    return subprocess.run(
        command, cwd=ROOT, env={**os.environ, **environment}, input=stdin, capture_output=True, text=True, timeout=timeout, check=False
    )


def free_port():
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def wait_for(url, process, seconds=150):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        assert process.poll() is None, "the process ended"
        try:
            return urllib.request.urlopen(url, timeout=2).read()
        except OSError:
            time.sleep(0.5)
    raise AssertionError(f"{url} did not answer")


def test_data_validate():
    done = rasa("data", "validate", "--domain", "domain.yml", "--data", "nlu")
    assert done.returncode == 0, done.stdout + done.stderr


def test_train_and_test_nlu(tmp_path, models):
    examples = tmp_path / "nlu.yml"
    examples.write_text(
        'version: "3.1"\nnlu:\n- intent: passport\n  examples: |\n    - I would like a passport\n- intent: moving\n  examples: |\n    - moving to a new house\n',
        encoding="utf-8",
    )
    model = str(model_file.path_in(models))
    done = rasa("test", "nlu", "--model", model, "--nlu", str(examples), "--out", str(tmp_path / "results"), "--no-plot")
    assert done.returncode == 0, done.stderr[-2000:]
    report = json.loads((tmp_path / "results" / "intent_report.json").read_text(encoding="utf-8"))
    assert report["accuracy"] == 1.0


def test_test_core_walks_through_the_conversations(tmp_path, models):
    model = str(model_file.path_in(models))
    arguments = ["--model", model, "--stories", "tests/conversations", "--out", str(tmp_path), "--fail-on-prediction-errors", "--no-plot"]
    done = rasa("test", "core", *arguments)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]


def test_train(tmp_path):
    small = small_project(tmp_path)
    files = ["--data", str(small / "nlu"), "--domain", str(small / "domain.yml"), "--config", str(small / "config.yml")]
    done = rasa("train", *files, "--out", str(tmp_path), "--fixed-model-name", "again", "--force")
    assert done.returncode == 0, done.stderr[-2000:]
    assert (tmp_path / "again.tar.gz").exists()


def test_run_with_an_action_server_answers_over_rest(models, tmp_path):
    actions_port, port = free_port(), free_port()
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(
        f'action_endpoint:\n  url: "http://localhost:{actions_port}/webhook"\n'
        f"tracker_store:\n  type: assistant.engine.tracker_store.SqlTrackerStore\n  db: {tmp_path}/rasa.db\n",
        encoding="utf-8",
    )
    environment = {**os.environ, "ASSISTANT_DATA_DIR": str(tmp_path)}
    start = [sys.executable, "-m", "assistant", "rasa", "run"]
    model = str(model_file.path_in(models))
    quiet = {"cwd": ROOT, "env": environment, "stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = [*start, "--model", model, "--endpoints", str(endpoints), "--port", str(port), "--interface", "127.0.0.1"]
    with (
        subprocess.Popen([*start, "actions", "--port", str(actions_port)], **quiet) as actions,
        subprocess.Popen(server, **quiet) as running,
    ):
        try:
            wait_for(f"http://127.0.0.1:{actions_port}/health", actions)
            wait_for(f"http://127.0.0.1:{port}/", running)
            body = json.dumps({"sender": "somebody", "message": "my father died in Texas"}).encode()
            request = urllib.request.Request(f"http://127.0.0.1:{port}/webhooks/rest/webhook", data=body)
            messages = json.load(urllib.request.urlopen(request, timeout=20))
            assert "Texas Vital Statistics" in messages[0]["text"]
            assert messages[-1]["custom"]["event"] == "death_of_loved_one"
        finally:
            running.terminate()
            actions.terminate()


def test_shell_answers_without_an_action_server(models, tmp_path):
    endpoints = tmp_path / "endpoints.yml"
    endpoints.write_text(f'action_endpoint:\n  url: "http://localhost:{free_port()}/webhook"\n', encoding="utf-8")
    arguments = ["--model", str(model_file.path_in(models)), "--endpoints", str(endpoints), "--port", str(free_port())]
    done = rasa("shell", *arguments, stdin="my father died in Texas\n/stop\n", ASSISTANT_DATA_DIR=str(tmp_path))
    assert "Texas Vital Statistics" in done.stdout
