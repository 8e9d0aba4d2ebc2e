"""X's names on loopback, under certificates of an authority of our own."""

import socket
import ssl
from pathlib import Path

import aiohttp
import trustme
from aiohttp.abc import AbstractResolver, ResolveResult

API_HOSTS = ("api.x.com", "api.twitter.com")
TON_HOSTS = ("ton.twitter.com", "ton.x.com")
FILE_HOSTS = ("pbs.twimg.com", "video.twimg.com")
HERE = ("localhost", "127.0.0.1")


class Authority:
    """Vouches for X's names and for this machine."""

    def __init__(self) -> None:
        self._authority = trustme.CA()
        self._leaf = self._authority.issue_cert(*API_HOSTS, *TON_HOSTS, *FILE_HOSTS, *HERE)

    def server_context(self) -> ssl.SSLContext:
        context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
        self._leaf.configure_cert(context)
        return context

    def client_context(self) -> ssl.SSLContext:
        """Trusts this authority and no other."""
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        self._authority.configure_trust(context)
        return context

    def write(self, path: Path) -> None:
        """For another process: with SSL_CERT_FILE=path it trusts this authority alone."""
        self._authority.cert_pem.write_to_path(str(path))


class ToLoopback(AbstractResolver):
    """Every name leads to one port here."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def resolve(self, host: str, *_: object, **__: object) -> list[ResolveResult]:
        return [
            ResolveResult(
                hostname=host,
                host="127.0.0.1",
                port=self._port,
                family=socket.AF_INET,
                proto=0,
                flags=0,
            )
        ]

    async def close(self) -> None:
        """Nothing to let go."""


def connector_to(port: int, authority: Authority) -> aiohttp.TCPConnector:
    return aiohttp.TCPConnector(resolver=ToLoopback(port), ssl=authority.client_context())
