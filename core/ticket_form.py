"""What the ticket form asks, as data: every platform draws it its own way."""

from core.forms import Field, FieldKind, Form
from core.i18n import mark

FILES = 10
"""Most files one form takes."""

TICKET_FORM = Form(
    "ticket",
    mark("Write to the support team"),
    (
        Field(
            "username",
            FieldKind.LINE,
            mark("Username"),
            mark("What is your username on the platform? You may skip this."),
            limit=60,
            optional=True,
            note=mark("As it is on the platform. You may leave it empty."),
        ),
        Field(
            "subject",
            FieldKind.LINE,
            mark("Subject"),
            mark("What is it about? Five to seven words are best."),
            limit=120,
            words=range(1, 8),
            hint=mark("Taken. A subject of five to seven words is found faster by our team."),
            note=mark("Five to seven words are best."),
        ),
        Field(
            "audience",
            FieldKind.OPTION,
            mark("Side"),
            mark("Which side does it concern?"),
            limit=40,
        ),
        Field(
            "description",
            FieldKind.TEXT,
            mark("Description"),
            mark(
                "What happened? Please name the time and the exact place: the page, the "
                "button, the name of the video or the payment."
            ),
            limit=10_000,
            note=mark("With the time and the exact place: page, button, video or payment."),
        ),
        Field(
            "files",
            FieldKind.FILES,
            mark("Files"),
            mark("Do you have screenshots or other files? Send up to ten, then choose “Done”."),
            limit=FILES,
            optional=True,
            note=mark("Screenshots or other files, ten at most."),
        ),
    ),
)
