"""OAuth 1.0a in user context: a header that proves, for one call, that we may make it.

https://docs.x.com/fundamentals/authentication/oauth-1-0a/creating-a-signature
"""

from base64 import b64encode
from urllib.parse import quote_plus

from oauthlib.oauth1 import Client
from pydantic import SecretStr

from core.settings import Wrong, X


class Keys:
    """The app's and the account's. Shows nothing of them."""

    def __init__(self, settings: X) -> None:
        """Raises `Wrong` when one is missing."""
        self._consumer = (
            known(settings.consumer_key, "CONSUMER_KEY"),
            known(settings.consumer_secret, "CONSUMER_SECRET"),
        )
        self._access = (
            known(settings.access_token, "ACCESS_TOKEN"),
            known(settings.access_secret, "ACCESS_SECRET"),
        )

    def sign(self, method: str, url: str) -> dict[str, str]:
        """The header for a call whose parameters all stand in its URL: neither JSON nor multipart
        bodies are signed. Raises `ValueError` for a URL that cannot be.
        """
        secrets = (one.get_secret_value() for one in (*self._consumer, *self._access))
        _, headers, _ = Client(*secrets).sign(url, method)
        return {"Authorization": str(headers["Authorization"])}

    def introduce(self) -> dict[str, str]:
        """The app itself, to whoever gives tokens for it:
        https://docs.x.com/fundamentals/authentication/oauth-2-0/application-only
        """
        return basic(*(one.get_secret_value() for one in self._consumer))

    @property
    def consumer_secret(self) -> SecretStr:
        return self._consumer[1]


def basic(name: str, secret: str) -> dict[str, str]:
    pair = f"{quote_plus(name)}:{quote_plus(secret)}"
    return {"Authorization": f"Basic {b64encode(pair.encode()).decode()}"}


def known(key: SecretStr | None, name: str) -> SecretStr:
    if key is None or not key.get_secret_value():
        raise Wrong(f"FRONTDESK_X__{name}: it is not set")
    return key
