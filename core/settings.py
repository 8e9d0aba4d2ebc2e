"""What an operator can set: one frozen tree, read once at start, from the environment and
frontdesk.toml.
"""

import re
from pathlib import Path
from typing import Literal

from pydantic import (
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_core import ErrorDetails
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)
from sqlalchemy import make_url
from sqlalchemy.exc import ArgumentError

ROOT = Path(__file__).parent.parent
KINDS_OF_DATABASE = ("sqlite", "postgresql", "postgresql+psycopg")


class Wrong(Exception):
    """A setting that cannot be used; the words name it and say what it should be."""


class Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Telegram(Part):
    token: SecretStr | None = None
    api_url: str = "https://api.telegram.org"
    webhook_secret: SecretStr | None = Field(default=None, min_length=16, max_length=256)
    per_second: float = Field(default=30.0, gt=0)
    paid_per_second: float = Field(default=0.0, ge=0, le=1000)
    """Sends a second in all, where those above `per_second` are paid for in Stars; 0: none are."""
    per_chat: float = Field(default=1.0, ge=0)
    per_group_minute: int = Field(default=20, ge=0)
    staff_chat: str = Field(default="", pattern=r"^(-\d+)?$")
    """A group with topics, of which each ticket gets one: all its members read them."""
    news_chat: str = Field(default="", pattern=r"^(-\d+|@\w+)?$")
    """A channel in which news is published."""

    @field_validator("webhook_secret")
    @classmethod
    def check_alphabet(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret and not re.fullmatch(r"[A-Za-z0-9_-]+", secret.get_secret_value()):
            raise ValueError("only the letters A to Z, digits, _ and - may stand in it")
        return secret

    @model_validator(mode="after")
    def check_paid(self) -> "Telegram":
        if 0 < self.paid_per_second <= self.per_second:
            raise ValueError("paid_per_second must be above per_second, or 0")
        return self


class Discord(Part):
    token: SecretStr | None = None
    api_url: str = Field(default="https://discord.com/api/v10", pattern=r"^https?://\S+$")
    gateway_url: str = Field(default="", pattern=r"^(wss?://\S+)?$")
    guild: str = Field(default="", pattern=r"^\d*$")
    """The only server in which the commands are shown; everywhere without it."""
    mentions: bool = False
    """Answer where the bot is mentioned in a server: needs Discord's “Message Content Intent”."""
    shard_count: int = Field(default=0, ge=0)
    """How many processes or connections share the servers; 0: one connection."""
    shard_ids: tuple[int, ...] = ()
    """Which of the shards are this process's; all without it."""
    per_second: float = Field(default=45.0, gt=0)
    per_address: float = Field(default=1.0, ge=0)
    file_limit: int = Field(default=25_000_000, gt=0)
    """The largest file that is fetched, in bytes."""
    staff_channel: str = Field(default="", pattern=r"^\d*$")
    """A forum or text channel, in which each ticket gets a thread: all who see it read them."""
    news_channel: str = Field(default="", pattern=r"^\d*$")
    """A channel in which news is published."""

    @model_validator(mode="after")
    def check_shards(self) -> "Discord":
        if any(not 0 <= shard < max(self.shard_count, 1) for shard in self.shard_ids):
            raise ValueError("shard_ids must be 0 to shard_count - 1")
        return self


class X(Part):
    consumer_key: SecretStr | None = None
    """The four of OAuth 1.0a: with them the desk's account on X is at work."""
    consumer_secret: SecretStr | None = None
    access_token: SecretStr | None = None
    access_secret: SecretStr | None = None
    client_id: str = ""
    """Of OAuth 2.0, which X asks for the pictures and videos in messages; its token is renewed and
    kept in the data folder.
    """
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    api_url: str = Field(default="https://api.x.com", pattern=r"^https?://\S+$")
    webhook: bool = False
    """X calls `{web.public_url}/x`; without it the desk asks X, as often as X allows."""
    per_quarter_hour: int = Field(default=15, ge=1)
    per_day: int = Field(default=1440, ge=1)
    news: bool = False
    """News is posted by the desk's account, for everybody to read."""
    reads_per_quarter_hour: int = Field(default=15, ge=1)

    @model_validator(mode="after")
    def check_keys(self) -> "X":
        keys = (self.consumer_key, self.consumer_secret, self.access_token, self.access_secret)
        if any(keys) and not all(keys):
            raise ValueError("consumer_* and access_* are four settings that go together")
        return self


class Email(Part):
    address: str = Field(default="", pattern=r"^([^@\s]+@[^@\s]+)?$")
    """Where people write to: the desk's own mailbox, with nobody else's letters in it."""
    password: SecretStr | None = None
    imap_url: str = Field(default="", pattern=r"^(imaps?://\S+)?$")
    """`imaps://user@host:993/INBOX`; the user is the address if none stands there."""
    smtp_url: str = Field(default="", pattern=r"^(smtps?://\S+)?$")
    """`smtps://user@host:465`, or `smtp://user@host:587`, which begins TLS where it is offered."""
    client_id: str = ""
    """Of OAuth 2.0, where the provider takes no password: see docs/email.md. The right to the
    mailbox comes from `token_url`, is renewed there, and kept in the data folder.
    """
    client_secret: SecretStr | None = None
    refresh_token: SecretStr | None = None
    token_url: str = Field(
        default="", pattern=r"^(https://\S+|http://(127\.0\.0\.1|localhost)\S*)?$"
    )
    token_scope: str = ""
    """Scopes with blanks between them, where the provider wants to be told."""
    signing_key: SecretStr | None = Field(default=None, min_length=32)
    """Proves that a reply answers a letter of ours; made and kept in the data folder without it."""
    every: float = Field(default=30.0, gt=0)
    """Seconds between two looks where the server cannot tell of new letters by itself."""

    @model_validator(mode="after")
    def check_servers(self) -> "Email":
        if self.address and not (self.imap_url and self.smtp_url):
            raise ValueError("address, imap_url and smtp_url go together")
        return self

    @model_validator(mode="after")
    def check_login(self) -> "Email":
        if self.client_id and self.password:
            raise ValueError("password and client_id are two ways to log in: set one of them")
        if bool(self.client_id) != bool(self.token_url):
            raise ValueError("client_id and token_url go together")
        if self.client_id and not (self.refresh_token or self.client_secret):
            raise ValueError("client_id needs a refresh_token, or a client_secret of its own right")
        return self


class Web(Part):
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=0, le=65535)
    public_url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    metrics: bool = False
    """`/metrics` and `/health` are served also where no platform calls us."""
    files: bool = False
    """Files that a platform does not take are given out by links below `public_url`."""

    @model_validator(mode="after")
    def check_links(self) -> "Web":
        if self.files and not self.public_url.startswith("https://"):
            raise ValueError("files needs public_url, the https:// address of this desk")
        return self


