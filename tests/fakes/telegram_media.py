"""How the platform describes a file inside a message. Sizes that it tells are made up; only a PNG's
sides are measured, where it matters whether it can be a photo.
"""

from tests.fakes.telegram_calls import Json, Upload
from tests.fakes.telegram_files import Files

FRAME = {"width": 1280, "height": 960}
PNG = b"\x89PNG\r\n\x1a\n"


def sides(data: bytes) -> tuple[int, int] | None:
    """Width and height of a PNG."""
    if not data.startswith(PNG):
        return None
    return int.from_bytes(data[16:20]), int.from_bytes(data[20:24])


def photo(files: Files, upload: Upload) -> Json:
    """Two sizes, the largest last; the small one holds other bytes, so that a mix-up shows."""
    small = files.keep(Upload(upload.data[:64], upload.name), "thumbnails")
    large = files.keep(upload, "photos")
    return {"photo": [{**small.json(), "width": 90, "height": 67}, {**large.json(), **FRAME}]}


def document(files: Files, upload: Upload, size: int | None = None) -> Json:
    """`size` is declared in place of the true one."""
    kept = files.keep(upload, "documents", size)
    named = {"file_name": upload.name, "mime_type": upload.media_type}
    return {"document": {**kept.json(), **named}}


def video(files: Files, upload: Upload) -> Json:
    kept = files.keep(upload, "videos").json()
    named = {"file_name": upload.name, "mime_type": upload.media_type}
    return {"video": {**kept, **named, **FRAME, "duration": 1}}


def voice(files: Files, upload: Upload) -> Json:
    kept = files.keep(upload, "voice").json()
    return {"voice": {**kept, "mime_type": upload.media_type, "duration": 1}}


def sticker(files: Files, emoji: str) -> Json:
    kept = files.keep(Upload(emoji.encode(), "sticker.webp"), "stickers").json()
    shape = {"width": 512, "height": 512, "is_animated": False, "is_video": False}
    return {"sticker": {**kept, **shape, "type": "regular", "emoji": emoji}}
