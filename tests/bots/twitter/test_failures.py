"""What each answer of X means for the message, and for the whole desk."""

import pytest

from bots.twitter.failures import (
    BAD_KEYS,
    NO_CREDIT,
    NO_RIGHT,
    Denied,
    Lost,
    NotConnected,
    Trouble,
    read_denial,
    to_delivery_error,
    to_start_error,
)
from core.adapter import DeliveryError, Refused, Retry, Unknown

NOW = 1_000_000.0
PROBLEMS = "https://api.twitter.com/2/problems/"
SHUT = {"title": "Forbidden", "detail": "You cannot send messages to this user.", "status": 403}
OLD_SHUT = {"errors": [{"code": 349, "message": "You cannot send messages to this user."}]}
FORBIDDEN = {"title": "Forbidden", "type": f"{PROBLEMS}oauth1-permissions", "detail": "…"}
NO_ACCESS = {"errors": [{"code": 453, "message": "You have access to a subset of X API V2"}]}
CAPPED = {"title": "UsageCapExceeded", "type": f"{PROBLEMS}usage-capped"}
RESET = {"x-rate-limit-reset": "1000090"}
DAY = RESET | {"x-user-limit-24hour-remaining": "0", "x-user-limit-24hour-reset": "1050000"}


def meaning(status: int, body: object, headers: dict[str, str] | None = None) -> DeliveryError:
    return to_delivery_error(read_denial(status, body, headers or {}), NOW)


@pytest.mark.parametrize(
    ("headers", "after"),
    [
        (RESET, 90.0),
        (DAY, 50_000.0),
        (DAY | {"x-user-limit-24hour-remaining": "3"}, 90.0),
        ({"x-rate-limit-reset": "999000"}, 5.0),
        ({"x-rate-limit-reset": "soon"}, 60.0),
        ({"x-rate-limit-reset": "nan"}, 60.0),
        ({}, 60.0),
    ],
)
@pytest.mark.parametrize("body", [None, {"errors": [{"code": 88}]}, [], "slow down"])
def test_too_many_is_later_for_all_until_x_counts_anew(
    headers: dict[str, str], after: float, body: object
) -> None:
    error = meaning(429, body, headers)
    assert isinstance(error, Retry)
    assert (error.after, error.everyone, error.asked) == (after, True, True)


@pytest.mark.parametrize("body", [None, {"title": "Unauthorized"}])
def test_bad_keys_stop_everybody_and_say_what_to_do(body: object) -> None:
    error = meaning(401, body)
    assert isinstance(error, Retry)
    assert error.everyone
    assert str(error) == BAD_KEYS


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (403, FORBIDDEN, NO_RIGHT),
        (403, NO_ACCESS, NO_RIGHT),
        (402, {"title": "CreditsDepleted"}, NO_CREDIT),
        (429, CAPPED, NO_CREDIT),
    ],
)
def test_what_is_about_the_app_is_nobodys_fault(status: int, body: object, words: str) -> None:
    error = meaning(status, body)
    assert isinstance(error, Retry)
    assert error.everyone
    assert error.after >= 300
    assert words in str(error)


@pytest.mark.parametrize(
    ("status", "body", "gone"),
    [
        (403, SHUT, True),
        (403, OLD_SHUT, True),
        (404, {"title": "Not Found Error"}, True),
        (403, {"detail": "You are not allowed to create a Tweet with duplicate content."}, False),
        (403, {}, False),
        (400, {"title": "Invalid Request"}, False),
    ],
)
def test_a_refusal_is_of_the_person_or_only_of_the_message(
    status: int, body: object, gone: bool
) -> None:
    error = meaning(status, body)
    assert isinstance(error, Refused)
    assert error.gone is gone


@pytest.mark.parametrize("status", [500, 502, 503, 504])
def test_trouble_behind_the_door_may_come_after_it_was_done(status: int) -> None:
    assert isinstance(meaning(status, {"title": "Service Unavailable"}), Unknown)


def test_without_a_connection_nothing_was_done() -> None:
    assert isinstance(to_delivery_error(NotConnected("x"), NOW), Retry)
    assert isinstance(to_delivery_error(Lost("x"), NOW), Unknown)


@pytest.mark.parametrize("error", [Lost("x"), NotConnected("x"), Denied(503), Denied(429)])
def test_at_the_start_all_can_be_tried_again(error: Trouble) -> None:
    assert isinstance(to_start_error(error, NOW), Retry)


def test_at_the_start_bad_keys_are_final() -> None:
    assert isinstance(to_start_error(Denied(401), NOW), Refused)


@pytest.mark.parametrize("status", [400, 401, 402, 403, 404, 429, 500])
@pytest.mark.parametrize(
    "body",
    [
        {
            "detail": "QUOTED",
            "title": "QUOTED",
            "type": "QUOTED",
            "errors": ["QUOTED", 5, None],
        },
        {"errors": [{"code": "QUOTED", "message": "QUOTED", "type": "/problems/QUOTED"}]},
        {"errors": {"message": "QUOTED"}, "detail": 5},
    ],
)
def test_no_words_of_the_answer_are_shown(status: int, body: object) -> None:
    denied = read_denial(status, body, {})
    for error in (denied, to_delivery_error(denied, NOW), to_start_error(denied, NOW)):
        assert "QUOTED" not in repr(error) + str(error)
