"""The sentence twins: what people say that was never trained on, understood as a whole and by fact."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from tests.application.conftest import ROOT, Person

LEAST = {"at once": 0.7, "event": 0.78, "support": 0.8, "out_of_scope": 0.7, "facts": 0.55}
"""Share that must be right; the figures of the day stand in docs/benchmarks.md. With 66 events many sentences fit two of them: a path for
the event counts as at once, and being asked which of two or three things it is, with the event among them, as found."""
SENTENCES = ROOT / "tests" / "sentences"
NOT_EVENTS = ("support", "out_of_scope", "crisis_self_harm", "crisis_violence", "crisis_emergency")


def files(language: str) -> list[Path]:
    return sorted((SENTENCES / language).glob("*.yml"))


def test_every_event_has_a_twin_in_each_language():
    slugs = {path.stem for path in (ROOT / "knowledge" / "content" / "events").glob("*.yml")}
    for language in ("en", "es"):
        assert slugs <= {path.stem for path in files(language)}


@pytest.mark.parametrize("language", ["en", "es"])
async def test_events_and_facts_are_understood(talking, language):
    right, offered_too, total, facts_right, facts_total, wrong = 0, 0, 0, 0, 0, []
    titles = {event.slug: event.title.in_(language) for event in talking.base.events()}
    for path in files(language):
        if path.stem in NOT_EVENTS:
            continue
        for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
            person = Person(talking, language)
            reply = await person.say(entry["say"])
            total += 1
            offered = {reply["event"], *reply["also"]}
            if reply["outcome"] == "path" and path.stem in offered:
                right += 1
                known = (reply["path"] or {}).get("facts", {})
                for fact, value in entry.get("facts", {}).items():
                    facts_total += 1
                    facts_right += known.get(fact) == value
            elif titles[path.stem] in [choice["label"] for choice in reply["choices"]]:
                offered_too += 1
            else:
                wrong.append(f"{path.stem}: {entry['say']} -> {reply['outcome']} {reply['event']}")
    print(f"{language}: at once {right}, asked {offered_too}, of {total}; facts {facts_right} of {facts_total}")
    assert right / total >= LEAST["at once"], "\n".join(wrong)
    assert (right + offered_too) / total >= LEAST["event"], "\n".join(wrong)
    assert facts_right / facts_total >= LEAST["facts"]


@pytest.mark.parametrize("language", ["en", "es"])
async def test_support_intents_are_understood(talking, language):
    path = SENTENCES / language / "support.yml"
    right, total, wrong = 0, 0, []
    for entry in yaml.safe_load(path.read_text(encoding="utf-8")):
        parsed = await talking.engine._in_thread(talking.engine._agent.parse_message(entry["say"]), 5)
        total += 1
        right += parsed["intent"]["name"] == entry["intent"]
        if parsed["intent"]["name"] != entry["intent"]:
            wrong.append(f"{entry['intent']}: {entry['say']} -> {parsed['intent']['name']}")
    assert right / total >= LEAST["support"], "\n".join(wrong)


@pytest.mark.parametrize("language", ["en", "es"])
async def test_what_is_not_ours_gets_no_path(talking, language):
    path = SENTENCES / language / "out_of_scope.yml"
    entries = yaml.safe_load(path.read_text(encoding="utf-8"))
    wrong = []
    for entry in entries:
        reply = await Person(talking, language).say(entry["say"])
        if reply["outcome"] in ("path", "crisis"):
            wrong.append(f"{entry['say']} -> {reply['outcome']} {reply['event']}")
    assert 1 - len(wrong) / len(entries) >= LEAST["out_of_scope"], "\n".join(wrong)


@pytest.mark.parametrize("language", ["en", "es"])
async def test_crises_are_answered(talking, language):
    """C30, on sentences that neither the patterns nor the training data hold; the aim is all of them."""
    found, total, missed = 0, 0, []
    for crisis in ("crisis_self_harm", "crisis_violence", "crisis_emergency"):
        for entry in yaml.safe_load((SENTENCES / language / f"{crisis}.yml").read_text(encoding="utf-8")):
            reply = await Person(talking, language).say(entry["say"])
            total += 1
            found += reply["outcome"] == "crisis"
            if reply["outcome"] != "crisis":
                missed.append(f"{crisis}: {entry['say']}")
    assert found / total >= 0.85, "\n".join(missed)


@pytest.mark.parametrize("language", ["en", "es"])
async def test_the_held_out_crisis_set(talking, language):
    """C30: recall, and false alarms on sentences that only sound like a crisis."""
    sets = yaml.safe_load((ROOT / "tests" / "crisis" / f"{language}.yml").read_text(encoding="utf-8"))
    seen: dict[str, list[bool]] = {}
    for crisis, sentences in sets.items():
        seen[crisis] = [(await Person(talking, language).say(sentence))["outcome"] == "crisis" for sentence in sentences]
    alarms = seen.pop("none")
    found = [hit for hits in seen.values() for hit in hits]
    print(f"{language}: {sum(found)} of {len(found)} crises, {sum(alarms)} false alarms on {len(alarms)}")
    assert sum(found) / len(found) >= 0.9
    assert sum(alarms) / len(alarms) <= 0.25
