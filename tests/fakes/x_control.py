"""The way into the imitation from another process: JSON under /control/, over plain HTTP.

GET    /control/where       url (https://localhost:port), ca (a file), keys, user_id: with
                            SSL_CERT_FILE=ca a desk trusts it, FRONTDESK_X__API_URL=url leads it
POST   /control/say         [{"chat": 7, "text": "..."}]: people say things, in order
POST   /control/backlog     {"messages": 2000, "chats": 32, "texts": [...] or "unique"}: all at
                            once; also first_chat
GET    /control/ledger      ?since=N: sends accepted from number N on, and the next N
POST   /control/report      {"texts": [...]}: which of them are lost, which came more than once,
                            and how many others came
GET    /control/history     ?chat=7: what stands in the conversation with somebody
GET    /control/stats       reads, messages, sends, posts, faults_struck, refused_by_limits,
                            renewals, signatures_refused, told
GET    /control/wait        ?sends=N&reads=N&told=N&timeout=S: the stats, once it is so; else
                            504
POST   /control/faults      the fields of x_faults.Fault; DELETE clears all
POST   /control/limits      {"sends": 15, "sends_a_day": 1440, "reads": 15}, or {"off": true}
POST   /control/clock       {"seconds": 900}: the platform's clock moves on
POST   /control/leads       {"https://desk.example": "http://127.0.0.1:8080"}: where those
                            really are, whose names webhooks have
POST   /control/webhooks    {"signs_with": "consumer", "retries": 0}
"""

import json
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import asdict, dataclass
from types import TracebackType
from typing import Any, Self

from aiohttp import web

from tests.fakes.x_backlog import Backlog
from tests.fakes.x_calling import Calling, Telling
from tests.fakes.x_calls import Json
from tests.fakes.x_clock import stamp
from tests.fakes.x_faults import Faults
from tests.fakes.x_grants import Grants
from tests.fakes.x_limits import Limits
from tests.fakes.x_people import Crowd
from tests.fakes.x_proof import Proof
from tests.fakes.x_world import Message, World, between

LIMITS = ("sends", "sends_a_day", "reads")


@dataclass(frozen=True, slots=True)
class Levers:
    """What can be moved from outside."""

    world: World
    crowd: Crowd
    faults: Faults
    limits: Limits
    grants: Grants
    proof: Proof
    calling: Calling
    telling: Telling
    where: Json


class Control:
    """Wrong input is answered with 400 and the reason."""

    def __init__(self, levers: Levers) -> None:
        self._levers = levers
        self.url = ""
        self._orders: dict[tuple[str, str], Callable[[Any], Awaitable[Json]]] = {
            ("GET", "where"): self.where,
            ("POST", "say"): self.say,
            ("POST", "backlog"): self.backlog,
            ("GET", "ledger"): self.ledger,
            ("POST", "report"): self.report,
            ("GET", "history"): self.history,
            ("GET", "stats"): self.stats,
            ("GET", "wait"): self.wait,
            ("POST", "faults"): self.add_fault,
            ("DELETE", "faults"): self.clear_faults,
            ("POST", "limits"): self.limit,
            ("POST", "clock"): self.advance,
            ("POST", "leads"): self.lead,
            ("POST", "webhooks"): self.set_webhooks,
        }

    async def __aenter__(self) -> Self:
        app = web.Application(client_max_size=50_000_000)
        app.router.add_route("*", "/control/{order}", self.answer)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.01)
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        self.url = f"http://127.0.0.1:{self._runner.addresses[0][1]}"
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        await self._runner.cleanup()

    async def answer(self, request: web.Request) -> web.Response:
        order = self._orders.get((request.method, request.match_info["order"]))
        if order is None:
            return web.json_response({"error": "no such order"}, status=404)
        body = await request.read()
        try:
            return web.json_response(await order(json.loads(body) if body else dict(request.query)))
        except (ValueError, TypeError, LookupError) as error:
            return web.json_response({"error": str(error)}, status=400)
        except TimeoutError:
            return web.json_response({"error": "it did not happen in time"}, status=504)

    async def where(self, _: Json) -> Json:
        return self._levers.where

    async def say(self, messages: list[Json]) -> Json:
        person = self._levers.crowd.person
        said = [(await person(item["chat"]).says(item["text"])).id for item in messages]
        return {"messages": said}

    async def backlog(self, fields: Json) -> Json:
        return await Backlog(**fields).run(self._levers.crowd)

    async def ledger(self, query: Json) -> Json:
        ledger = self._levers.world.ledger
        sent = ledger[int(query.get("since", 0)) :]
        return {"next": len(ledger), "sent": [told(one) for one in sent]}

    async def report(self, asked: Json) -> Json:
        came = Counter(message.text for message in self._levers.world.ledger)
        wanted = set(asked["texts"])
        return {
            "lost": sorted(wanted - came.keys()),
            "repeated": {text: came[text] for text in sorted(wanted) if came[text] > 1},
            "others": sum(count for text, count in came.items() if text not in wanted),
        }

    async def history(self, query: Json) -> Json:
        world = self._levers.world
        conversation = between(world.me.id, query["chat"])
        found = [one for one in world.messages if one.conversation == conversation]
        return {"messages": [told(one) for one in found]}

    async def stats(self, _: Json) -> Json:
        levers = self._levers
        return {
            "reads": levers.world.reads,
            "messages": len(levers.world.messages) - len(levers.world.ledger),
            "sends": len(levers.world.ledger),
            "posts": len(levers.world.posts),
            "faults_struck": levers.faults.struck,
            "refused_by_limits": levers.limits.refused,
            "renewals": levers.grants.renewals,
            "signatures_refused": len(levers.proof.refused),
            "told": levers.telling.told,
        }

    async def wait(self, query: Json) -> Json:
        """Until at least so many of each have been."""
        levers = self._levers
        sends, reads, heard = (int(query.get(name, 0)) for name in ("sends", "reads", "told"))
        await levers.world.bell.until(
            lambda: (
                len(levers.world.ledger) >= sends
                and levers.world.reads >= reads
                and levers.telling.told >= heard
            ),
            float(query.get("timeout", 60)),
        )
        return await self.stats({})

    async def add_fault(self, fields: Json) -> Json:
        return asdict(self._levers.faults.add(**fields))

    async def clear_faults(self, _: Json) -> Json:
        self._levers.faults.clear()
        return {}

    async def limit(self, given: Json) -> Json:
        if unknown := given.keys() - {*LIMITS, "off"}:
            raise ValueError(f"no such limit: {min(unknown)}")
        if given.get("off"):
            self._levers.limits.off()
        for name in given.keys() & set(LIMITS):
            setattr(self._levers.limits, name, given[name])
        return given

    async def advance(self, asked: Json) -> Json:
        self._levers.world.clock.advance(float(asked["seconds"]))
        return {"now": self._levers.world.clock.now()}

    async def lead(self, leads: Json) -> Json:
        self._levers.calling.leads.update(leads)
        return self._levers.calling.leads

    async def set_webhooks(self, asked: Json) -> Json:
        levers = self._levers
        levers.calling.signs_with = asked.get("signs_with", levers.calling.signs_with)
        levers.telling.retries = int(asked.get("retries", levers.telling.retries))
        return {"signs_with": levers.calling.signs_with, "retries": levers.telling.retries}


def told(message: Message) -> Json:
    return {
        "id": message.id,
        "at": stamp(message.at),
        "sender": message.sender,
        "chat": message.recipient,
        "text": message.text,
    }
