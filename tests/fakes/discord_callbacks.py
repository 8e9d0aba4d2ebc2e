"""The REST calls by which the bot answers an interaction."""

from collections.abc import Callable

from tests.fakes.discord_calls import Call, Json, Refusal, invalid, unknown
from tests.fakes.discord_components import check_modal, numbered
from tests.fakes.discord_files import attached
from tests.fakes.discord_interactions import (
    COMMAND,
    COMPLETION,
    COMPONENT,
    SUBMIT,
    Interaction,
    Interactions,
    Modal,
)
from tests.fakes.discord_mentions import USERS
from tests.fakes.discord_messages import (
    EPHEMERAL,
    LOADING,
    V2,
    change,
    check,
    compose,
    event,
    place,
    remove,
)
from tests.fakes.discord_world import World

ANSWER, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
CALLBACK = "POST /interactions/{interaction_id}/{interaction_token}/callback"
WEBHOOK = "/webhooks/{webhook_id}/{webhook_token}"
ALLOWED = {
    ANSWER: (COMMAND, COMPONENT, SUBMIT),
    DEFERRED: (COMMAND, COMPONENT, SUBMIT),
    DEFERRED_UPDATE: (COMPONENT, SUBMIT),
    UPDATE: (COMPONENT, SUBMIT),
    CHOICES: (COMPLETION,),
    MODAL: (COMMAND, COMPONENT),
}
"""Which answer fits which interaction."""
SLASH, MENU_COMMAND, REPLY = 20, 23, 19


