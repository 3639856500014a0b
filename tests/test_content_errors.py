"""A mistake in a content file is named by file and line, with its cure; all mistakes are named at once (C90)."""

import re

import pytest

from knowledge.compile import compile_into
from knowledge.content import load
from knowledge.database import url_of
from knowledge.errors import ContentError, Problem

MOVING, POSTAL, PERSON = "events/moving.yml", "services/postal.yml", "facts/person.yml"


def problems(folder):
    with pytest.raises(ContentError) as caught:
        load(folder.root)
    assert str(caught.value) == "\n".join(str(problem) for problem in caught.value.problems)
    return caught.value.problems


def only_problem(folder):
    found = problems(folder)
    assert len(found) == 1, found
    assert re.fullmatch(r"[\w/.-]+\.yml:\d+: .+", str(found[0]))
    return found[0]


def test_the_small_folder_has_no_problem(folder):
    assert set(load(folder.root).events) == {"moving"}


@pytest.mark.parametrize(
    ("file", "old", "new", "cure"),
    [
        (
            MOVING,
            "    when: now",
            "    wen: now\n    when: now",
            r"steps\[1\]\.wen is not a key that belongs here: check its spelling, or remove it",
        ),
        (POSTAL, "    summary: ", "    sumary: {en: a, es: b}\n    summary: ", r"services\[1\]\.sumary is not a key that belongs here"),
        (MOVING, "title: {en: Moving, es: Mudarse}", "title: {en: Moving}", r"title\.es is missing: add it"),
        (MOVING, "title: {en: Moving, es: Mudarse}", "title: {es: Mudarse}", r"title\.en is missing: add it"),
        (MOVING, "title: {en: Moving, es: Mudarse}", "title: Moving", r"title must have keys of its own, such as en and es"),
        (MOVING, "title: {en: Moving, es: Mudarse}", 'title: {en: Moving, es: ""}', r"title\.es is empty: write the words"),
        (MOVING, "title: {en: Moving, es: Mudarse}", "title: {en: 12, es: Mudarse}", r"title\.en must be text: put it in quotes"),
        (MOVING, "ask: [served]", "ask: served", r"ask must be a list: start each line with a dash"),
        (POSTAL, "number: 800-275-8777", "number: (800) 275 8777", r"write a telephone number as 800-772-1213"),
        (POSTAL, "number: 800-275-8777", "number: 800-275-877", r"write a telephone number as 800-772-1213"),
        (POSTAL, "number: 800-275-8777", "number: 1-800-275-8777", r"write a telephone number as 800-772-1213"),
        (POSTAL, "number: 800-275-8777", "number: 800-275-877\u0667", r"write a telephone number as 800-772-1213"),
        (POSTAL, "number: 800-275-8777", "number: 12", r"number must be text: put it in quotes"),
        (POSTAL, "https://www.usps.com/manage", "http://www.usps.com/manage", r"write a web address that starts with https://"),
        (POSTAL, "https://www.usps.com/help/contact-us.htm", "usps.com", r"source: Input should be a valid URL"),
        (POSTAL, "review_by: 2027-05-23", "review_by: 2026-05-23", r"review_by must be later than reviewed_on"),
        (
            MOVING,
            "service: forwarding",
            "service: forwardin",
            r"step 'forward_mail' names service 'forwardin': add it to services/ or correct it",
        ),
        (POSTAL, "agency: post", "agency: posts", r"service 'forwarding' names agency 'posts': add it to agencies\.yml or correct it"),
        (POSTAL, "    source: https://www.usa.gov", "    state_program: roads\n    source: https://www.usa.gov", r"add states/roads\.yml"),
        (
            POSTAL,
            "    source: https://www.usa.gov",
            "    service_area: [TX, ZZ]\n    source: https://www.usa.gov",
            r"'ZZ' is not a state or territory",
        ),
        (MOVING, "fact: served", "fact: srved", r"step 'va_address' tests fact 'srved': add it to facts/ or correct it"),
        (MOVING, "{fact: served, is: true}", '{fact: served, is: "yes"}', r"step 'va_address' tests served: write true or false"),
        (MOVING, "{fact: served, is: true}", "{fact: housing, is: rents}", r"tests housing for 'rents'; it can be rent, own"),
        (MOVING, "{fact: served, is: true}", "{fact: housing, in: [rent, owned]}", r"tests housing for 'owned'; it can be rent, own"),
        (MOVING, "{fact: served, is: true}", "{not: {any: [{fact: served, is: true}, {fact: rich, is: true}]}}", r"tests fact 'rich'"),
        (MOVING, "{fact: served, is: true}", "{fact: served}", r"fact 'served' needs exactly one test of: is, in"),
        (MOVING, "{fact: served, is: true}", "{fact: served, is: true, in: [true]}", r"fact 'served' needs exactly one test of: is, in"),
        (MOVING, "{fact: served, is: true}", "{is: true}", r"write either all, any or not; or a fact with one test"),
        (MOVING, "ask: [served]", "ask: [servd]", r"ask names fact 'servd': add it to facts/ or correct it"),
        (MOVING, "ask: [served]", "ask: [moved_on]", r"ask names fact 'moved_on', which has no question: write one in facts/"),
        (
            MOVING,
            "{en: Tell the VA your new address.,",
            '{en: "Tell {agency} your new address.",',
            r"\{agency\} cannot be filled in; use office, relation, state",
        ),
        (MOVING, "id: va_address", "id: forward_mail", r"two steps are called 'forward_mail'; give each its own id"),
        (
            MOVING,
            "    when: week",
            "    when: week\n    after: [pack]",
            r"step 'va_address' names step 'pack', which this event does not have",
        ),
        (MOVING, "    when: week", "    when: soon", r"steps\[2\]\.when: Input should be 'now', 'week' or 'later'"),
        (MOVING, "slug: moving", "slug: Moving House", r"slug: String should match pattern"),
        (MOVING, "slug: moving", "slug: relocating", r"the file of 'relocating' must be called relocating\.yml"),
        (PERSON, '"yes": {en: you', '"maybe": {en: you', r"because of fact 'served' names 'maybe'; it can be no, yes"),
        (PERSON, "    kind: bool", "    kind: choice", r"fact 'served' is a choice: list its values"),
        (
            POSTAL,
            "en: Change of address",
            "en: Change: of address",
            r"is not YAML \(.*\): check the indentation and put texts that hold a colon in quotes",
        ),
        (POSTAL, "    agency: post", "\tagency: post", r"is not YAML"),
        (MOVING, "    when: now", "    when: now\n    when: week", r"when is written twice"),
        (POSTAL, "review_by: 2027-05-23", "review_by: 2027-02-30", r"2027-02-30 is not a day of the calendar: write it as 2026-11-23"),
    ],
)
def test_a_mistake_is_named_with_its_file_and_cure(folder, file, old, new, cure):
    folder.change(file, old, new)
    problem = only_problem(folder)
    assert problem.file == file
    assert re.search(cure, problem.message), problem


