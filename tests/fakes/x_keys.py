"""Keys of the imitated account and app. None of them is a secret of anybody's."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Keys:
    """`refresh_token` is the first of its chain: each is good for one use."""

    consumer_key: str = "x-consumer-key"
    consumer_secret: str = "x-consumer-secret"
    access_token: str = "100-x-access-token"
    access_secret: str = "x-access-secret"
    client_id: str = "x-client-id"
    client_secret: str = "x-client-secret"
    refresh_token: str = "x-refresh-0"
