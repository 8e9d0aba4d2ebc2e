"""A real Dovecot for tests: a mailbox server of our own on loopback, as whoever runs the tests."""

import grp
import imaplib
import os
import pwd
import re
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import trustme

PASSWORD = "CANARY-password"
PATIENCE = 20.0
PLACES = ("dovecot", "/usr/sbin/dovecot", "/usr/local/sbin/dovecot")
UNPRIVILEGED = "nobody"

CONFIG = """
base_dir = {folder}/run
state_dir = {folder}/run
log_path = {folder}/log
protocols = imap
listen = 127.0.0.1
ssl = yes
ssl_cert = <{folder}/cert.pem
ssl_key = <{folder}/key.pem
default_login_user = {user}
default_internal_user = {user}
default_internal_group = {group}
service imap-login {{
  chroot =
  inet_listener imap {{
    port = {port}
  }}
  inet_listener imaps {{
    port = {tls_port}
    ssl = yes
  }}
}}
auth_failure_delay = 0
service anvil {{
  chroot =
  unix_listener anvil-auth-penalty {{
    mode = 0
  }}
}}
{passdb}
userdb {{
  driver = static
  args = uid={uid} gid={gid} home={folder}/mail/%u
}}
mail_location = maildir:{folder}/mail/%u
first_valid_uid = 1
mail_max_userip_connections = 1000
mailbox_list_index = no
imap_capability = {capability}
mail_fsync = never
disable_plaintext_auth = no
"""


BY_PASSWORD = """passdb {{
  driver = static
  mechanisms = plain login
  args = password={password}
}}"""
BY_TOKEN = """auth_mechanisms = plain xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {folder}/oauth2.conf
}}
"""
TOKENS = """tokeninfo_url = {url}
username_attribute = email
"""


def find_dovecot() -> str | None:
    return next((found for place in PLACES if (found := shutil.which(place))), None)


@dataclass
class Dovecot:
    port: int
    tls_port: int
    ca: Path
    folder: Path
    process: subprocess.Popen[bytes]

    def url(self, *, tls: bool = False, port: int = 0) -> str:
        scheme, own = ("imaps", self.tls_port) if tls else ("imap", self.port)
        return f"{scheme}://127.0.0.1:{port or own}"

    @contextmanager
    def logged_in(self, user: str) -> Iterator[imaplib.IMAP4]:
        """As somebody else who uses the mailbox."""
        client = imaplib.IMAP4("127.0.0.1", self.port, timeout=PATIENCE)
        try:
            client.login(user, PASSWORD)
            client.select("INBOX")
            yield client
        finally:
            client.shutdown()

    def put(self, user: str, *letters: bytes, flags: str = "", when: float | None = None) -> None:
        with self.logged_in(user) as client:
            for letter in letters:
                date = imaplib.Time2Internaldate(when) if when else ""
                status, told = client.append("INBOX", flags, date, letter)
                assert status == "OK", told

    def flags(self, user: str) -> list[str]:
        with self.logged_in(user) as client:
            told = client.uid("FETCH", "1:*", "(FLAGS)")[1]
        return [line.decode() for line in told if isinstance(line, bytes)]

    def number_anew(self, user: str) -> None:
        """As after a restored backup: another UIDVALIDITY, other UIDs, the same flags."""
        with self.logged_in(user) as client:
            client.check()
            client.close()
        folder = self.folder / "mail" / user
        for path in folder.glob("dovecot.*"):
            path.unlink()
        listed = folder / "dovecot-uidlist"
        number = re.search(r" V(\d+)", listed.read_text())
        assert number  # in seconds: left to itself it might be the same again
        listed.write_text(f"3 V{int(number[1]) + 1000} N1\n")


@contextmanager
def dovecot(capability: str = "", tokens: str = "") -> Iterator[Dovecot]:
    """Without root it runs as we do; root gives it to an account without rights. It takes the
    password, and tokens if `tokens` is where it is told whose they are.
    """
    root = os.getuid() == 0
    account = pwd.getpwnam(UNPRIVILEGED) if root else pwd.getpwuid(os.getuid())
    folder = Path(tempfile.mkdtemp(prefix="dovecot"))  # short: its sockets' paths are limited
    try:
        ca = certify(folder)
        port, tls_port = free_ports()
        config = CONFIG.format(
            folder=folder,
            user=account.pw_name,
            group=grp.getgrgid(account.pw_gid).gr_name,
            uid=account.pw_uid,
            gid=account.pw_gid,
            port=port,
            tls_port=tls_port,
            passdb=(BY_TOKEN * bool(tokens) + BY_PASSWORD).format(folder=folder, password=PASSWORD),
            capability=capability,
        )
        (folder / "oauth2.conf").write_text(TOKENS.format(url=tokens))
        (folder / "dovecot.conf").write_text(config)
        if root:
            for path in (folder, *folder.iterdir()):
                os.chown(path, account.pw_uid, account.pw_gid)
        rights: dict[str, Any] = {"extra_groups": [], "group": account.pw_gid}
        process = subprocess.Popen(
            [find_dovecot() or "dovecot", "-F", "-c", str(folder / "dovecot.conf")],
            user=account.pw_uid if root else None,
            **(rights if root else {}),
        )
        try:
            wait_for(port, process, folder / "log")
            yield Dovecot(port, tls_port, ca, folder, process)
        finally:
            process.send_signal(signal.SIGTERM)
            process.wait(PATIENCE)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def certify(folder: Path) -> Path:
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1", "localhost")
    authority.cert_pem.write_to_path(folder / "ca.pem")
    issued.cert_chain_pems[0].write_to_path(folder / "cert.pem")
    issued.private_key_pem.write_to_path(folder / "key.pem")
    return folder / "ca.pem"


def free_ports() -> tuple[int, int]:
    with closing(socket.socket()) as first, closing(socket.socket()) as second:
        first.bind(("127.0.0.1", 0))
        second.bind(("127.0.0.1", 0))
        return first.getsockname()[1], second.getsockname()[1]


def wait_for(port: int, process: subprocess.Popen[bytes], log: Path) -> None:
    """Until it greets."""
    end = time.monotonic() + PATIENCE
    while True:
        try:
            with closing(socket.create_connection(("127.0.0.1", port), 1)) as connection:
                if connection.recv(4) == b"* OK":
                    return
        except OSError:
            pass
        if process.poll() is not None or time.monotonic() > end:
            raise RuntimeError(log.read_text() if log.exists() else "Dovecot did not start")
        time.sleep(0.02)
