"""Files at Discord: what is uploaded gets a signed link, which expires.

https://docs.discord.com/developers/reference#signed-attachment-cdn-urls
"""

import hashlib
import mimetypes
import re
import unicodedata
from collections.abc import Sequence
from pathlib import PurePosixPath
from urllib.parse import parse_qs, urlsplit

from aiohttp import web

from tests.fakes.discord_calls import Call, Json, Refusal, Upload, invalid
from tests.fakes.discord_clock import Clock

CDN = "/cdn/"
UPLOAD_LIMIT = 10 * 1024 * 1024
"""Bytes of a bot's file where nobody pays for more."""
FILES_LIMIT = 10
STRANGE = re.compile(r"[^A-Za-z0-9._-]+")


def plain(name: str) -> str:
    """Accents, signs and dots at the ends are lost, blanks become lines, as it was seen there:
    https://github.com/discord/discord-api-docs/issues/7754.
    """
    letters = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    kept = STRANGE.sub("", "_".join(letters.split())).strip("._")
    is_lost = kept in ("", PurePosixPath(name).suffix[1:])
    return f"unknown.{kept}".rstrip(".") if is_lost else kept


class Files:
    """`link_life` in seconds is how long a link serves. `root` is the server's address."""

    def __init__(self, clock: Clock) -> None:
        self.root = ""
        self.link_life = 86_400.0
        self._clock = clock
        self._kept: dict[str, Upload] = {}
        """By path under the CDN."""

    def keep(self, channel: int, upload: Upload, size: int | None = None) -> Json:
        """The attachment it becomes. `size` is what is declared, where it is not that of the data.

        A name with more than plain letters is made plain; how it was is the `title`.
        """
        id, name = self._clock.new_id(), plain(upload.name)
        path = f"attachments/{channel}/{id}/{name}"
        self._kept[path] = upload
        attachment = {
            "id": str(id),
            "filename": name,
            "size": len(upload.data) if size is None else size,
            "content_type": upload.media_type,
            "flags": 0,
        }
        if name != upload.name:
            attachment["title"] = PurePosixPath(upload.name).stem
        return self.renewed({**attachment, "url": f"{self.root}{CDN}{path}"})

    def renewed(self, attachment: Json) -> Json:
        """With a fresh link."""
        path = urlsplit(attachment["url"]).path.removeprefix(CDN)
        ends = f"{int(self._clock.now() + self.link_life):x}"
        began = f"{int(self._clock.now()):x}"
        link = f"{self.root}{CDN}{path}?ex={ends}&is={began}&hm={_sign(path, ends, began)}&"
        return {**attachment, "url": link, "proxy_url": link}

    def data(self, attachment: Json) -> bytes:
        """What is behind its link."""
        return self._kept[urlsplit(attachment["url"]).path.removeprefix(CDN)].data

    def hand_out(self, link: str) -> web.Response:
        """404 when the signature is wrong or the link too old, as the CDN has it."""
        split = urlsplit(link)
        path = split.path.removeprefix(CDN)
        query = {name: values[0] for name, values in parse_qs(split.query).items()}
        ends, began = query.get("ex", "0"), query.get("is", "0")
        signed = query.get("hm") == _sign(path, ends, began)
        if path not in self._kept or not signed or int(ends, 16) < self._clock.now():
            return web.Response(status=404, text="This content is no longer available.")
        kept = self._kept[path]
        return web.Response(body=kept.data, headers={"Content-Type": kept.media_type})


def _sign(path: str, ends: str, began: str) -> str:
    return hashlib.sha256(f"secret {path} {ends} {began}".encode()).hexdigest()


def attached(
    files: Files, call: Call, form: Json, channel: int, kept: Sequence[Json] = ()
) -> list[Json]:
    """The attachments of a message: those of `kept` that the form names, and the new files.

    A form without `attachments` keeps all. In it a new file has the number n of its `files[n]`.
    """
    uploads = {name[6:-1]: upload for name, upload in call.files.items()}
    if len(uploads) > FILES_LIMIT:
        raise Refusal(400, 30015, f"Maximum number of attachments reached ({FILES_LIMIT})")
    if any(len(upload.data) > UPLOAD_LIMIT for upload in uploads.values()):
        raise Refusal(413, 40005, "Request entity too large")
    named = form.get("attachments")
    if named is None:
        named = [*kept, *({"id": number} for number in uploads)]
    return [_attach(files, item, uploads, channel, kept) for item in named]


def _attach(
    files: Files, item: Json, uploads: dict[str, Upload], channel: int, kept: Sequence[Json]
) -> Json:
    for attachment in kept:
        if attachment["id"] == str(item["id"]):
            return attachment
    upload = uploads.get(str(item["id"]))
    if upload is None:
        code = "ATTACHMENT_NOT_FOUND"
        raise invalid("attachments", code, f"The attachment {item['id']} was not found")
    name = item.get("filename") or upload.name
    kind = mimetypes.guess_type(name)[0] or upload.media_type
    attachment = files.keep(channel, Upload(upload.data, name, kind))
    told = {key: item[key] for key in ("description", "title") if item.get(key)}
    return {**attachment, **told}
