"""Pure: the pictures, videos and GIFs in a message, and the links that X puts into its words.

A handle is `{message} {url}`: what there is to know for fetching the file, and no secret.
"""

import re
from pathlib import PurePosixPath
from urllib.parse import urlsplit

from bots.twitter.shape import Json, as_dict, as_list, line, number
from core.messages import Attachment

KINDS = {"photo": "photo", "video": "video", "animated_gif": "animation"}
TYPES = {
    ".jpg": "image/jpeg",
    ".jpeg": "image/jpeg",
    ".png": "image/png",
    ".webp": "image/webp",
    ".gif": "image/gif",
    ".mp4": "video/mp4",
    ".mov": "video/quicktime",
}
SHORT = re.compile(r"https://t\.co/\w+")
ITS_FILE = re.compile(r"https://(?:www\.)?(?:twitter|x)\.com/messages/media/")
AS_IT_IS = re.compile(r"[<>]|&(?!(?:amp|lt|gt);)")
LAST_LINK = re.compile(r"\s*https://t\.co/\w+\s*\Z")


def looked_up(message: str, event: Json, includes: Json) -> tuple[Attachment, ...]:
    told = {line(one.get("media_key")): one for one in map(as_dict, as_list(includes.get("media")))}
    keys = map(line, as_list(as_dict(event.get("attachments")).get("media_keys")))
    return tuple(to_attachment(message, told.get(key, {}), key) for key in keys if key)


def called(message: str, data: Json) -> tuple[Attachment, ...]:
    media = as_dict(as_dict(data.get("attachment")).get("media"))
    if not media:
        return ()
    media = media | {"variants": as_dict(media.get("video_info")).get("variants")}
    return (to_attachment(message, media, number(media.get("id"))),)


def to_attachment(message: str, media: Json, key: str) -> Attachment:
    """X tells neither a name nor a size. Of a file without a link no more is known than that it
    is there.
    """
    variant = best(media.get("variants"))
    link = line(variant.get("url") or media.get("media_url_https") or media.get("url"))
    name = name_in(link)
    media_type = line(variant.get("content_type")) or TYPES.get(PurePosixPath(name).suffix, "")
    kind = KINDS.get(line(media.get("type")), "file")
    return Attachment(f"{message} {link or key}", kind, name, media_type)


def best(variants: object) -> Json:
    """Of a video's versions the finest; playlists are no file."""
    files = [
        one
        for one in map(as_dict, as_list(variants))
        if line(one.get("content_type")).startswith("video/") and line(one.get("url"))
    ]
    return max(files, key=bit_rate, default={})


def bit_rate(variant: Json) -> int:
    told = variant.get("bit_rate", variant.get("bitrate"))
    return told if type(told) is int else 0


def name_in(link: str) -> str:
    try:
        return PurePosixPath(urlsplit(link).path).name
    except ValueError:
        return ""


def without_links(text: object, entities: object, has_file: bool) -> str:
    """The words as they were written: X shortens each link, and adds one for the file. Where it
    does not say what a link stands for, the last one is the file's.
    """
    words = unescaped(line(text))
    links = [as_dict(one) for one in as_list(as_dict(entities).get("urls"))]
    meant = {line(one.get("url")): line(one.get("expanded_url")) for one in links}
    if has_file and not any(ITS_FILE.match(link) for link in meant.values()):
        words = LAST_LINK.sub("", words)
    return SHORT.sub(lambda link: expand(link[0], meant), words).strip() if links else words


def as_shown(text: object, has_file: bool) -> str:
    """The words with X's short links in them, but for the one of the file, which stands last."""
    words = unescaped(line(text))
    return LAST_LINK.sub("", words) if has_file else words


def unescaped(text: str) -> str:
    """X writes three signs as HTML does, and no others. Where one of them stands as it is, nothing
    was written so.
    """
    if AS_IT_IS.search(text):
        return text
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def expand(short: str, meant: dict[str, str]) -> str:
    long = meant.get(short) or short
    return "" if ITS_FILE.match(long) else long
