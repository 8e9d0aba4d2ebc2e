"""What a file is, told by its content: with Pillow as the judge of sizes, and hostile files."""

import gzip
import io
import struct
import subprocess
import sys
import zipfile
import zlib
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from core.inspection import HEAD, OPAQUE, Inspected, PixelFlood, inspect


def look(tmp_path: Path, content: bytes, name: str = "file", declared: str = "") -> Inspected:
    path = tmp_path / "content"
    path.write_bytes(content)
    return inspect(path, name, declared)


def drawn(size: tuple[int, int], form: str, mode: str = "RGB", **options: object) -> bytes:
    out = io.BytesIO()
    Image.new(mode, size).save(out, form, **options)
    return out.getvalue()


def frames(size: tuple[int, int], form: str) -> bytes:
    out = io.BytesIO()
    first, second = Image.new("RGB", size, "red"), Image.new("RGB", size, "blue")
    first.save(out, form, save_all=True, append_images=[second])
    return out.getvalue()


def png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def png(width: int, height: int, more: bytes = b"") -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + png_chunk(b"IHDR", header) + more + png_chunk(b"IEND", b"")


def jpeg(width: int, height: int, before: bytes = b"") -> bytes:
    frame = b"\xff\xc0" + struct.pack(">HBHHB", 8, 8, height, width, 0)
    return b"\xff\xd8" + b"\xff\xe0\x00\x04\0\0" + before + frame


def webp(width: int, height: int) -> bytes:
    canvas = struct.pack("<I", width - 1)[:3] + struct.pack("<I", height - 1)[:3]
    return b"RIFF\x16\0\0\0WEBPVP8X\x0a\0\0\0\0\0\0\0" + canvas


def gif(width: int, height: int) -> bytes:
    return b"GIF89a" + struct.pack("<HH", width, height) + b"\0\0\0;"


PICTURES = {
    "png": ("image/png", drawn((301, 17), "PNG", "RGBA")),
    "apng": ("image/png", frames((301, 17), "PNG")),
    "jpeg": ("image/jpeg", drawn((301, 17), "JPEG")),
    "progressive jpeg": ("image/jpeg", drawn((301, 17), "JPEG", progressive=True)),
    "jpeg with exif and a profile": (
        "image/jpeg",
        drawn((301, 17), "JPEG", exif=b"Exif\0\0" + bytes(5000), icc_profile=bytes(200_000)),
    ),
    "gif": ("image/gif", drawn((301, 17), "GIF", "P")),
    "moving gif": ("image/gif", frames((301, 17), "GIF")),
    "webp": ("image/webp", drawn((301, 17), "WEBP")),
    "lossless webp": ("image/webp", drawn((301, 17), "WEBP", lossless=True)),
    "webp with alpha": ("image/webp", drawn((301, 17), "WEBP", "RGBA", exif=b"Exif\0\0")),
    "moving webp": ("image/webp", frames((301, 17), "WEBP")),
}


@pytest.mark.parametrize(("media_type", "content"), PICTURES.values(), ids=PICTURES)
def test_a_picture_has_the_size_that_pillow_reads(
    tmp_path: Path, media_type: str, content: bytes
) -> None:
    with Image.open(io.BytesIO(content)) as image:
        width, height = image.size
    assert (width, height) == (301, 17)
    assert look(tmp_path, content) == Inspected(media_type, width, height)


@pytest.mark.parametrize(
    ("content", "size"),
    [
        (png(50_000, 50_000), (50_000, 50_000)),
        (png(2**32 - 1, 1), (2**32 - 1, 1)),
        (jpeg(65_535, 65_535), (65_535, 65_535)),
        (webp(16_383, 16_383), (16_383, 16_383)),
        (gif(65_535, 65_535), (65_535, 65_535)),
        (png(8_000, 5_001), (8_000, 5_001)),
    ],
)
def test_a_pixel_flood_is_refused_from_its_header(
    tmp_path: Path, content: bytes, size: tuple[int, int]
) -> None:
    with pytest.raises(PixelFlood) as caught:
        look(tmp_path, content)
    assert (caught.value.width, caught.value.height) == size


