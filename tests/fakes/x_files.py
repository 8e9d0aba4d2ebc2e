"""Pictures, videos and GIFs: where they are found, and what is told of them."""

from dataclasses import dataclass

from tests.fakes.x_calls import Json

TON = "https://ton.twitter.com/1.1/ton/data/dm"
VIDEOS = "https://video.twimg.com"
PREFIXES = {"photo": "3", "video": "7", "animated_gif": "16"}
ENDINGS = {"photo": "jpg", "video": "mp4", "animated_gif": "mp4"}


@dataclass(slots=True)
class File:
    """`message` is the direct message it stands in; empty while it is only uploaded. `kind` is
    "photo", "video" or "animated_gif"; `name` the last part of its address.
    """

    id: str
    kind: str
    data: bytes
    at: float
    name: str = ""
    message: str = ""

    def __post_init__(self) -> None:
        if self.kind not in PREFIXES:
            raise ValueError(f"{self.kind!r} is none of {', '.join(PREFIXES)}")
        self.name = self.name or f"m{self.id[-7:]}.{ENDINGS[self.kind]}"

    @property
    def key(self) -> str:
        return f"{PREFIXES[self.kind]}_{self.id}"

    @property
    def link(self) -> str:
        """Where a picture, or a video's still, is: for participants alone."""
        return f"{TON}/{self.message}/{self.id}/{self.name}"

    @property
    def variants(self) -> list[Json]:
        """Of a video; the finest is neither the first nor the last."""
        if self.kind == "animated_gif":
            url = f"{VIDEOS}/dm_gif/{self.id}/{self.name}"
            return [{"bit_rate": 0, "content_type": "video/mp4", "url": url}]
        place = f"{VIDEOS}/dm_video/{self.id}"
        sizes = ((256_000, "320x180"), (2_176_000, "1280x720"), (832_000, "640x360"))
        films: list[Json] = [
            {
                "bit_rate": rate,
                "content_type": "video/mp4",
                "url": f"{place}/vid/avc1/{size}/{self.name}?tag=1",
            }
            for rate, size in sizes
        ]
        playlist = {"content_type": "application/x-mpegURL", "url": f"{place}/pl/list.m3u8?tag=1"}
        return [playlist, *films]

    def looked_up(self, fields: set[str]) -> Json:
        """As the look-up tells of it: https://docs.x.com/x-api/fundamentals/data-dictionary"""
        told: Json = {"media_key": self.key, "type": self.kind}
        more: Json = {"width": 1280, "height": 720}
        if self.kind == "photo":
            more["url"] = self.link
        else:
            more |= {"preview_image_url": self.link, "variants": self.variants}
        return told | {name: value for name, value in more.items() if name in fields}

    def called(self, short: str) -> Json:
        """As webhooks tell of it, in the form of version 1.1."""
        media: Json = {
            "id": int(self.id),
            "id_str": self.id,
            "indices": [0, len(short)],
            "media_url": self.link,
            "media_url_https": self.link,
            "url": short,
            "display_url": f"pic.twitter.com/{short.rpartition('/')[2]}",
            "expanded_url": page_of(self.message),
            "type": self.kind,
            "sizes": {"large": {"w": 1280, "h": 720, "resize": "fit"}},
        }
        if self.kind != "photo":
            media["video_info"] = {"variants": [older(one) for one in self.variants]}
        return {"type": "media", "media": media}


def older(variant: Json) -> Json:
    """Version 1.1 writes `bitrate`."""
    return {("bitrate" if name == "bit_rate" else name): value for name, value in variant.items()}


def page_of(message: str) -> str:
    return f"https://twitter.com/messages/media/{message}"


class Files:
    """By message and id, as their addresses have them."""

    def __init__(self) -> None:
        self._files: dict[str, File] = {}

    def add(self, file: File) -> File:
        self._files[file.id] = file
        return file

    def get(self, id: str) -> File | None:
        return self._files.get(id)

    def find(self, message: str, id: str, name: str) -> File | None:
        file = self._files.get(id)
        return file if file and (file.message, file.name) == (message, name) else None

    def remove(self, id: str) -> None:
        """X no longer has it."""
        self._files.pop(id, None)
