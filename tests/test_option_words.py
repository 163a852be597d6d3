"""Options of the command and rows of a form from one class of options."""

from __future__ import annotations

import argparse
from dataclasses import dataclass, field
from typing import Literal

import pytest

from napari_assb_twin.commands import arguments
from napari_assb_twin.export.options import WORDS, ExportOptions
from napari_assb_twin.option_words import Words, option_of, say, words_of


@dataclass(frozen=True, kw_only=True)
class Options:
    """Three fields, of which one is not for people."""

    box_edge: int = field(default=3, metadata=say("Edge", "of a box", least=1, most=9))
    kind: Literal["a", "b"] | None = field(
        default=None, metadata=say("Kind", "which", ("any", None), ("first", "a"), ("other", "b"))
    )
    hidden: float = 0.5


@pytest.fixture
def parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser()
    arguments.fields_of(parser, Options)
    return parser


def test_only_fields_with_words_have_some() -> None:
    assert list(words_of(Options)) == ["box_edge", "kind"]
    assert words_of(Options)["box_edge"] == Words("Edge", "of a box", (), 1, 9)


def test_the_help_names_a_default_where_there_is_one() -> None:
    told = words_of(Options)["box_edge"]
    assert told.tooltip == "Of a box."
    assert told.help_with(3) == "of a box; default: 3"
    assert told.help_with(None) == "of a box"


def test_what_is_not_said_is_the_default(parser: argparse.ArgumentParser) -> None:
    parsed = arguments.given(parser.parse_args([]), Options)
    assert Options(**parsed) == Options()


def test_what_is_said_is_read(parser: argparse.ArgumentParser) -> None:
    parsed = parser.parse_args(["--box-edge", "5", "--kind", "b"])
    assert arguments.given(parsed, Options) == {"box_edge": 5, "kind": "b"}


@pytest.mark.parametrize("said", [["--kind", "any"], ["--box-edge", "1.5"], ["--hidden", "1"]])
def test_what_cannot_be_said(parser: argparse.ArgumentParser, said: list[str]) -> None:
    with pytest.raises(SystemExit):
        parser.parse_args(said)


def test_every_option_of_an_export_has_words_and_an_option() -> None:
    assert list(WORDS) == list(ExportOptions.__dataclass_fields__)
    assert option_of("mesh_unit") == "--mesh-unit"
