"""The way into the imitation from another process: JSON under /control/, as discord.py tells."""

import dataclasses
import json
from collections import Counter
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.fakes.discord_calls import Json
from tests.fakes.discord_door import Door
from tests.fakes.discord_driver import Backlog, Drive
from tests.fakes.discord_gateway import Gateway
from tests.fakes.discord_interactions import RESPONSE_WINDOW
from tests.fakes.discord_people import Crowd
from tests.fakes.discord_spec import Inspector
from tests.fakes.discord_world import World

PREFIX = "/control/"
TROUBLES = ("reconnect", "invalidate", "freeze", "close", "drop", "forget", "shut", "open")
"""Those of the gateway that can be ordered."""


class Control:
    """Wrong input is answered with 400 and the reason."""

    def __init__(
        self, world: World, crowd: Crowd, door: Door, gateway: Gateway, inspector: Inspector
    ) -> None:
        self._world = world
        self._crowd = crowd
        self._door = door
        self._gateway = gateway
        self._inspector = inspector
        self._orders: dict[tuple[str, str], Callable[[Any], Awaitable[Json]]] = {
            ("POST", "say"): self.say,
            ("POST", "press"): self.press,
            ("POST", "gateway"): self.trouble,
            ("POST", "clock"): self.advance,
            ("POST", "faults"): self.add_fault,
            ("DELETE", "faults"): self.clear_faults,
            ("POST", "limits"): self.limit,
            ("POST", "drive"): self.drive,
            ("POST", "backlog"): self.backlog,
            ("POST", "report"): self.report,
            ("GET", "ledger"): self.ledger,
            ("GET", "history"): self.history,
            ("GET", "stats"): self.stats,
            ("GET", "wait"): self.wait,
            ("GET", "violations"): self.violations,
        }

    async def answer(self, request: web.BaseRequest) -> web.Response:
        order = self._orders.get((request.method, request.path.removeprefix(PREFIX)))
        if order is None:
            return web.json_response({"error": "no such order"}, status=404)
        body = await request.read()
        try:
            return web.json_response(await order(json.loads(body) if body else dict(request.query)))
        except (ValueError, TypeError, LookupError) as error:
            return web.json_response({"error": str(error)}, status=400)
        except TimeoutError:
            return web.json_response({"error": "it did not happen in time"}, status=504)

    async def say(self, messages: list[Json]) -> Json:
        said = []
        for item in messages:
            locale = item.get("locale", "en-US")
            person = self._crowd.person(item["chat"], f"Person {item['chat']}", locale)
            said.append((await person.says(item["text"]))["id"])
        return {"messages": said}

    async def press(self, fields: Json) -> Json:
        """On the newest button of this label that somebody was shown; tells whether the bot
        answered in time.
        """
        person = self._crowd.person(fields["chat"])
        interaction = await person.presses(fields["button"])
        try:
            await interaction.answered(fields.get("timeout", RESPONSE_WINDOW))
        except TimeoutError:
            return {"interaction": str(interaction.id), "answered": False}
        return {"interaction": str(interaction.id), "answered": True}

    async def trouble(self, fields: Json) -> Json:
        """Its name in `do`, and what it takes."""
        name = fields.pop("do")
        if name not in TROUBLES:
            raise ValueError(f"{name!r} is none of {', '.join(TROUBLES)}")
        done = getattr(self._gateway, name)(**fields)
        if done is not None:
            await done
        return await self.stats({})

    async def advance(self, fields: Json) -> Json:
        self._world.clock.advance(fields["seconds"])
        return {"now": self._world.clock.now()}

    async def add_fault(self, fields: Json) -> Json:
        return dataclasses.asdict(self._door.faults.add(**fields))

    async def clear_faults(self, _: Json) -> Json:
        self._door.faults.clear()
        return {}

    async def limit(self, limits: Json) -> Json:
        """The real ones, or with `per_second` another one for all; with `off` none."""
        if limits.pop("off", False):
            self._door.limits.clear()
        else:
            self._door.limits.set(**limits)
        return limits

    async def drive(self, fields: Json) -> Json:
        return await Drive(**fields).run(self._crowd)

    async def backlog(self, fields: Json) -> Json:
        return await Backlog(**fields).run(self._crowd)

    async def ledger(self, query: Json) -> Json:
        sent = self._world.ledger[int(query.get("since", 0)) :]
        return {"next": len(self._world.ledger), "sent": [dataclasses.asdict(one) for one in sent]}

    async def report(self, wanted: Json) -> Json:
        """Of the texts or nonces that should have been sent, once each: what is lost, what came
        more often, and how much came that nobody wanted.
        """
        [(field, values)] = [(name.removesuffix("s"), wanted[name]) for name in wanted]
        came = Counter(getattr(sent, field) for sent in self._world.ledger)
        return {
            "sends": sum(came.values()),
            "lost": [value for value in values if not came[value]],
            "duplicates": {value: came[value] for value in values if came[value] > 1},
            "others": sum(came.values()) - sum(came[value] for value in set(values)),
        }

    async def history(self, query: Json) -> Json:
        """What stands in somebody's private channel, oldest first."""
        channel = self._crowd.person(int(query["chat"])).dm
        return {"messages": list(channel.messages.values())}

    async def stats(self, _: Json) -> Json:
        limits = self._door.limits
        return {
            "connected": self._gateway.ready,
            "identifies": self._gateway.identifies,
            "resumes": self._gateway.resumes,
            "sends": len(self._world.ledger),
            "faults_struck": self._door.faults.struck,
            "refused_by_limits": limits.refused,
            "early_calls": limits.early,
            "invalid_calls": limits.count_invalid(),
            "violations": len(self._inspector.violations),
        }

    async def wait(self, query: Json) -> Json:
        """Until `sends` are in the ledger, the bot has resumed `resumes` times, and, with
        `connected`, is told what happens.
        """
        sends, resumes = int(query.get("sends", 0)), int(query.get("resumes", 0))
        connected = "connected" in query
        await self._world.bell.until(
            lambda: (
                len(self._world.ledger) >= sends
                and self._gateway.resumes >= resumes
                and (self._gateway.ready or not connected)
            ),
            float(query.get("timeout", 60)),
        )
        return await self.stats({})

    async def violations(self, _: Json) -> Json:
        return {"report": self._inspector.report(), "violations": self._inspector.violations}
