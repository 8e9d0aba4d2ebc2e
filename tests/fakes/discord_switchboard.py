"""Who is connected to the gateway: all are told what happens, and get into trouble on order."""

from tests.fakes.discord_calls import Json
from tests.fakes.discord_sessions import Link, Session
from tests.fakes.discord_world import World

RECONNECT, INVALID = 7, 9
FINAL = (4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014)
"""Close codes after which a session cannot be resumed."""


class Switchboard:
    """`resume_window` is for how many seconds a broken session waits. While it is `down`, nobody
    can connect. Of the next events so many as `losing` says are told to nobody, then so many as
    `stuttering` says are told twice: Discord promises neither that an event comes nor that it comes
    once (https://docs.discord.com/developers/reference#consistency).
    """

    def __init__(self, world: World) -> None:
        self.resume_window = 60.0
        self.down = False
        self.losing = 0
        self.stuttering = 0
        self.sessions: dict[str, Session] = {}
        self.links: list[Link] = []
        self._world = world

    @property
    def ready(self) -> bool:
        """Somebody is connected and told what happens."""
        return any(session.link for session in self.sessions.values())

    def reconnect(self) -> None:
        """Asks the bot to connect anew and resume."""
        for link in self.links:
            link.put(RECONNECT)

    def invalidate(self, resumable: bool = False) -> None:
        """Ends the sessions, or lets them be resumed."""
        for link in self.links:
            link.put(INVALID, resumable)
        if not resumable:
            self.forget()

    def freeze(self) -> None:
        """The present connections become zombies: open, but nothing comes any more."""
        for link in self.links:
            link.frozen = True

    async def close(self, code: int) -> None:
        """Closes the present connections; some codes end their sessions."""
        for link in list(self.links):
            link.is_ended_here = True
            if code in FINAL and link.session:
                self.sessions.pop(link.session.id, None)
            await link.socket.close(code=code)

    def drop(self, forget: bool = False) -> None:
        """Cuts the present connections; with `forget` what is missed will never be told again."""
        for link in self.links:
            link.frozen = True
            link.abort()
            self._part(link)
        if forget:
            self.forget()

    def forget(self) -> None:
        """No session can be resumed any more."""
        for link in self.links:
            link.session = None
        self.sessions.clear()

    def shut(self) -> None:
        """Nobody can connect any more; who is connected stays."""
        self.down = True

    def open(self) -> None:
        self.down = False

    def publish(self, event: str, data: Json, guild: int | None) -> bool:
        """Whether a bot is connected that is told of what happens there."""
        if self.losing:
            self.losing -= 1
            return self.ready
        if self.stuttering:
            self.stuttering -= 1
            self._tell(event, data, guild)
        return self._tell(event, data, guild)

    def _tell(self, event: str, data: Json, guild: int | None) -> bool:
        told = False
        for session in list(self.sessions.values()):
            if session.link is None and self.is_over(session):
                del self.sessions[session.id]
            elif session.serves(guild):
                session.tell(event, data, guild)
                told = told or session.link is not None
        return told

    def leave(self, link: Link) -> None:
        """The connection is no more."""
        self.links.remove(link)
        self._part(link)
        if link.session and link.socket.close_code in (1000, 1001) and not link.is_ended_here:
            # The bot said that it is over:
            # https://docs.discord.com/developers/events/gateway#initiating-a-disconnect
            self.sessions.pop(link.session.id, None)
        self._world.bell.ring()

    def _part(self, link: Link) -> None:
        """The session has no connection, until it is resumed on another one."""
        if link.session and link.session.link is link:
            link.session.link = None
            link.session.left_at = self._world.clock.now()

    def is_over(self, session: Session) -> bool:
        left = session.left_at
        return left is not None and self._world.clock.now() - left > self.resume_window
