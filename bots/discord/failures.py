"""What can go wrong on the way to Discord, and what it means for a message.

No failure's words hold the token or anything that a person wrote: Discord's own reasons may quote
what was sent, so only their numbers are shown.
"""

import aiohttp
import discord

from core.adapter import DeliveryError, Refused, Retry

CANNOT_REACH = {
    50007: "this person takes no direct messages from us",
    50278: "this person shares no server with us any more",
    10003: "the channel is gone",
    10013: "the person is gone",
    50001: "we may not see this channel",
    50013: "we may not write in this channel",
}
"""https://docs.discord.com/developers/topics/opcodes-and-status-codes#json"""
CLOSED = (50007, 50278)
EXPIRED = (10015, 50027, 10008)
"""What Discord answers under an interaction's key whose quarter of an hour is over."""
THREAD_EXISTS = 160004
TOKEN_WAIT = 300.0
CLOUDFLARE_WAIT = 60.0
BAD_TOKEN = (
    "Discord does not accept the token. Set FRONTDESK_DISCORD__TOKEN to the token that the "
    "Developer Portal shows for this bot"
)
TROUBLE = (aiohttp.ClientError, OSError, TimeoutError)
"""What the library lets through of the wire's own failures."""


def to_delivery_error(error: Exception) -> DeliveryError:
    """A lost answer may be asked for again: Discord recognises the nonce of an ordinary message,
    and answers to an interaction are put where the first one stands.
    """
    match error:
        case discord.RateLimited():
            return Retry("Discord asked for time", error.retry_after)
        case discord.HTTPException(status=429):
            return Retry("Discord has shut us out for a while", CLOUDFLARE_WAIT, everyone=True)
        case discord.HTTPException(status=401):
            return Retry(BAD_TOKEN, TOKEN_WAIT, everyone=True)
        case discord.HTTPException(code=code) if code in CANNOT_REACH:
            return Refused(CANNOT_REACH[code])
        case discord.HTTPException(status=status) if 400 <= status < 500:
            return Refused(f"Discord refused it (HTTP {status}, code {error.code})", gone=False)
        case discord.HTTPException():
            return Retry(f"Discord is in trouble (HTTP {error.status})")
        case _ if isinstance(error, TROUBLE):
            return Retry(f"Discord could not be reached ({type(error).__name__})")
    raise error


def to_start_error(error: Exception) -> DeliveryError:
    """For calls without which nothing works."""
    if isinstance(error, discord.LoginFailure):
        return Refused(BAD_TOKEN)
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return Refused(
            "Discord does not let this bot read messages in servers. Switch on “Message Content "
            "Intent” for it in the Developer Portal under Bot, or set FRONTDESK_DISCORD__MENTIONS "
            "to false"
        )
    if isinstance(error, discord.ConnectionClosed):
        if error.code == 4004:
            return Refused(BAD_TOKEN)
        return Retry(f"Discord closed the connection (code {error.code})")
    failure = to_delivery_error(error)
    return failure if isinstance(failure, Retry) else Retry(str(failure))
