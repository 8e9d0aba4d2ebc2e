"""What a picture tells beside itself is gone, and the picture is the same: Pillow is the judge."""

import io
import struct
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from core.whereabouts import changes
from tests.core.photos import FORMS, GPS, ORIENTATION, PLACE, XMP, photo


def hidden(tmp_path: Path, content: bytes, form: str) -> bytes:
    path = tmp_path / "photo"
    path.write_bytes(content)
    after = bytearray(content)
    for at, new in changes(path, f"image/{form.lower()}"):
        assert at + len(new) <= len(content)
        after[at : at + len(new)] = new
    return bytes(after)


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("orientation", [1, 6])
def test_where_it_was_taken_is_gone_and_the_picture_stays(
    tmp_path: Path, form: str, orientation: int
) -> None:
    before = photo(form, orientation)
    after = hidden(tmp_path, before, form)
    assert PLACE in before
    assert PLACE not in after
    with Image.open(io.BytesIO(before)) as old, Image.open(io.BytesIO(after)) as new:
        assert old.getexif().get_ifd(GPS)
        assert dict(new.getexif()) == {ORIENTATION: orientation}
        assert new.info.get("icc_profile") == old.info.get("icc_profile")
        assert new.tobytes() == old.tobytes()
    assert hidden(tmp_path, after, form) == after
    assert len(after) == len(before)


def test_a_progressive_photo_with_a_film_and_another_photo_behind_it(tmp_path: Path) -> None:
    before = photo("JPEG", progressive=True) + photo("JPEG") + b"\0\0\0\x18ftypmp42" + PLACE
    after = hidden(tmp_path, before, "JPEG")
    assert PLACE not in after
    with Image.open(io.BytesIO(before)) as old, Image.open(io.BytesIO(after)) as new:
        assert new.tobytes() == old.tobytes()


def test_what_programs_write_into_jpeg_and_png(tmp_path: Path) -> None:
    iptc = b"\xff\xed" + (2 + len(PLACE)).to_bytes(2, "big") + PLACE
    jpeg = photo("JPEG")
    assert PLACE not in hidden(tmp_path, jpeg[:2] + iptc + jpeg[2:], "JPEG")
    out = io.BytesIO()
    told = {"XML:com.adobe.xmp": XMP.decode(), "Raw profile type iptc": PLACE.decode()}
    texts = PngInfo()
    for name, text in told.items():
        texts.add_itxt(name, text)
    texts.add_text("Comment", "a comment")
    Image.new("RGB", (9, 9), "red").save(out, "PNG", pnginfo=texts)
    after = hidden(tmp_path, out.getvalue(), "PNG")
    assert PLACE not in after
    with Image.open(io.BytesIO(after)) as new:
        new.load()
        assert new.info == {"Comment": "a comment"}


def test_what_tells_nothing_is_left_alone(tmp_path: Path) -> None:
    for form in FORMS:
        out = io.BytesIO()
        Image.new("RGB", (9, 9), "red").save(out, form)
        assert hidden(tmp_path, out.getvalue(), form) == out.getvalue()
    assert hidden(tmp_path, b"%PDF-1.4", "PDF") == b"%PDF-1.4"


def test_a_file_that_names_its_bytes_again_and_again_takes_no_memory(tmp_path: Path) -> None:
    def box(kind: bytes, content: bytes) -> bytes:
        return struct.pack(">I", 8 + len(content)) + kind + content

    piece = struct.pack(">II", 0, 0xFFFFFF)
    place = struct.pack(">HHH", 1, 0, 60_000) + piece * 60_000
    iloc = box(b"iloc", bytes(4) + b"\x44\0" + struct.pack(">H", 1) + place)
    infe = box(b"infe", b"\2\0\0\0" + struct.pack(">HH", 1, 0) + b"Exif\0")
    iinf = box(b"iinf", bytes(4) + struct.pack(">H", 1) + infe)
    path = tmp_path / "photo"
    path.write_bytes(box(b"meta", bytes(4) + iinf + iloc) + bytes(1_000_000))
    size = path.stat().st_size
    assert sum(len(new) for _, new in changes(path, "image/heic")) <= size


@settings(
    max_examples=100, deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)  # fmt: skip
@given(st.sampled_from(list(FORMS)), st.integers(0, 3000), st.binary(max_size=40))
def test_what_is_broken_is_taken_as_far_as_it_goes(
    tmp_path: Path, form: str, at: int, noise: bytes
) -> None:
    content = photo(form)[: 2000 + at]
    broken = content[:at] + noise + content[at:]
    assert len(hidden(tmp_path, broken, form)) == len(broken)
