"""What the libraries may write into our log: nothing that people wrote, and no signature."""

import logging

TALKATIVE = ("tweepy", "oauthlib", "requests_oauthlib")
"""Below INFO tweepy logs headers and bodies of each call, and oauthlib what it signs and how."""


def keep_quiet() -> None:
    """Whatever level the program's log has."""
    for name in TALKATIVE:
        logging.getLogger(name).setLevel(logging.INFO)
