"""Photos that tell where they were taken."""

import io
from functools import cache

from PIL import Image

PLACE = b"near the station"
XMP = b'<x:xmpmeta xmlns:x="adobe:ns:meta/"><r>' + PLACE + b"</r></x:xmpmeta>"
ORIENTATION, MAKER, GPS = 0x0112, 0x010F, 0x8825
FORMS: dict[str, dict[str, object]] = {
    "JPEG": {"xmp": XMP, "icc_profile": b"a profile of colours" * 5000},
    "PNG": {},
    "AVIF": {"xmp": XMP},
    "WEBP": {"xmp": XMP, "lossless": True, "icc_profile": b"a profile of colours!"},
}


@cache
def photo(form: str, orientation: int = 6, **more: object) -> bytes:
    exif = Image.Exif()
    exif[ORIENTATION], exif[MAKER] = orientation, PLACE.decode()
    exif.get_ifd(GPS).update({1: "N", 2: (48.0, 8.0, 15.0), 3: "E", 4: (11.0, 34.0, 30.0)})
    out = io.BytesIO()
    picture = Image.linear_gradient("L").convert("RGB")
    picture.save(out, form, exif=exif, **FORMS[form] | more)
    return out.getvalue()