class Callbacks:
    def __init__(self, world: World, interactions: Interactions) -> None:
        self._world = world
        self._interactions = interactions
        self._answers: dict[int, Callable[[Interaction, Call], None]] = {
            ANSWER: self._say,
            DEFERRED: self._defer,
            DEFERRED_UPDATE: self._keep_source,
            UPDATE: self._update_source,
            CHOICES: self._offer,
            MODAL: self._open,
        }
        self.routes = {
            CALLBACK: self.answer,
            f"POST {WEBHOOK}": self.follow_up,
            **{
                f"{verb} {WEBHOOK}/messages/{which}": act
                for verb, act in (("GET", self.get), ("PATCH", self.edit), ("DELETE", self.delete))
                for which in ("@original", "{message_id}")
            },
        }

    def answer(self, call: Call) -> Json | None:
        """The first answer, which must come in time and only once."""
        interaction = self._interactions.all.get(call.ids["interaction_token"])
        if interaction is None or str(interaction.id) != call.ids["interaction_id"]:
            raise unknown(10062, "interaction")
        if self._interactions.is_late(interaction):
            raise unknown(10062, "interaction")
        if interaction.response is not None:
            raise Refusal(400, 40060, "Interaction has already been acknowledged.")
        kind = call.form().get("type")
        if kind not in ALLOWED or interaction.kind not in ALLOWED[kind]:
            raise invalid("type", "INTERACTION_CALLBACK_TYPE_INVALID", "Not for this interaction.")
        if kind in (DEFERRED_UPDATE, UPDATE) and interaction.message is None:
            raise invalid("type", "INTERACTION_CALLBACK_TYPE_INVALID", "There is no message.")
        self._answers[kind](interaction, call)
        interaction.response = kind
        interaction.bell.ring()
        wanted = call.query.get("with_response", "").lower() in ("1", "true")
        return _outcome(interaction, kind) if wanted else None

    def _say(self, interaction: Interaction, call: Call) -> None:
        interaction.original = self._tell(interaction, call, call.form().get("data") or {})

    def _defer(self, interaction: Interaction, call: Call) -> None:
        """ "Front Desk is thinking…": a message without words, until an edit brings them."""
        flags = (call.form().get("data") or {}).get("flags", 0) & EPHEMERAL
        message = self._compose(interaction, {"flags": flags | LOADING})
        interaction.original = interaction.messages[message["id"]] = message
        if not flags:
            interaction.channel.messages[int(message["id"])] = message
            told = event(self._world, interaction.channel, message)
            self._world.publish("MESSAGE_CREATE", told, interaction.channel.guild)

    def _keep_source(self, interaction: Interaction, _: Call) -> None:
        interaction.original = interaction.message

    def _update_source(self, interaction: Interaction, call: Call) -> None:
        assert interaction.message is not None
        interaction.original = interaction.message
        self._change(interaction, call, call.form().get("data") or {}, interaction.message)

    def _offer(self, interaction: Interaction, call: Call) -> None:
        choices = call.form()["data"].get("choices") or []
        if len(choices) > 25:
            raise invalid("data.choices", "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")
        for number, choice in enumerate(choices):
            if not 1 <= len(choice["name"]) <= 100 or len(str(choice["value"])) > 100:
                words = "Must be between 1 and 100 in length."
                raise invalid(f"data.choices.{number}", "BASE_TYPE_BAD_LENGTH", words)
        interaction.choices = choices

    def _open(self, interaction: Interaction, call: Call) -> None:
        data = call.form()["data"]
        check_modal(data)
        title, custom_id = data["title"], data["custom_id"]
        components = numbered(data["components"])
        interaction.modal = Modal(interaction, title, custom_id, components)

    def follow_up(self, call: Call) -> Json:
        """The first after a deferred answer is that answer."""
        interaction = self._find(call)
        form = call.form()
        original = interaction.original
        if interaction.response == DEFERRED and original and original["flags"] & LOADING:
            self._change(interaction, call, form, original)
            return original
        return self._tell(interaction, call, form)

    def get(self, call: Call) -> Json:
        interaction, message = self._find_message(call)
        return self._world.shown(interaction.channel, message)

    def edit(self, call: Call) -> Json:
        interaction, message = self._find_message(call)
        self._change(interaction, call, call.form(), message)
        return message

    def delete(self, call: Call) -> None:
        interaction, message = self._find_message(call)
        interaction.messages.pop(message["id"], None)
        if int(message["id"]) in interaction.channel.messages:
            remove(self._world, interaction.channel, message)
        interaction.inbox.gone.add(message["id"])
        if message is interaction.original:
            interaction.original = None

    def _find(self, call: Call) -> Interaction:
        interaction = self._interactions.all.get(call.ids["webhook_token"])
        if call.ids["webhook_id"] != self._world.application or interaction is None:
            raise unknown(10015, "Webhook")
        if self._interactions.is_over(interaction):
            raise Refusal(401, 50027, "Invalid Webhook Token")
        if interaction.response is None:
            raise unknown(10015, "Webhook")
        return interaction

    def _find_message(self, call: Call) -> tuple[Interaction, Json]:
        interaction = self._find(call)
        id = call.ids.get("message_id")
        original = interaction.original
        if original and id in (None, original["id"]):
            is_there = int(original["id"]) in interaction.channel.messages
            is_shown = original["flags"] & EPHEMERAL
            if is_there or (is_shown and original["id"] not in interaction.inbox.gone):
                return interaction, original
        if id in interaction.messages:
            return interaction, interaction.messages[id]
        raise unknown(10008, "Message")

    def _tell(self, interaction: Interaction, call: Call, form: Json) -> Json:
        """A message of its own: for all who are there, or for one person only."""
        files = attached(self._world.files, call, form, interaction.channel.id)
        form = {**form, "attachments": files}
        check(form)
        message = self._compose(interaction, form)
        interaction.messages[message["id"]] = message
        if not message["flags"] & EPHEMERAL:
            place(self._world, interaction.channel, message)
            return message
        self._world.record(interaction.channel, message)
        interaction.inbox.put(message)
        return message

    def _compose(self, interaction: Interaction, form: Json) -> Json:
        flags = (form.get("flags") or 0) & (EPHEMERAL | LOADING | V2 | 1 << 2 | 1 << 12)
        message = compose(self._world, interaction.channel, self._world.bot, form, USERS)
        message |= {"flags": flags, "application_id": self._world.application}
        message["webhook_id"] = self._world.application
        message["interaction_metadata"] = interaction.metadata()
        if interaction.kind == COMMAND:
            message["type"] = SLASH if interaction.data["type"] == 1 else MENU_COMMAND
        return message

    def _change(self, interaction: Interaction, call: Call, form: Json, message: Json) -> None:
        """An edit; the first one of a deferred answer is when it is said."""
        if call.files or "attachments" in form:
            kept = message["attachments"]
            where = interaction.channel.id
            form = form | {"attachments": attached(self._world.files, call, form, where, kept)}
        flags = message["flags"]
        form = form | {"flags": flags & ~LOADING | (form.get("flags") or 0) & V2}
        change(self._world, interaction.channel, message, form, silent=bool(flags & EPHEMERAL))
        if flags & LOADING:
            message["edited_timestamp"] = None
            self._world.record(interaction.channel, message)
            there = interaction.inbox if flags & EPHEMERAL else interaction.channel.inbox
            there.put(message)


def _outcome(interaction: Interaction, kind: int) -> Json:
    told: Json = {"id": str(interaction.id), "type": interaction.kind}
    told["channel_id"] = str(interaction.channel.id)
    if interaction.channel.guild:
        told["guild_id"] = str(interaction.channel.guild)
    original = interaction.original
    if original is None:
        return {"interaction": told}
    told["response_message_id"] = original["id"]
    told["response_message_loading"] = bool(original["flags"] & LOADING)
    told["response_message_ephemeral"] = bool(original["flags"] & EPHEMERAL)
    if kind not in (ANSWER, UPDATE):
        return {"interaction": told}
    return {"interaction": told, "resource": {"type": kind, "message": original}}
