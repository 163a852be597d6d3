"""Files of one JSON object: each way to be wrong has its own sentence, with the file's name."""

from __future__ import annotations

from pathlib import Path

import pytest

from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.json_file import from_text, text_of, to_text


def test_what_is_written_is_read(tmp_path: Path) -> None:
    document = {"unit": "µm", "value": 0.1 + 0.2, "none": None, "list": [1, True]}
    path = tmp_path / "a.json"
    path.write_text(to_text(document), encoding="utf-8")
    assert from_text(text_of(path, "plan file"), path.name, lambda found: found) == document


def test_numbers_that_json_does_not_know_are_not_written() -> None:
    with pytest.raises(ValueError, match="JSON"):
        to_text({"value": float("nan")})


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(InputError, match=r"There is no file .*a\.json; check the name of the plan"):
        text_of(tmp_path / "a.json", "plan file")


def test_a_folder(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="cannot be read"):
        text_of(tmp_path, "plan file")


def test_what_is_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.json").write_bytes(b"\xff\xfe\x00")
    with pytest.raises(InputError, match=r"a\.json is not text; a twin file is UTF-8 JSON"):
        text_of(tmp_path / "a.json", "twin file")


@pytest.mark.parametrize(("most", "refused"), [(2, True), (3, False), (None, False)])
def test_a_file_that_is_too_large(tmp_path: Path, most: int | None, refused: bool) -> None:
    path = tmp_path / "a.json"
    path.write_text("{ }", encoding="utf-8")
    if refused:
        with pytest.raises(InputError, match=r"a\.json is too large for a plan file"):
            text_of(path, "plan file", largest_bytes=most)
    else:
        assert text_of(path, "plan file", largest_bytes=most) == "{ }"


def test_what_is_refused_later_has_the_name_of_the_file() -> None:
    def refuse(found: object) -> None:
        raise InputError(f"{found} is no plan.")

    with pytest.raises(InputError, match=r"^a\.json: \[\] is no plan\.$"):
        from_text("[]", "a.json", refuse)
    with pytest.raises(InputError, match=r"^a\.json is not valid JSON"):
        from_text("[", "a.json", refuse)
