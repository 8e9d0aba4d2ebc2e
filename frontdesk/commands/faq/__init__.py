"""`frontdesk faq`: the questions and answers, what they miss, and how good they are."""

from collections.abc import Callable

import typer

from frontdesk.commands.faq import checking, evaluating, files, learning, looking, missing

cli = typer.Typer(help="The questions and answers of the desk.", no_args_is_help=True)
COMMANDS: dict[str, Callable[..., None]] = {
    "list": looking.list_,
    "show": looking.show,
    "gaps": missing.show_gaps,
    "learn": learning.learn,
    "dismiss": learning.dismiss,
    "phrase": learning.phrase,
    "add": learning.add,
    "check": checking.check,
    "eval": evaluating.evaluate,
    "import": files.import_,
    "export": files.export,
}
for name, command in COMMANDS.items():
    cli.command(name)(command)