def test_forty_megapixels_are_taken(tmp_path: Path) -> None:
    assert look(tmp_path, png(8_000, 5_000)) == Inspected("image/png", 8_000, 5_000)


LIARS = {
    "a png whose checksum is wrong": png(30, 30).replace(b"\x08\x02", b"\x08\x06", 1),
    "a png that ends early": png(30, 30)[:20],
    "a png without a header": b"\x89PNG\r\n\x1a\n" + png_chunk(b"IDAT", bytes(40)),
    "a png without width": png(0, 30),
    "a jpeg that never tells its size": jpeg(30, 30)[:10],
    "a jpeg with pixels before its size": b"\xff\xd8\xff\xda\x00\x08" + bytes(20),
    "a jpeg with an impossible segment": b"\xff\xd8\xff\xe0\x00\x01" + bytes(20),
    "a jpeg of thousands of segments": jpeg(30, 30, b"\xff\xe1\x00\x02" * 5_000),
    "a jpeg of fill bytes": b"\xff\xd8" + b"\xff" * 300_000,
    "a jpeg without height": jpeg(30, 0),
    "a webp of an unknown kind": b"RIFF\x16\0\0\0WEBPVP8?" + bytes(20),
    "a webp that ends early": webp(30, 30)[:26],
    "a gif that ends early": b"GIF89a\x01",
    "a gif without size": gif(0, 0),
}


@pytest.mark.parametrize("content", LIARS.values(), ids=LIARS)
def test_a_picture_with_a_broken_header_is_opaque(tmp_path: Path, content: bytes) -> None:
    seen = look(tmp_path, content, "holiday.jpg")
    assert (seen.media_type, seen.width, seen.height) == (OPAQUE, None, None)
    assert "broken" in seen.warning


def docx() -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name in ("[Content_Types].xml", "_rels/.rels", "docProps/app.xml", "word/document.xml"):
            archive.writestr(name, "<x/>")
    return out.getvalue()


def zipped(*names: str) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in names:
            archive.writestr(name, bytes(1_000_000))
    return out.getvalue()