class Faq(Part):
    answer: float = Field(default=0.7, gt=0, lt=1)
    """From this confidence on the desk answers."""
    suggest: float = Field(default=0.3, gt=0, lt=1)
    """From this confidence on it suggests; below, it says that it does not know."""
    together: float = Field(default=0.5, gt=0, lt=1)
    """It suggests also when the five best come to this together."""
    encoder: str = Field(
        default="bundled", pattern=r"^(bundled|none|english(:.+)?|sentence-transformers:\S+)$"
    )
    """What tells meaning: the one that comes with the desk, with one of English at its side, none,
    or a model by name."""

    @model_validator(mode="after")
    def check_order(self) -> "Faq":
        if self.suggest >= self.answer:
            raise ValueError("suggest must be below answer")
        return self


class Settings(BaseSettings):
    """The environment wins over frontdesk.toml in the working directory, which wins over the
    defaults.
    """

    model_config = SettingsConfigDict(
        env_prefix="FRONTDESK_",
        env_nested_delimiter="__",
        toml_file="frontdesk.toml",
        frozen=True,
        extra="forbid",
        env_ignore_empty=True,
    )

    data: Path = Path("data")
    database_url: SecretStr | None = None
    files_url: SecretStr | None = None
    pack: Path = ROOT / "packs" / "creator-platform"
    log_level: Literal["debug", "info", "warning", "error"] = "info"
    messages_per_minute: int = Field(default=30, ge=1)
    """What one address may write and still be answered."""
    terminal: bool = False
    """Run without any platform, for `frontdesk chat` alone."""
    telegram: Telegram = Telegram()
    discord: Discord = Discord()
    x: X = X()
    email: Email = Email()
    web: Web = Web()
    faq: Faq = Faq()

    @field_validator("database_url")
    @classmethod
    def check_database(cls, url: SecretStr | None) -> SecretStr | None:
        if url and kind_of_database(url.get_secret_value()) not in KINDS_OF_DATABASE:
            raise ValueError("should be postgresql://user:password@host/name or sqlite:///file")
        return url

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # asked by pydantic-settings
        file_secret_settings: PydanticBaseSettingsSource,  # noqa: ARG003  # the same
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return init_settings, env_settings, TomlConfigSettingsSource(settings_cls)

    @property
    def database(self) -> str:
        """The database's URL as SQLAlchemy takes it. Holds a password: never show it."""
        if self.database_url is None:
            return f"sqlite:///{self.data / 'frontdesk.db'}"
        url = self.database_url.get_secret_value()
        return url.replace("postgresql://", "postgresql+psycopg://", 1)

    @property
    def files(self) -> str:
        """Where evidence lies: a folder's path or an `s3://bucket/prefix`."""
        return self.files_url.get_secret_value() if self.files_url else str(self.data / "files")


def read_settings() -> Settings:
    """Raises `Wrong`, naming each bad setting as the operator wrote it."""
    try:
        return Settings()
    except ValidationError as error:
        raise Wrong("\n".join(map(explain, error.errors()))) from None
    except ValueError as error:  # frontdesk.toml is not TOML
        raise Wrong(f"frontdesk.toml cannot be read: {error}") from None


def kind_of_database(url: str) -> str:
    try:
        return make_url(url).drivername
    except (ArgumentError, ValueError):  # no URL, or a port that is no number
        return ""


def explain(error: ErrorDetails) -> str:
    name = "FRONTDESK_" + "__".join(str(part).upper() for part in error["loc"])
    if error["type"] == "extra_forbidden":
        return f"{name}: there is no such setting; is it mistyped?"
    said = error["msg"].removeprefix("Value error, ").replace("Input should", "should")
    return f"{name}: {said}"
