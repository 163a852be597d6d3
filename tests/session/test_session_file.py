"""A session comes back as it was; damaged and hostile files are refused in one sentence."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from napari_assb_twin.calibration.run import calibration
from napari_assb_twin.errors import InputError
from napari_assb_twin.images.draft import Data
from napari_assb_twin.measure.sections import SectionStack, Volume
from napari_assb_twin.session import archive
from napari_assb_twin.session.session_file import load_session, save_session
from napari_assb_twin.session.state import Camera, CurveChoice, Layout, Session, View
from napari_assb_twin.steps import finished
from napari_assb_twin.twin.presets import preset
from napari_assb_twin.twin.synthesis import generate
from napari_assb_twin.twin.twin_file import twin_to_text

READING = {
    "kind": "xz",
    "phases": {"pore": [0, 3]},
    "pressing_axis": 1,
    "voxel_size_um": [0.1, 0.2],
}
TWIN = replace(preset("sheet-pores"), seed=11, provenance={"method": "coverage"})
LOOK: dict[str, Any] = {
    "names": {"pore": "void", "active_material": "Ni", "solid_electrolyte": "YSZ"},
    "padlocks": frozenset({"pore", "X.length_um"}),
    "seed_locked": True,
    "fit": {"symmetry": None, "samples": 7, "errors": False, "fields": "kept"},
    "view": View(
        name="xz",
        scheme="colour-blind safe",
        seen=("pore",),
        dimensions=2,
        order=(1, 0, 2),
        point_um=(1.25, 0.1, 3.0),
        camera=Camera(angles=(0.1, -20.0, 30.5), center_um=(1 / 3, 2.0, 4.0), zoom=17.3),
    ),
    "layout": Layout(
        window_px=(1280, 800), dock_px=430, parts_px=(400, 250), tab="Data", folded=("Box",)
    ),
    "curves": CurveChoice(direction="through-plane", pairs="cross", normalised=True),
}


def phases(*shape: int) -> np.ndarray:
    return np.random.default_rng(sum(shape)).choice(np.array([0, 1, 2, 255], np.uint8), shape)


def of_sections() -> Data:
    stacks = (
        SectionStack("xz", (phases(33, 40), phases(35, 38)), (0.1, 0.2), None),
        SectionStack("xy", (phases(36, 36),), (1 / 3, 0.1), 0.7),
    )
    return Data(stacks, ("a.tif", "b ü.png", "c.tif"), (READING, {**READING, "kind": "xy"}))


def of_volume() -> Data:
    return Data(Volume(phases(32, 33, 34), (0.3, 0.1, 1 / 7)), ("v.tif",), (READING,))


DATA: dict[str, Callable[[], Data | None]] = {
    "none": lambda: None,
    "sections": of_sections,
    "volume": of_volume,
}


def same(first: Session, second: Session) -> bool:
    """Equal in everything, labels and provenance included."""
    bare = [replace(one, data=None) for one in (first, second)]
    notes = [(s.twin.provenance, s.twin.uncertainty) for s in (first, second)]
    return bare[0] == bare[1] and notes[0] == notes[1] and same_data(first.data, second.data)


def same_data(first: Data | None, second: Data | None) -> bool:
    if first is None or second is None:
        return first is second
    if first.sources != second.sources or list(first.reading) != list(second.reading):
        return False
    a, b = first.measured, second.measured
    if isinstance(a, Volume) or isinstance(b, Volume):
        sizes = isinstance(a, Volume) and isinstance(b, Volume)
        sizes = sizes and a.voxel_size_um == b.voxel_size_um
    else:
        sizes = [(s.plane, s.pixel_size_um, s.spacing_um, len(s.images)) for s in a] == [
            (s.plane, s.pixel_size_um, s.spacing_um, len(s.images)) for s in b
        ]
    pairs = zip(first.images, second.images, strict=True)
    return bool(sizes) and all(np.array_equal(x, y) for x, y in pairs)


def forged(path: Path, **members: bytes) -> Path:
    """A session with some members replaced or added (``session``, ``twin``, others by name)."""
    names = {"session": "session.json", "twin": "twin.twin.json"}
    with zipfile.ZipFile(save_session(Session(twin=TWIN, data=of_sections()), path)) as file:
        content = {name: file.read(name) for name in file.namelist()}
    content |= {names.get(name, name): text for name, text in members.items()}
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, text in content.items():
            file.writestr(name, text)
    return path


def with_document(path: Path, change: Callable[[dict[str, Any]], object]) -> Path:
    save_session(Session(twin=TWIN, data=of_sections(), **LOOK), path)
    with zipfile.ZipFile(path) as file:
        document = json.loads(file.read("session.json"))
    change(document)
    return forged(path, session=json.dumps(document).encode())


@pytest.mark.parametrize("kind", DATA)
def test_a_session_comes_back_as_it_was(tmp_path: Path, kind: str) -> None:
    session = Session(twin=TWIN, data=DATA[kind](), **LOOK)
    again = load_session(save_session(session, tmp_path / "a.assb-session"))
    assert same(again, session)
    default = Session(twin=TWIN)
    assert same(load_session(save_session(default, tmp_path / "b.assb-session")), default)


def test_the_same_session_gives_the_same_bytes(tmp_path: Path) -> None:
    session = Session(twin=TWIN, data=of_sections(), **LOOK)
    first, second = (save_session(session, tmp_path / name) for name in ("a.x", "b.x"))
    assert first.read_bytes() == second.read_bytes()


def test_the_fit_goes_on_exactly_as_before(tmp_path: Path) -> None:
    labels = generate(preset("pressed"), seed=3, device="cpu")
    data = Data((SectionStack("xz", (labels[:, 10, :],), (0.1, 0.1)),), ("synthetic",))
    again = load_session(save_session(Session(twin=TWIN, data=data), tmp_path / "a.assb-session"))
    assert again.data is not None
    fits = [
        finished(calibration(one.measured, first_phase="active_material", bootstrap=0))
        for one in (data, again.data)
    ]
    assert fits[0].twin == fits[1].twin


def test_a_colleague_finds_plain_files_in_it(tmp_path: Path) -> None:
    path = save_session(Session(twin=TWIN, data=of_sections()), tmp_path / "a.assb-session")
    with zipfile.ZipFile(path) as file:
        assert file.testzip() is None
        assert sorted(file.namelist()) == [
            *("data/0000.npy", "data/0001.npy", "data/0002.npy"),
            *("session.json", "twin.twin.json"),
        ]
        first = np.load(io.BytesIO(file.read("data/0000.npy")), allow_pickle=False)
    assert np.array_equal(first, phases(33, 40))


def outcome(path: Path) -> Session | None:
    """The session, or None where one sentence was said."""
    try:
        return load_session(path)
    except InputError as error:
        sentence = str(error)
    assert path.name in sentence
    assert sentence.endswith(".")
    assert "\n" not in sentence
    return None


def test_a_file_cut_short_anywhere_is_refused(tmp_path: Path) -> None:
    whole = save_session(
        Session(twin=TWIN, data=of_sections(), **LOOK), tmp_path / "a"
    ).read_bytes()
    path = tmp_path / "cut.assb-session"
    ends = sorted({*range(40), *range(0, len(whole), 61), *range(len(whole) - 90, len(whole))})
    for end in ends:
        path.write_bytes(whole[:end])
        assert outcome(path) is None


def test_a_flipped_byte_is_refused_or_changes_nothing(tmp_path: Path) -> None:
    session = Session(twin=TWIN, data=of_sections(), **LOOK)
    whole = save_session(session, tmp_path / "a").read_bytes()
    path = tmp_path / "flipped.assb-session"
    directory = whole.index(b"PK\x01\x02")
    rng = np.random.default_rng(0)
    places = {*range(60), *range(0, directory, 97), *range(directory, len(whole))}
    refused = 0
    for place in places:
        bad = bytearray(whole)
        bad[place] ^= 1 << int(rng.integers(8))
        path.write_bytes(bad)
        result = outcome(path)
        refused += result is None
        assert result is None or same(result, session)
    assert refused > len(places) / 2


def test_random_bytes_are_no_session(tmp_path: Path) -> None:
    path = tmp_path / "noise.assb-session"
    for seed in range(20):
        path.write_bytes(b"PK\x03\x04" * (seed % 2) + np.random.default_rng(seed).bytes(4000))
        assert outcome(path) is None


@pytest.mark.parametrize(
    ("members", "said"),
    [
        ({"../evil.npy": b"x"}, "belongs to no session"),
        ({"code.py": b"print(1)"}, "belongs to no session"),
        ({"twin": b"{}"}, "twin.twin.json"),
        ({"session": b"[]"}, "JSON object"),
        ({"session": b"\xff"}, "damaged"),
        ({"data/0000.npy": b"\x93NUMPY\x02\x00" + bytes(200)}, "NPY"),
    ],
)
def test_strange_members_are_refused(tmp_path: Path, members: dict[str, bytes], said: str) -> None:
    with pytest.raises(InputError, match=said):
        load_session(forged(tmp_path / "a.assb-session", **members))
    assert [path.name for path in tmp_path.iterdir()] == ["a.assb-session"]


def npy(array: np.ndarray) -> bytes:
    buffer = io.BytesIO()
    np.save(buffer, array, allow_pickle=True)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "array",
    [
        np.array([object()]),
        np.zeros((40, 40)),
        np.asfortranarray(phases(33, 40)),
        np.full((40, 40), 7, np.uint8),
        phases(8, 8),
        phases(33, 40, 1)[..., 0].T.copy().reshape(-1),
    ],
    ids=["object", "float", "fortran", "no phase", "too small", "flat"],
)
def test_arrays_that_are_no_phases_are_refused(tmp_path: Path, array: np.ndarray) -> None:
    members = {"data/0000.npy": npy(array)}
    with pytest.raises(InputError):
        load_session(forged(tmp_path / "a.assb-session", **members))


def test_a_header_that_promises_more_than_there_is_allocates_nothing(tmp_path: Path) -> None:
    content = npy(phases(33, 40)).replace(b"(33, 40)", b"(10**6,)")
    huge = npy(phases(33, 40)).replace(b"(33, 40), }    ", b"(999999, 99999)}")
    for bad in (content, huge):
        with pytest.raises(InputError):
            load_session(forged(tmp_path / "a.assb-session", **{"data/0000.npy": bad}))


def test_a_bomb_is_refused_by_what_it_declares(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    with pytest.raises(InputError, match="MiB are not read"):
        load_session(forged(tmp_path / "a.assb-session", session=b" " * (archive.LARGEST_TEXT + 1)))
    assert (tmp_path / "a.assb-session").stat().st_size < 100_000
    path = save_session(Session(twin=TWIN, data=of_volume()), tmp_path / "b.assb-session")
    monkeypatch.setattr(archive, "LARGEST_LABELS", 1000)
    with pytest.raises(InputError, match="are not read"):
        load_session(path)
    monkeypatch.undo()
    monkeypatch.setattr(archive, "SHARE_OF_MEMORY", 0.0)
    with pytest.raises(InputError, match="memory"):
        load_session(path)


def test_a_size_that_lies_is_refused(tmp_path: Path) -> None:
    """A member that unpacks to more than its directory declares."""
    path = save_session(Session(twin=TWIN, data=of_volume()), tmp_path / "a.assb-session")
    size = (32 * 33 * 34 + 128).to_bytes(4, "little")
    content = path.read_bytes()
    at = content.rindex(size)
    path.write_bytes(content[:at] + (1000).to_bytes(4, "little") + content[at + 4 :])
    assert outcome(path) is None


@pytest.mark.parametrize(
    ("change", "said"),
    [
        (lambda d: d.update(macro="x"), "'macro'"),
        (lambda d: d["view"].update(spin=1), "'spin'"),
        (lambda d: d["data"]["stacks"][0].update(tilt=3), "'tilt'"),
        (lambda d: d.update(version=2), "version 1"),
        (lambda d: d.update(format="zip"), "no session file"),
        (lambda d: d["view"].update(order=[0, 0, 1]), "order"),
        (lambda d: d["view"].update(dimensions=True), "dimensions"),
        (lambda d: d["view"]["camera"].update(zoom=0), "zoom"),
        (lambda d: d["view"]["camera"].update(center_um=[1, 2]), "center_um"),
        (lambda d: d["view"]["camera"].update(angles=[0, 0, 1e300]), "angles"),
        (lambda d: d["layout"].update(window_px=[1, 10**9]), "pixels"),
        (lambda d: d["layout"].update(parts_px=[1]), "parts_px"),
        (lambda d: d["layout"].update(folded="box"), "folded"),
        (lambda d: d["curves"].update(direction="up"), "direction"),
        (lambda d: d["curves"].update(normalised=1), "normalised"),
        (lambda d: d.update(padlocks=["X.magic"]), "X.magic"),
        (lambda d: d.update(padlocks="pore"), "list"),
        (lambda d: d.update(names={"pore": "a"}), "active_material"),
        (lambda d: d["names"].update(pore="x" * 2000), "letters"),
        (lambda d: d["names"].update(pore="\ud800"), "letters"),
        (lambda d: d.update(seed_locked=None), "seed_locked"),
        (lambda d: d["fit"].update(symmetry=[1]), "symmetry"),
        (lambda d: d["data"].pop("stacks"), "volume or stacks"),
        (lambda d: d["data"].update(stacks=[]), "belongs to no session"),
        (lambda d: d["data"]["stacks"][0].update(plane="zz"), "zz"),
        (lambda d: d["data"]["stacks"][0].update(spacing_um=-1), "spacing"),
        (lambda d: d["data"]["stacks"][0].update(pixel_size_um=[1, "a"]), "pixel_size_um"),
        (lambda d: d["data"]["stacks"][0]["sections"].append("data/0000.npy"), "twice"),
        (lambda d: d["data"]["stacks"][0]["sections"].append("data/0009.npy"), "missing"),
        (lambda d: d["data"]["stacks"][0]["sections"].append("/etc/passwd"), "missing"),
        (lambda d: d["data"]["stacks"][0]["sections"].pop(), "belongs to no session"),
        (lambda d: d.update(data=None), "belongs to no session"),
        (lambda d: d["data"].update(sources="a"), "sources"),
        (lambda d: d["data"].update(reading=[1]), "reading"),
    ],
)
def test_a_wrong_document_is_refused_by_the_culprit(
    tmp_path: Path, change: Callable[[dict[str, Any]], object], said: str
) -> None:
    path = with_document(tmp_path / "a.assb-session", change)
    with pytest.raises(InputError, match=said):
        load_session(path)
    outcome(path)


def test_keys_that_are_left_out_take_their_defaults(tmp_path: Path) -> None:
    small = json.dumps({"format": "assb-session", "version": 1})
    path = tmp_path / "a.assb-session"
    with zipfile.ZipFile(path, "w") as file:  # stored, as other programs may pack it
        file.writestr("session.json", small)
        file.writestr("twin.twin.json", twin_to_text(TWIN))
    assert same(load_session(path), Session(twin=TWIN))


def test_missing_files_and_folders_are_named(tmp_path: Path) -> None:
    with pytest.raises(InputError, match="no file"):
        load_session(tmp_path / "none.assb-session")
    with pytest.raises(InputError, match="folder"):
        load_session(tmp_path)
    with pytest.raises(InputError, match="does not exist"):
        save_session(Session(twin=TWIN), tmp_path / "nowhere" / "a.assb-session")


def test_the_example_of_the_docs_is_read(tmp_path: Path) -> None:
    page = Path(__file__).parents[2] / "docs" / "files.md"
    if not page.exists():
        pytest.skip("installed without the repository")
    blocks = page.read_text(encoding="utf-8").split("```json")[1:]
    (example,) = [b.split("```")[0] for b in blocks if '"assb-session"' in b]
    path = tmp_path / "a.assb-session"
    with zipfile.ZipFile(path, "w") as file:
        file.writestr("session.json", example)
        file.writestr("twin.twin.json", twin_to_text(TWIN))
        file.writestr("data/0000.npy", npy(phases(33, 40)))
    session = load_session(path)
    assert session.data is not None
    assert session.view.order == (1, 0, 2)
    assert session.fit["samples"] == 20
