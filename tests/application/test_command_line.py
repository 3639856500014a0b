"""The command line, as typed: real processes, exit codes, output that other programs can read."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.request

import pytest

from tests.application.conftest import ROOT

pytestmark = pytest.mark.slow


def assistant(*arguments, data_dir, stdin="", timeout=240):
    environment = {**os.environ, "ASSISTANT_DATA_DIR": str(data_dir)}
    command = [sys.executable, "-m", "assistant", *arguments]
    return subprocess.run(command, cwd=ROOT, env=environment, input=stdin, capture_output=True, text=True, timeout=timeout, check=False)


def test_ask_prints_one_json_object(models, tmp_path):
    done = assistant("ask", "--json", "my dad passed away last night in texas, he was in the navy", data_dir=tmp_path)
    assert done.returncode == 0, done.stderr
    reply = json.loads(done.stdout)
    assert (reply["outcome"], reply["event"]) == ("path", "death_of_loved_one")
    assert "Traceback" not in done.stderr
    assert "Warning" not in done.stderr


def test_ask_prints_text_that_reads_well(models, tmp_path):
    done = assistant("ask", "necesito renovar mi pasaporte", data_dir=tmp_path)
    assert done.returncode == 0
    assert "1. " in done.stdout
    assert "travel.state.gov" in done.stdout


def test_chat_answers_line_by_line(models, tmp_path):
    done = assistant("chat", data_dir=tmp_path, stdin="my mother died in California\n#1\nwhat else\n\n")
    assert done.returncode == 0, done.stderr
    assert "I'm sorry your mother died." in done.stdout
    assert done.stdout.count("\n> ") == 4


def test_evaluate_says_what_went_wrong_and_prints_json_in_order(models, tmp_path):
    questions = tmp_path / "questions.jsonl"
    lines = [
        {"text": "where is my tax refund", "expect": "tax_refund"},
        {"text": "necesito un pasaporte para mi hijo", "language": "es", "expect": "passport"},
        {"text": "write me a poem about the sea", "expect": "out_of_scope"},
    ]
    questions.write_text("\n".join(json.dumps(line) for line in lines), encoding="utf-8")
    done = assistant("evaluate", str(questions), data_dir=tmp_path)
    assert done.returncode == 0, done.stdout
    assert "3 of 3 as expected" in done.stdout
    printed = assistant("evaluate", str(questions), "--json", data_dir=tmp_path)
    assert [json.loads(line)["outcome"] for line in printed.stdout.splitlines()] == ["path", "path", "out_of_scope"]
    questions.write_text(json.dumps({"text": "where is my tax refund", "expect": "passport"}), encoding="utf-8")
    wrong = assistant("evaluate", str(questions), data_dir=tmp_path)
    assert wrong.returncode == 1
    assert "expected passport" in wrong.stdout
    questions.write_text("{broken", encoding="utf-8")
    broken = assistant("evaluate", str(questions), data_dir=tmp_path)
    assert broken.returncode == 2
    assert "questions.jsonl:1" in broken.stderr


def test_knowledge_commands(tmp_path):
    compiled = assistant("knowledge", "compile", data_dir=tmp_path)
    assert compiled.returncode == 0, compiled.stderr
    paths = json.loads(assistant("knowledge", "paths", "--language", "es", "--state", "PR", "--json", data_dir=tmp_path).stdout)
    assert len(paths) >= 12
    assert all(1 <= len(path["steps"]) <= 3 for path in paths)
    shown = assistant("knowledge", "show", "moving", data_dir=tmp_path)
    assert "usps.com" in shown.stdout
    assert assistant("knowledge", "show", "nothing", data_dir=tmp_path).returncode == 2
    found = json.loads(assistant("knowledge", "search", "vacunas", "--language", "es", "--json", data_dir=tmp_path).stdout)
    assert found
    assert assistant("knowledge", "doubts", data_dir=tmp_path).returncode == 0


def test_check_finds_nothing_wrong(tmp_path):
    done = assistant("check", data_dir=tmp_path)
    assert done.returncode == 0, done.stdout


def test_a_wrong_option_is_a_usage_error(tmp_path):
    done = assistant("serve", "--prot", "1", data_dir=tmp_path)
    assert done.returncode == 2
    assert "--prot" in done.stderr


@pytest.mark.parametrize("workers", [1, 2])
def test_serve_answers_on_its_port_and_stops_when_told(models, tmp_path, workers):
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    environment = {**os.environ, "ASSISTANT_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-m", "assistant", "serve", "--port", str(port), "--workers", str(workers)]
    with subprocess.Popen(command, cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True) as process:
        try:
            base, begun = f"http://127.0.0.1:{port}", None
            deadline = time.monotonic() + 120
            while begun is None and time.monotonic() < deadline:
                try:
                    if json.load(urllib.request.urlopen(f"{base}/readyz", timeout=5))["status"] == "ready":
                        begun = json.load(
                            urllib.request.urlopen(urllib.request.Request(f"{base}/api/conversations", data=b"{}"), timeout=5)
                        )
                except OSError:
                    time.sleep(0.3)
            assert begun, "the server did not get ready"
            turn = urllib.request.Request(f"{base}/api/conversations/{begun['id']}/turns", data=b'{"text": "where is my refund"}')
            for _ in range(3):
                assert json.load(urllib.request.urlopen(turn, timeout=10))["reply"]["event"] == "tax_refund"
            second = assistant("serve", "--port", str(port), data_dir=tmp_path / "other", timeout=60)
            assert second.returncode == 1
            assert "--port" in second.stderr
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(20)
        assert re.search(rf"http://127\.0\.0\.1:{port}/", process.stderr.read())
