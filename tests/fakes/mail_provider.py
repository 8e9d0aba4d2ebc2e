"""A provider that takes no passwords: it gives tokens, and tells a mail server whose they are."""

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

REFRESH, SECRET = "CANARY-refresh-0", "CANARY-client-secret"


@dataclass
class Provider:
    """`user` is whom its tokens are for; `answers` are what the next askers are told instead."""

    user: str = ""
    port: int = 0
    rotates: bool = True
    """Each renewal gives another refresh token, and the one before is worth nothing."""
    asked: list[dict[str, str]] = field(default_factory=list)
    answers: list[tuple[int, bytes]] = field(default_factory=list)
    refresh: str = REFRESH
    good: dict[str, str] = field(default_factory=dict)
    """By token, whose it is."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/token"

    @property
    def info_url(self) -> str:
        return f"http://127.0.0.1:{self.port}/info?token="

    def take_back(self) -> None:
        """What was given so far, before its time."""
        self.good.clear()

    def give(self, fields: dict[str, str]) -> tuple[int, bytes]:
        self.asked.append(fields)
        if self.answers:
            return self.answers.pop(0)
        own_right = fields.get("grant_type") == "client_credentials"
        proof = (
            fields.get("client_secret") == SECRET
            if own_right
            else (fields.get("refresh_token") == self.refresh)
        )
        if not proof:
            return 400, b'{"error": "invalid_grant"}'
        token = f"CANARY-access-{len(self.asked)}"
        self.good[token] = self.user
        told: dict[str, Any] = {"access_token": token, "token_type": "Bearer", "expires_in": 3600}
        if self.rotates and not own_right:
            self.refresh = told["refresh_token"] = f"CANARY-refresh-{len(self.asked)}"
        return 200, json.dumps(told).encode()

    def tell(self, token: str) -> tuple[int, bytes]:
        if token not in self.good:
            return 400, b'{"error": "invalid_token"}'
        return 200, json.dumps({"email": self.good[token], "active": True}).encode()


@contextmanager
def provider() -> Iterator[Provider]:
    told = Provider()

    class Door(BaseHTTPRequestHandler):
        def do_POST(self) -> None:  # the library's name
            body = self.rfile.read(int(self.headers["Content-Length"]))
            self._answer(*told.give(dict(parse_qsl(body.decode()))))

        def do_GET(self) -> None:  # the library's name
            self._answer(*told.tell(dict(parse_qsl(urlsplit(self.path).query)).get("token", "")))

        def _answer(self, status: int, body: bytes) -> None:
            self.send_response(status)
            self.send_header("Content-Type", "application/json")
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_: object) -> None:
            """It has nothing to say."""

    server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
    told.port = server.server_address[1]
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield told
    finally:
        server.shutdown()
        thread.join()
        server.server_close()
