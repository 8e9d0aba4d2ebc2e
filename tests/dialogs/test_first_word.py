"""A greeting tells a language where the app tells none."""

from dataclasses import replace

from tests.dialogs.talk import Talk


def stranger(talk: Talk, name: str) -> Talk:
    one = talk.another(name)
    one.sender = replace(one.sender, language="")
    return one


async def test_who_greets_in_a_language_is_answered_in_it(talk: Talk) -> None:
    said = {"Hallo": "Hallo", "guten Tag!": "Hallo", "hilfe": "Schreib deine", "hi": "Hello"}
    for word, beginning in said.items():
        (answer,) = await stranger(talk, word).says(word)
        assert answer.text.startswith(beginning)
    sure = stranger(talk, "sure")
    await sure.presses_value("language:en")
    (answer,) = await sure.says("Hallo")
    assert answer.text.startswith("Hello")


async def test_a_word_in_the_middle_of_something_is_no_greeting(talk: Talk) -> None:
    busy = stranger(talk, "busy")
    await busy.says("/billing")
    (answer,) = await busy.says("hallo")
    assert "Hallo" not in answer.text
    await busy.says("/ticket")
    (stopped,) = await busy.says("abbrechen")
    assert stopped.text == "Abgebrochen. Es wurde nichts gesendet."
