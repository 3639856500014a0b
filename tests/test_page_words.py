"""The words of the chat page: plain, the same in both languages, with links where there are addresses and numbers."""

import re

import pytest
import yaml

from assistant.web.cards import LINKS, linked, telephone
from assistant.web.page import FOLDER


def words_of(language):
    return yaml.safe_load((FOLDER / "words" / f"{language}.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("number", "address"),
    [
        ("800-772-1213", "tel:+18007721213"),
        ("1-800-799-7233", "tel:+18007997233"),
        ("800-772-1213 ext. 5", "tel:+18007721213;ext=5"),
        ("711", "tel:711"),
        (None, None),
    ],
)
def test_a_telephone_number_can_be_called(number, address):
    assert telephone(number) == address


@pytest.mark.parametrize(
    ("text", "links"),
    [
        ("Call or text 988, or chat at 988lifeline.org. If in danger, call 911.", ["tel:988", "https://988lifeline.org", "tel:911"]),
        ("See https://www.usa.gov/death, then ssa.gov.", ["https://www.usa.gov/death", "https://ssa.gov"]),
        ("Call 1-800-799-7233 (any hour)", ["tel:+18007997233"]),
        ("In 1988 I paid $9,110 <b>", []),
    ],
)
def test_addresses_and_numbers_in_messages_are_links(text, links):
    html = str(linked(text))
    assert re.findall(r'href="([^"]*)"', html) == links
    assert "<b>" not in html


def test_the_pattern_for_links_is_one_that_javascript_reads_too():
    assert "(?P" not in LINKS
    assert "(?<" not in LINKS


def test_both_languages_have_the_same_words():
    english, spanish = words_of("en"), words_of("es")
    assert english.keys() == spanish.keys()
    assert english["outcomes"].keys() == spanish["outcomes"].keys()
    for key, text in english.items():
        if isinstance(text, str):
            assert set(re.findall(r"{\w+}", text)) == set(re.findall(r"{\w+}", spanish[key]))


@pytest.mark.parametrize("language", ["en", "es"])
def test_words_are_plain_and_calm(language):
    text = str(words_of(language))
    assert not re.search(r"[!¡]|\b(click|tap|clic|please|loved one|passed away)\b", text, re.IGNORECASE)


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_word_is_used(language):
    used = "".join(path.read_text(encoding="utf-8") for path in [*FOLDER.glob("templates/*.html"), FOLDER / "page.py", FOLDER / "cards.py"])
    by_name = {"deadline", "cost", "takes", "note"}
    assert not [key for key in words_of(language) if key not in by_name and not re.search(rf"\b(words|own|other)\.{key}\b", used)]
