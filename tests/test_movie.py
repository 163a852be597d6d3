"""Numbers of a sweep, turns of a turntable, and movie files that appear whole or not at all."""

from __future__ import annotations

import itertools

import imageio.v3 as iio
import numpy as np
import pytest

from napari_assb_twin import movie
from napari_assb_twin.errors import InputError
from napari_assb_twin.twin.parameters import PARAMETERS


def frames(count, size=(30, 40)):
    """Squares that wander, so that no frame is like the one before."""
    for number in range(count):
        frame = np.full((*size, 4), 255, np.uint8)
        frame[5:15, 2 + 2 * number : 12 + 2 * number] = (214, 39, 40, 255)
        yield frame


def written(path, some, **options):
    with movie.movie_file(path, **options) as append:
        for frame in some:
            append(frame)


def test_a_fraction_is_swept_evenly_and_a_length_in_equal_ratios():
    even = movie.sweep_values(PARAMETERS["pore"], 0.1, 0.3, 5)
    assert even == pytest.approx([0.1, 0.15, 0.2, 0.25, 0.3])
    ratios = movie.sweep_values(PARAMETERS["X.length_um"], 2.0, 0.5, 3)
    assert ratios == pytest.approx([2.0, 1.0, 0.5])


@pytest.mark.parametrize(
    ("path", "start", "stop", "count", "says"),
    [
        ("pore", 0.1, 0.3, 1, "between 2"),
        ("pore", 0.1, 0.3, 10**6, "between 2"),
        ("pore", 0.1, 0.1, 5, "two different"),
        ("pore", 0.1, float("nan"), 5, "two different"),
        ("X.length_um", 0.0, 1.0, 5, "must be positive"),
    ],
)
def test_a_sweep_that_cannot_be_is_one_sentence(path, start, stop, count, says):
    with pytest.raises(InputError, match=says):
        movie.sweep_values(PARAMETERS[path], start, stop, count)


def test_a_turn_keeps_the_height_and_comes_back():
    direction = (0.5, 1.0, 0.5)
    quarter = movie.turned(direction, 0.25)
    assert quarter == pytest.approx((0.5, -0.5, 1.0))
    assert movie.turned(direction, 1.0) == pytest.approx(direction)
    for part in (0.1, 0.35, 0.8):
        assert np.linalg.norm(movie.turned(direction, part)) == pytest.approx(np.sqrt(1.5))


def test_a_gif_has_every_frame_and_loops(tmp_path):
    path = tmp_path / "movie.gif"
    written(path, frames(6), frames_per_second=10)
    read = iio.imread(path)
    assert read.shape == (6, 30, 40, 3)
    assert all(np.any(one != other) for one, other in itertools.pairwise(read))
    assert np.array_equal(read[2], np.stack(list(frames(3)))[2, ..., :3])
    about = iio.immeta(path)
    assert (about["duration"], about["loop"]) == (100, 0)
    assert [one.name for one in tmp_path.iterdir()] == ["movie.gif"]


def test_wide_frames_are_scaled_down_to_even_sizes(tmp_path):
    written(tmp_path / "movie.gif", frames(6), width=27)
    assert iio.imread(tmp_path / "movie.gif").shape == (6, 20, 28, 3)


def test_frames_of_another_size_take_that_of_the_first(tmp_path):
    mixed = [next(frames(1)), np.zeros((60, 90, 3), np.uint8)]
    written(tmp_path / "movie.gif", mixed)
    assert iio.imread(tmp_path / "movie.gif").shape == (2, 30, 40, 3)


def test_one_that_is_given_up_leaves_what_was_there(tmp_path):
    path = tmp_path / "movie.gif"
    path.write_bytes(b"before")

    def given_up():
        yield from frames(2)
        assert len(list(tmp_path.iterdir())) == 2
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        written(path, given_up())
    assert [one.read_bytes() for one in tmp_path.iterdir()] == [b"before"]


def test_no_frames_are_no_movie(tmp_path):
    with pytest.raises(InputError, match="at least one frame"):
        written(tmp_path / "movie.gif", [])
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("name", "options", "says"),
    [
        ("movie.avi", {}, r"\.gif or \.mp4"),
        ("movie", {}, r"\.gif or \.mp4"),
        ("movie.gif", {"frames_per_second": 0}, "up to 50"),
        ("nowhere/movie.gif", {}, "create it first"),
    ],
)
def test_what_cannot_be_written_is_one_sentence(tmp_path, name, options, says):
    with pytest.raises(InputError, match=says):
        written(tmp_path / name, frames(6), **options)
    assert list(tmp_path.iterdir()) == []


def test_mp4_without_ffmpeg_says_what_to_install(tmp_path, monkeypatch):
    monkeypatch.setattr(movie, "can_write_mp4", lambda: False)
    with pytest.raises(InputError, match=r"napari-assb-twin\[movie\]"):
        written(tmp_path / "movie.mp4", frames(6))
    assert list(tmp_path.iterdir()) == []


def test_an_mp4_has_every_frame(tmp_path):
    pytest.importorskip("imageio_ffmpeg", reason="pip install 'napari-assb-twin[movie]'")
    path = tmp_path / "movie.mp4"
    written(path, frames(6), frames_per_second=10)
    read = np.stack(list(iio.imiter(path)))
    assert read.shape == (6, 30, 40, 3)
    assert abs(read[2, 10, 11].astype(int) - (214, 39, 40)).max() < 40
    assert [one.name for one in tmp_path.iterdir()] == ["movie.mp4"]