@pytest.mark.parametrize(
    ("file", "old", "new", "off"),
    [
        (MOVING, "    when: now", "    wen: now\n    when: now", 0),
        (MOVING, "title: {en: Moving, es: Mudarse}", "title: {en: Moving}", 0),
        (POSTAL, "number: 800-275-8777", "number: nine", 0),
        (POSTAL, "https://www.usps.com/help", "http://www.usps.com/help", 0),
        (POSTAL, "    agency: post", "    agency: [post", 1),
        (PERSON, "    kind: bool", "    kind: boolean", 0),
    ],
)
def test_a_mistake_is_named_with_its_line(folder, file, old, new, off):
    line = folder.change(file, old, new)
    assert only_problem(folder).line == line + off


def test_a_mistake_between_two_files_is_named_with_the_line_of_the_step(folder):
    line = folder.change(MOVING, "  - id: va_address\n    service: forwarding", "  - id: va_address\n    service: nowhere")
    assert only_problem(folder).line == line


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("{fact: served, is: true}", "{fact: housing, is: true}"),
        ("{fact: served, is: true}", "{fact: housing, at_least: 3}"),
        ("{fact: served, is: true}", "{fact: age, is: true}"),
        ("{fact: served, is: true}", "{fact: age, within_years: 2}"),
        ("{fact: served, is: true}", "{fact: served, at_least: 1}"),
        ("{fact: served, is: true}", "{fact: moved_on, at_least: 2}"),
        ("{fact: served, is: true}", "{fact: state, is: Texas}"),
    ],
)
def test_a_test_that_no_value_of_the_fact_can_pass_is_refused(folder, old, new):
    folder.change(MOVING, old, new)
    assert only_problem(folder).message.startswith("step 'va_address' tests ")