KINDS = {
    "text": ("text/plain", b"It broke at 14:30.\r\n\tOn the payment page."),
    "text with umlauts": ("text/plain", "Größe: 3 €".encode()),
    "text with a mark of order": ("text/plain", b"\xef\xbb\xbfhello"),
    "text of wide characters": ("text/plain", "hello".encode("utf-16")),
    "text cut within a character": ("text/plain", b"x" * (HEAD - 1) + "ä".encode() + b"more"),
    "text that begins like a bitmap": ("text/plain", b"BMW, my account name, is refused."),
    "text that begins with a bracket": ("text/plain", b"<3 you all, but login fails"),
    "text that speaks of tags": ("text/plain", b"I typed <script> and it broke"),
    "a script that calls itself a gif": ("text/plain", b"GIF89a=1;alert(document.domain)"),
    "old text": (OPAQUE, "Größe".encode("latin-1")),
    "page": ("text/html", b"<!DOCTYPE html><title>x</title>"),
    "page after a comment": ("text/html", b"\n <!-- hi -->\n<HTML><svg/></HTML>"),
    "bare script": ("text/html", b"<script>alert(1)</script>"),
    "old page": ("text/html", "<p>Größe".encode("latin-1")),
    "wide page": ("text/html", "<html>".encode("utf-16")),
    "page as xml": ("text/html", b"<?xml version='1.0'?><html xmlns='x'/>"),
    "drawing": ("image/svg+xml", b"<svg onload='alert(1)' xmlns='http://www.w3.org/2000/svg'/>"),
    "drawing with a prefix": ("image/svg+xml", b"<?xml version='1.0'?>\n<!-- c --><s:svg/>"),
    "drawing by its doctype": ("image/svg+xml", b"<!DOCTYPE svg PUBLIC '-//W3C//DTD'><x/>"),
    "xml": ("application/xml", b"<?xml version='1.0'?><rss/>"),
    "pdf": ("application/pdf", b"%PDF-1.7\n1 0 obj <</S /JavaScript /JS (app.alert(1))>>"),
    "zip": ("application/zip", zipped("../../etc/passwd", "a.pht")),
    "gzip": ("application/gzip", gzip.compress(bytes(10_000_000))),
    "docx": (
        "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
        docx(),
    ),
    "program": ("application/x-executable", b"\x7fELF\x02\x01\x01" + bytes(60)),
    "video": ("video/mp4", b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2" + bytes(20)),
    "voice": ("audio/ogg", b"OggS\0\x02" + bytes(60)),
    "nothing known": (OPAQUE, bytes(range(256)) * 4),
}


@pytest.mark.parametrize(("media_type", "content"), KINDS.values(), ids=KINDS)
def test_the_content_alone_says_what_a_file_is(
    tmp_path: Path, media_type: str, content: bytes
) -> None:
    for name, declared in (("file", ""), ("file.html", "text/html"), ("x.exe", "image/png")):
        seen = look(tmp_path, content, name, declared)
        assert (seen.media_type, seen.width, seen.height) == (media_type, None, None)


@pytest.mark.parametrize(
    ("name", "declared", "content", "warned"),
    [
        ("photo.jpg", "", b"<script>alert(1)</script>", "text/html"),
        ("photo", "image/png", b"MZ" + bytes(80), "application/x-msdownload"),
        ("invoice.pdf", "application/pdf", b"PK\x03\x04" + bytes(30), "application/zip"),
        ("clip.mp4", "", b"plain words", "text/plain"),
        ("photo.jpg", "image/jpeg", drawn((3, 3), "PNG"), ""),
        ("sound.mp4", "audio/mp4", b"\0\0\0\x18ftypisom\0\0\x02\0isomiso2", ""),
        ("notes.txt", "text/plain", bytes(9), ""),
        ("", "", b"plain words", ""),
    ],
)
def test_a_name_that_invites_to_open_another_kind_of_content_is_pointed_out(
    tmp_path: Path, name: str, declared: str, content: bytes, warned: str
) -> None:
    warning = look(tmp_path, content, name, declared).warning
    assert warned in warning
    assert bool(warning) is bool(warned)


STARTS = [content[:40] for _, content in (*PICTURES.values(), *KINDS.values())]


@settings(max_examples=150, deadline=None, suppress_health_check=list(HealthCheck))
@given(st.sampled_from([b"", *STARTS]), st.binary(max_size=300))
def test_no_content_is_an_error(tmp_path: Path, start: bytes, rest: bytes) -> None:
    try:
        seen = look(tmp_path, start + rest)
    except PixelFlood:
        return
    assert seen.media_type
    assert (seen.width is None) == (seen.height is None)


RISE = """
import resource, sys
from pathlib import Path
from core.inspection import PixelFlood, inspect
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
for path in map(Path, sys.argv[1:]):
    try:
        inspect(path, "", "")
    except PixelFlood:
        pass
print(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / before)
"""


def test_hostile_files_take_no_memory(tmp_path: Path) -> None:
    text = zlib.compress(bytes(1_000_000))
    bombs = {
        "flood": png(50_000, 50_000),
        "texts": png(9, 9, b"".join(png_chunk(b"zTXt", b"k\0\0" + text) for _ in range(60))),
        "canvas": webp(6_000, 6_000),
        "gzip": gzip.compress(bytes(30_000_000)),
    }
    paths = [tmp_path / name for name in bombs]
    for path, content in zip(paths, bombs.values(), strict=True):
        path.write_bytes(content)
    done = subprocess.run(
        [sys.executable, "-c", RISE, *paths], capture_output=True, text=True, check=True
    )
    assert float(done.stdout) < 1.3  # of a bare interpreter: unpacking one of them doubles it
