"""Where a mail server is and who we are there, read from a URL of the settings."""

import ipaddress
from dataclasses import dataclass, field
from urllib.parse import unquote, urlsplit

from core.settings import Wrong

PORTS = {"imap": 143, "imaps": 993, "smtp": 587, "smtps": 465}


@dataclass(frozen=True, slots=True)
class Server:
    host: str
    port: int
    tls: bool
    """From the first byte."""
    user: str
    password: str = field(repr=False)
    folder: str = ""

    @property
    def here(self) -> bool:
        """On this very machine: nobody listens on the way."""
        try:
            return ipaddress.ip_address(self.host).is_loopback
        except ValueError:
            return self.host == "localhost"


def read_server(setting: str, url: str, user: str, password: str) -> Server:
    """`user` stands in where the URL names none. Raises `Wrong`, naming the setting."""
    try:
        read = urlsplit(url)
        port = read.port or PORTS[read.scheme]
    except (ValueError, KeyError):
        raise Wrong(f"{setting}: it should be like imaps://user@host:993") from None
    if read.password:
        raise Wrong(f"{setting}: the password belongs into FRONTDESK_EMAIL__PASSWORD")
    if not read.hostname:
        raise Wrong(f"{setting}: the host's name is missing")
    named = unquote(read.username or user)
    folder = unquote(read.path.strip("/"))
    return Server(read.hostname, port, read.scheme.endswith("s"), named, password, folder)