@pytest.mark.parametrize(("kind", "file"), [("service", "services"), ("fact", "facts"), ("event", "events")])
def test_an_id_in_two_files_is_refused_and_both_are_named(folder, kind, file):
    first = {"service": POSTAL, "fact": PERSON, "event": MOVING}[kind]
    folder.write(f"{file}/zz_copy.yml", (folder.root / first).read_bytes())
    found = problems(folder)
    copies = [problem for problem in found if problem.file == f"{file}/zz_copy.yml"]
    assert any(re.search(rf"^{kind} '\w+' is written in {first} too: keep one$", problem.message) for problem in copies)


def test_an_agency_that_is_listed_twice_is_refused(folder):
    text = (folder.root / "agencies.yml").read_text(encoding="utf-8")
    folder.write("agencies.yml", text + text.split("\n", 1)[1])
    assert only_problem(folder).message == "agency 'post' is written in agencies.yml too: keep one"


def test_a_state_table_names_the_states_that_have_no_row(folder):
    folder.state_table("roads", leave_out={"TX", "PR"})
    assert only_problem(folder).message.endswith("write a row for each of: PR, TX")


def test_a_full_state_table_is_accepted(folder):
    folder.state_table("roads")
    assert len(load(folder.root).states["roads"].rows) == 56


def test_bytes_that_are_not_text_are_named_with_their_cure(folder):
    folder.write(MOVING, b"slug: \xff\xfe\x00moving")
    assert re.search(r"cannot be read \(.*\): save it as UTF-8 text", only_problem(folder).message)


def test_characters_that_yaml_forbids_are_named_with_their_cure(folder):
    folder.write(MOVING, "slug: mov\x07ing\n")
    assert re.search(r"is not YAML \(.*\): remove special characters", only_problem(folder).message)


@pytest.mark.parametrize("text", ["", "# only a comment\n", "- a\n- b\n", "just words\n", "42\n"])
def test_a_file_without_keys_is_told_which_keys_it_starts_with(folder, text):
    folder.write(MOVING, text)
    assert "must start with one of the keys slug, kind, title" in only_problem(folder).message


@pytest.mark.parametrize(
    "text", ["--- a\n--- b\n", "? [a]\n: b\n", "a: *b\n", "a: !!python/object:os.system x\n", "{{office}}: 1\n", "a: !!int b\n"]
)
def test_odd_yaml_is_refused_in_words(folder, text):
    folder.write(MOVING, text)
    assert only_problem(folder).file == MOVING


def test_a_missing_agency_file_is_named(folder):
    (folder.root / "agencies.yml").unlink()
    assert any(problem.file == "agencies.yml" and "cannot be read" in problem.message for problem in problems(folder))


def test_all_mistakes_of_all_files_are_listed_at_once(folder):
    folder.change(PERSON, "    kind: bool", "    kind: maybe")
    folder.change("agencies.yml", "https://www.usps.com/", "http://www.usps.com/")
    folder.change(POSTAL, "number: 800-275-8777", "number: nine")
    folder.change(POSTAL, "review_by: 2027-05-23", "review_by: never")
    folder.change(MOVING, "title: {en: Moving, es: Mudarse}", "title: {en: Moving}")
    folder.change(MOVING, "when: now", "when: soon")
    found = problems(folder)
    assert [problem.file for problem in found] == ["agencies.yml", MOVING, MOVING, PERSON, POSTAL, POSTAL]
    assert found == sorted(found)


def test_all_mistakes_between_files_are_listed_at_once(folder):
    folder.change(MOVING, "fact: served", "fact: srved")
    folder.change(MOVING, "ask: [served]", "ask: [srved]")
    folder.change(MOVING, "    service: forwarding", "    service: nowhere")
    folder.change(POSTAL, "agency: post", "agency: posts")
    assert len(problems(folder)) == 4


def test_a_problem_reads_as_file_line_and_message():
    assert str(Problem("events/moving.yml", 12, "title.es is missing: add it")) == "events/moving.yml:12: title.es is missing: add it"


def test_nothing_is_written_when_the_content_has_a_problem(folder, tmp_path):
    folder.change(MOVING, "when: now", "when: soon")
    with pytest.raises(ContentError):
        compile_into(url_of(tmp_path / "knowledge.db"), folder.root)
    assert not (tmp_path / "knowledge.db").exists()


def test_the_content_that_ships_has_no_problem(content):
    assert content.events
    assert content.services
