"""Pictures, videos and GIFs on their way to X: https://docs.x.com/x-api/media/introduction

tweepy 4.17 has only the older upload, which X has ended.
"""

from collections.abc import Awaitable, Callable
from io import BytesIO

import aiohttp

from bots.twitter.calls import Calls
from bots.twitter.failures import Lost
from bots.twitter.limits import FILES, GIF
from bots.twitter.shape import Json, as_dict, number
from core.adapter import Refused, Unsupported

CHUNK = 4_000_000
LOOKS, LONGEST_WAIT = 60, 10.0

Sleep = Callable[[float], Awaitable[None]]


class Upload:
    def __init__(self, calls: Calls, sleep: Sleep) -> None:
        self._calls = calls
        self._sleep = sleep

    async def put(self, data: bytes, media_type: str, purpose: str = "tweet") -> str:
        """The id under which it can be posted within a day. `purpose` is `tweet` or `dm`. Raises
        `Trouble`, `Unsupported` for what X does not show, `Refused` for what is too large.
        """
        category = f"{purpose}_{kind_of(data, media_type)}"
        if media_type != GIF and media_type.startswith("image/"):
            return await self._at_once(data, media_type, category)
        return await self._in_chunks(data, media_type, category)

    async def _at_once(self, data: bytes, media_type: str, category: str) -> str:
        form = to_form(data, media_category=category, media_type=media_type)
        return media_id(await self._post("/2/media/upload", form))

    async def _in_chunks(self, data: bytes, media_type: str, category: str) -> str:
        told = await self._calls.ask(
            "POST",
            "/2/media/upload/initialize",
            json={"media_type": media_type, "total_bytes": len(data), "media_category": category},
        )
        id = media_id(told)
        for index, start in enumerate(range(0, len(data), CHUNK)):
            form = to_form(data[start : start + CHUNK], segment_index=str(index))
            await self._post(f"/2/media/upload/{id}/append", form)
        await self._until_ready(id, await self._calls.ask("POST", f"/2/media/upload/{id}/finalize"))
        return id

    async def _until_ready(self, id: str, told: Json) -> None:
        """A video is looked through before it may be shown."""
        for _ in range(LOOKS):
            state = as_dict(as_dict(told.get("data")).get("processing_info"))
            if state.get("state") == "failed":
                raise Refused("X cannot use the file", gone=False)
            if state.get("state", "succeeded") == "succeeded":
                return
            await self._sleep(wait_of(state.get("check_after_secs")))
            told = await self._calls.ask("GET", f"/2/media/upload?command=STATUS&media_id={id}")
        raise Lost("X is not done with the file")

    async def _post(self, path: str, form: aiohttp.FormData) -> Json:
        answer = await self._calls.send("POST", self._calls.root + path, None, form)
        return as_dict(answer.told)


def takes(media_type: str, size: int) -> bool:
    return 0 < size <= FILES.get(media_type, 0)


def kind_of(data: bytes, media_type: str) -> str:
    if media_type not in FILES:
        raise Unsupported("X shows pictures, videos and GIFs only")
    if not takes(media_type, len(data)):
        raise Refused(f"X takes 1 to {FILES[media_type]} bytes of it", gone=False)
    return "gif" if media_type == GIF else media_type.partition("/")[0]


def to_form(data: bytes, **fields: str) -> aiohttp.FormData:
    form = aiohttp.FormData()
    for name, value in fields.items():
        form.add_field(name, value)
    file = BytesIO(data)  # of plain bytes aiohttp warns that they are many
    form.add_field("media", file, filename="media", content_type="application/octet-stream")
    return form


def media_id(told: Json) -> str:
    id = number(as_dict(told.get("data")).get("id"))
    if not id:
        raise Lost("no id in the answer")
    return id


def wait_of(told: object) -> float:
    return min(float(told), LONGEST_WAIT) if type(told) is int and told > 0 else 1.0
