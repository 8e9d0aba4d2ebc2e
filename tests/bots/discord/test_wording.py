"""Pure: what Discord writes in ids is read in words."""

import pytest

from bots.discord.parse import Me, to_inbound
from tests.bots.discord.test_parse import ADA, ME, message

BEN = {"id": "8", "username": "ben_1", "global_name": "Ben"}


@pytest.mark.parametrize(
    ("written", "read"),
    [
        ("<@8> has my money", "@ben_1 has my money"),
        ("<@!8><@8>", "@ben_1@ben_1"),
        ("<@9> is somebody unknown", "<@9> is somebody unknown"),
        ("it <:cry:12345> <a:party_2:9>", "it :cry: :party_2:"),
        ("<#5> <@&6> <t:1:R> <b>", "<#5> <@&6> <t:1:R> <b>"),
        ("<@42> how?", "how?"),
        ("how, <@!42>", "how"),
        ("  spaces kept  ", "  spaces kept  "),
        ("/ask how?", "how?"),
        ("/ask\nhow?", "how?"),
        ("/ask", "/ask"),
        ("/asking how?", "/asking how?"),
        ("how /ask how?", "how /ask how?"),
    ],
)
def test_what_is_written_in_private(written: str, read: str) -> None:
    inbound = to_inbound(message(content=written, mentions=[BEN]), ME)
    assert inbound
    assert inbound.text == read


def test_only_in_the_staffs_rooms_a_command_stays_one() -> None:
    me = Me("42", staff_channel="3")
    data = message(content="/ask <@42> how?", guild_id="1", mentions=[ADA])
    inbound = to_inbound(data, me, parent="3")
    assert inbound
    assert inbound.text == "/ask how?"


def test_our_role_is_no_part_of_the_words() -> None:
    me = Me("42", roles={"77"})
    data = message(content="<@&77> how? <@&78>", guild_id="1", mention_roles=["77", "78"])
    inbound = to_inbound(data, me)
    assert inbound
    assert inbound.text == "how? <@&78>"
