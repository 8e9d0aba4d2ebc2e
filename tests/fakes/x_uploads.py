"""Uploading media: https://docs.x.com/x-api/media/quickstart/media-upload-chunked and
https://docs.x.com/x-api/media/quickstart/best-practices
"""

import binascii
from base64 import b64decode
from dataclasses import dataclass, field

from tests.fakes.x_calls import Call, Json, invalid, not_found
from tests.fakes.x_files import File
from tests.fakes.x_world import World

LIFE = 86_400
LARGEST = {"image": 5_000_000, "gif": 15_000_000, "video": 512_000_000}
KINDS = {"image": "photo", "gif": "animated_gif", "video": "video"}
CATEGORIES = {
    *(f"{purpose}_{kind}" for purpose in ("tweet", "dm") for kind in LARGEST),
    "amplify_video",
}


@dataclass(slots=True)
class Upload:
    category: str
    total: int
    file: File
    segments: dict[int, bytes] = field(default_factory=dict)
    states: list[str] = field(default_factory=list)


class Uploads:
    """`states` are what a video goes through, one with each look at it; end it with "failed" for
    one that X cannot use.
    """

    def __init__(self, world: World) -> None:
        self._world = world
        self._open: dict[str, Upload] = {}
        self.states = ["pending", "in_progress", "succeeded"]

    async def at_once(self, call: Call) -> Json:
        data = media_of(call)
        kind = self._kind(call, len(data))
        if kind == "video":
            raise invalid("media_category: a video is uploaded in chunks")
        file = self._new_file(kind, data)
        self._world.files.add(file)
        return {"data": self._told(file, size=len(data))}

    async def initialize(self, call: Call) -> Json:
        total = call.fields.get("total_bytes")
        if not isinstance(total, int) or not call.text("media_type"):
            raise invalid("$.total_bytes and $.media_type are needed")
        file = self._new_file(self._kind(call, total), b"")
        self._open[file.id] = Upload(call.text("media_category"), total, file)
        return {"data": self._told(file)}

    async def append(self, call: Call) -> Json:
        upload = self._find(call.parts["id"])
        index = str(call.fields.get("segment_index", ""))
        if not index.isdecimal() or int(index) > 999:
            raise invalid("$.segment_index: is a number from 0 to 999")
        upload.segments[int(index)] = media_of(call)
        return {"data": {"expires_at": int(self._world.clock.now()) + LIFE}}

    async def finalize(self, call: Call) -> Json:
        upload = self._find(call.parts["id"])
        data = b"".join(upload.segments[index] for index in sorted(upload.segments))
        if len(data) != upload.total or sorted(upload.segments) != [*range(len(upload.segments))]:
            raise invalid("Segments do not add up to provided total file size.")
        upload.file.data = data
        if upload.file.kind == "video":
            upload.states = list(self.states)
        return {"data": self._progress(upload)}

    async def status(self, call: Call) -> Json:
        if call.query.get("command", "STATUS") != "STATUS":
            raise invalid("The `command` query parameter is not STATUS")
        return {"data": self._progress(self._find(call.query.get("media_id", "")))}

    def _progress(self, upload: Upload) -> Json:
        """One state further; the last one lasts."""
        state = upload.states.pop(0) if len(upload.states) > 1 else next(iter(upload.states), "")
        told = self._told(upload.file, size=upload.total)
        if state in ("", "succeeded"):
            self._world.files.add(upload.file)
        if state:
            info: Json = {"state": state}
            if state in ("pending", "in_progress"):
                info["check_after_secs"] = 1
            told["processing_info"] = info
        return told

    def _kind(self, call: Call, size: int) -> str:
        category = call.text("media_category")
        if category not in CATEGORIES:
            raise invalid(f"media_category: is one of {sorted(CATEGORIES)}")
        kind = category.rpartition("_")[2]
        if not 0 < size <= LARGEST[kind]:
            raise invalid(f"media: is 1 to {LARGEST[kind]} bytes for {category}")
        return kind

    def _new_file(self, kind: str, data: bytes) -> File:
        return File(self._world.clock.new_id(), KINDS[kind], data, self._world.clock.now())

    def _find(self, id: str) -> Upload:
        if id not in self._open:
            raise not_found("media", id)
        return self._open[id]

    def _told(self, file: File, **more: int) -> Json:
        return {"id": file.id, "media_key": file.key, "expires_after_secs": LIFE} | more


def media_of(call: Call) -> bytes:
    """From a multipart body as it is, from JSON in base64."""
    if "media" in call.files:
        return call.files["media"]
    try:
        data = b64decode(call.text("media"), validate=True)
    except binascii.Error:
        data = b""
    if not data:
        raise invalid("media: is needed")
    return data
