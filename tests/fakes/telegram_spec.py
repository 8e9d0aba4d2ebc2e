"""Checks calls and answers against the official machine-readable Bot API, where it is at hand.

It is looked for in the folder named by FRONTDESK_SPECS, else in ../shared/specs beside the project.
"""

import json
import os
from functools import cache
from pathlib import Path
from typing import Any

from tests.fakes.telegram_calls import Call, Json

NAME = "telegram-bot-api.json"
BESIDE = Path(__file__).parents[3] / "shared" / "specs"
PLAIN: dict[str, tuple[type, ...]] = {
    "Integer": (int,),
    "Float": (int, float),
    "String": (str,),
    "Boolean": (bool,),
    "InputFile": (str,),
}


class Specification:
    """Finds what does not agree with it; an empty list means all is well."""

    def __init__(self, content: Json) -> None:
        self.version: str = content["version"]
        self._methods: Json = content["methods"]
        self._types: Json = content["types"]

    def knows(self, method: str) -> bool:
        return method in self._methods

    def check_call(self, call: Call) -> list[str]:
        fields = {field["name"]: field for field in self._methods[call.method].get("fields", ())}
        problems = [
            f"{call.method} lacks {name}"
            for name, field in fields.items()
            if field["required"] and name not in call.params and name not in call.files
        ]
        for name in call.files.keys() - fields.keys():
            if not any(f"attach://{name}" in str(value) for value in call.params.values()):
                problems.append(f"{call.method} knows no file {name}")
        for name, value in call.params.items():
            if name not in fields:
                problems.append(f"{call.method} knows no parameter {name}")
                continue
            types = fields[name]["types"]
            problems += self._check(types, _decoded(value, types), f"{call.method}.{name}")
        return problems

    def check_answer(self, method: str, result: Any) -> list[str]:
        return self._check(self._methods[method]["returns"], result, f"the answer to {method}")

    def check_update(self, update: Json) -> list[str]:
        return self._check(["Update"], update, "Update")

    def _check(self, types: list[str], value: Any, where: str) -> list[str]:
        """Nearest of the possible types: the one with the fewest problems."""
        return min((self._check_one(name, value, where) for name in types), key=len)

    def _check_one(self, name: str, value: Any, where: str) -> list[str]:
        if name.startswith("Array of "):
            return self._check_list(name.removeprefix("Array of "), value, where)
        if name in PLAIN:
            fits = isinstance(value, PLAIN[name])
            fits = fits and (name == "Boolean" or not isinstance(value, bool))
            return [] if fits else [f"{where}: {value!r:.40} is not {name}"]
        if subtypes := self._types[name].get("subtypes"):
            return self._check(subtypes, value, where)
        return self._check_object(name, value, where)

    def _check_list(self, name: str, value: Any, where: str) -> list[str]:
        if not isinstance(value, list):
            return [f"{where}: {value!r:.40} is not a list"]
        places = ((item, f"{where}[{number}]") for number, item in enumerate(value))
        return [problem for item, place in places for problem in self._check([name], item, place)]

    def _check_object(self, name: str, value: Any, where: str) -> list[str]:
        if not isinstance(value, dict):
            return [f"{where}: {value!r:.40} is not {name}"]
        fields = {field["name"]: field for field in self._types[name].get("fields", ())}
        problems = [
            f"{where} ({name}) lacks {key}"
            for key, field in fields.items()
            if field["required"] and key not in value
        ]
        for key, item in value.items():
            if key in fields:
                problems += self._check(fields[key]["types"], item, f"{where}.{key}")
            else:
                problems.append(f"{where} ({name}) knows no {key}")
        return problems


def _decoded(value: Any, types: list[str]) -> Any:
    """A form carries everything but strings as JSON text."""
    if not isinstance(value, str) or "String" in types:
        return value
    try:
        return json.loads(value)
    except ValueError:
        return value


def find_specification(folder: Path | None = None) -> Specification | None:
    named = os.environ.get("FRONTDESK_SPECS")
    path = (folder or (Path(named) if named else BESIDE)) / NAME
    return _load(path) if path.is_file() else None


@cache
def _load(path: Path) -> Specification:
    return Specification(json.loads(path.read_text("utf-8")))


class Inspector:
    """Collects what disagreed with the specification; without one it only says so."""

    def __init__(self, specification: Specification | None) -> None:
        self.violations: list[str] = []
        self._specification = specification
        self._checked = 0

    def report(self) -> str:
        if self._specification is None:
            return "specification not at hand: calls and answers went unchecked"
        found = len(self.violations)
        return f"{self._checked} checks against {self._specification.version}: {found} violations"

    def check_call(self, call: Call) -> None:
        if self._specification is None:
            return
        if self._specification.knows(call.method):
            self._note(self._specification.check_call(call))
        else:
            self._note([f"{call.method} is no method of the Bot API"])

    def check_lack(self, method: str) -> None:
        """A method that exists and that we do not imitate must not pass for an unknown one."""
        if self._specification and self._specification.knows(method):
            self._note([f"{method} exists, but is not imitated"])

    def check_answer(self, method: str, result: Any) -> None:
        if self._specification:
            self._note(self._specification.check_answer(method, result))

    def check_update(self, update: Json) -> None:
        if self._specification:
            self._note(self._specification.check_update(update))

    def _note(self, problems: list[str]) -> None:
        self._checked += 1
        self.violations += problems
