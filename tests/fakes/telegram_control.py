"""The way into the imitation from another process: JSON under /control/, as telegram.py tells."""

import dataclasses
import json
import math
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from tests.fakes.telegram_calls import Json
from tests.fakes.telegram_driver import Backlog, Drive
from tests.fakes.telegram_faults import Pace
from tests.fakes.telegram_people import Crowd
from tests.fakes.telegram_spec import Inspector
from tests.fakes.telegram_world import World

PREFIX = "/control/"


class Control:
    """Wrong input is answered with 400 and the reason."""

    def __init__(self, world: World, crowd: Crowd, inspector: Inspector) -> None:
        self._world = world
        self._crowd = crowd
        self._inspector = inspector
        self._orders: dict[tuple[str, str], Callable[[Any], Awaitable[Json]]] = {
            ("POST", "say"): self.say,
            ("POST", "faults"): self.add_fault,
            ("DELETE", "faults"): self.clear_faults,
            ("POST", "limits"): self.limit,
            ("POST", "drive"): self.drive,
            ("POST", "backlog"): self.backlog,
            ("GET", "ledger"): self.ledger,
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
            language = item.get("language_code", "en")
            person = self._crowd.person(item["chat"], f"Person {item['chat']}", language)
            said.append((await person.says(item["text"]))["message_id"])
        return {"messages": said}

    async def add_fault(self, fields: Json) -> Json:
        return dataclasses.asdict(self._world.faults.add(**fields))

    async def clear_faults(self, _: Json) -> Json:
        self._world.faults.clear()
        return {}

    async def limit(self, limits: Json) -> Json:
        """Infinity has no JSON: what is left out or null is off."""
        given: dict[str, Any] = {
            name: math.inf if value is None else value for name, value in limits.items()
        }
        self._world.pace = Pace(**given)
        return limits

    async def drive(self, fields: Json) -> Json:
        return await Drive(**fields).run(self._crowd)

    async def backlog(self, fields: Json) -> Json:
        return await Backlog(**fields).run(self._crowd)

    async def ledger(self, query: Json) -> Json:
        sent = self._world.ledger[int(query.get("since", 0)) :]
        return {"next": len(self._world.ledger), "sent": [dataclasses.asdict(one) for one in sent]}

    async def stats(self, _: Json) -> Json:
        return {
            "confirmed": self._world.updates.confirmed,
            "polls": self._world.updates.polls,
            "pending": len(self._world.updates.pending),
            "next_update_id": self._world.updates.next_id,
            "sends": len(self._world.ledger),
            "faults_struck": self._world.faults.struck,
            "refused_by_limits": self._world.pace.refused,
            "violations": len(self._inspector.violations),
        }

    async def wait(self, query: Json) -> Json:
        """Until `sends` are in the ledger and at most `pending` updates are left."""
        sends, pending = int(query.get("sends", 0)), float(query.get("pending", "inf"))
        world = self._world
        await world.bell.until(
            lambda: len(world.ledger) >= sends and len(world.updates.pending) <= pending,
            float(query.get("timeout", 60)),
        )
        return await self.stats({})

    async def violations(self, _: Json) -> Json:
        return {"report": self._inspector.report(), "violations": self._inspector.violations}
