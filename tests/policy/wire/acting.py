"""One acceptance of the decision table, acted out: its Groups, its person, its steps on their days."""

import copy
import json
from collections.abc import Iterator, Mapping
from typing import Any

import httpx

from scim_server.scim.urns import PATCH_OP, ROSTER_USER
from tests.policy.table import GROUPS
from tests.policy.wire.bureau import Bureau

Json = dict[str, Any]
NIGHT, NOON, EVENING = 0.5, 9.0, 18.0


class Acting:
    """A row's acceptance in a bureau. `ids`: SCIM ids, of Groups and of the person, by externalId."""

    def __init__(self, bureau: Bureau, acceptance: Mapping[str, Any]) -> None:
        self.bureau = bureau
        self.user: Json = acceptance["user"]
        self.groups: list[str] = acceptance["groups"]
        self.steps: list[Json] = acceptance.get("steps") or []
        self.checks: list[Json] = acceptance["checks"]
        self.ids: dict[str, str] = {}
        self.recorded: dict[str, Any] = {}  # what the ending of a ruling needs
        self.last: httpx.Response | None = None
        self.others: list[Acting] = []  # beside this one in the same bureau

    @property
    def key(self) -> str:
        key: str = self.user["externalId"]
        return key

    @property
    def id(self) -> str:
        return self.ids[self.key]

    @property
    def posts_itself(self) -> bool:
        """Whether a step is the POST of the person."""
        return any((step.get("method"), step.get("path")) == ("POST", "/Users") for step in self.steps[:1])

    def begin(self) -> "Acting":
        """The Groups, parents first, and the person, early on the first day that matters."""
        self.bureau.on(min([*(step["day"] for step in self.steps), *(check["date"] for check in self.checks)]), NIGHT)
        self.post_groups()
        if not self.posts_itself:
            self.post_user()
        return self

    def post_groups(self, keys: list[str] | None = None) -> None:
        for key in keys or self.groups:
            if key not in self.ids:
                self.ids[key] = self.bureau.ok("POST", "/Groups", GROUPS[key])["id"]

    def post_user(self) -> None:
        self.ids[self.key] = self.bureau.ok("POST", "/Users", self.user)["id"]

    def days(self) -> Iterator[tuple[str, list[Json]]]:
        """Every day that matters, its steps taken, with the checks to be made that evening."""
        for day in sorted({*(step["day"] for step in self.steps), *(check["date"] for check in self.checks)}):
            for step in self.steps:
                if step["day"] == day:
                    self.take(step)
            self.bureau.on(day, EVENING)
            yield day, [check for check in self.checks if check["date"] == day]

    def act(self) -> "Acting":
        """All steps, to the end."""
        for _ in self.days():
            pass
        return self

    # -- steps

    def take(self, step: Json) -> None:
        """One step on its day, with what the table expects of it."""
        self.bureau.on(step["day"], NOON)
        if "record" in step:
            self._record(step)
            return
        path = self.filled(step["path"])
        answer = self.bureau.ask(step["method"], path, self.body(step.get("body")), step.get("role", "hr"))
        must_answer(answer, step["expect"])
        self._noted(answer, step.get("note", ""))
        if (step["method"], path) == ("POST", "/Users"):
            new = answer.json()["id"]
            assert new != self.ids.get(self.key), "a POST makes a new SCIM id"
            self.ids[self.key] = new
        self.last = answer

    def filled(self, text: str) -> str:
        """{id} and {id of DT-FIN} in a path or a body."""
        for key, id in self.ids.items():
            text = text.replace(f"{{id of {key}}}", id)
        return text.replace("{id}", self.ids.get(self.key, "{id}"))

    def body(self, said: Any) -> Any:
        """A body of the table, its placeholders filled in."""
        if said == "{user}":
            return copy.deepcopy(self.user)
        if said == "{user without the extension}":
            return without(self.user, ROSTER_USER)
        if said == "{answer of the GET}":
            assert self.last is not None
            return self.last.json()
        if not isinstance(said, Mapping):
            assert said is None, said
            return None
        filled = json.loads(self.filled(json.dumps(said)))
        for operation in filled["Operations"]:
            if operation.get("value") == "{the extension}":
                operation["value"] = copy.deepcopy(self.user[ROSTER_USER])
        return filled

    def _noted(self, answer: httpx.Response, note: str) -> None:
        if "active is false" in note:
            assert answer.json()["active"] is False
        if "statusEvents is not in the answer" in note:
            assert "statusEvents" not in answer.json()[ROSTER_USER]

    def _record(self, step: Json) -> None:
        if step["record"] == "letter":
            self.bureau.record_letter(self.key, step["letter"])
        elif step["record"] == "ruling":
            self.recorded[step["ruling"]["kind"]] = self.bureau.add_ruling(self.key, step["ruling"])
        else:
            assert step["record"] == "ruling-end", step
            self.bureau.end_ruling(self.recorded[step["ruling"]["kind"]], step["ruling"]["by"])


def must_answer(answer: httpx.Response, expect: Any) -> None:
    """A status, "200 or 204", or "400 mutability"; what follows a comma is for the caller."""
    said = str(expect).partition(",")[0]
    statuses = [int(word) for word in said.replace(" or ", " ").split() if word.isdecimal()]
    assert statuses, expect
    assert answer.status_code in statuses, (answer.request.method, answer.url, answer.status_code, answer.text)
    scim_type = next((word for word in said.split() if word.isalpha() and word != "or"), None)
    if scim_type is not None:
        assert answer.json().get("scimType") == scim_type, answer.text


def without(user: Json, *names: str) -> Json:
    """The document without attributes, and without the schemas of those that are extensions."""
    left = {name: copy.deepcopy(value) for name, value in user.items() if name not in names}
    left["schemas"] = [each for each in user["schemas"] if each not in names]
    return left


def with_facts(user: Json, **facts: Any) -> Json:
    """The document with other facts; None takes one away."""
    changed = copy.deepcopy(user)
    changed[ROSTER_USER] = {
        name: value for name, value in {**changed[ROSTER_USER], **facts}.items() if value is not None
    }
    return changed


def patch(*operations: Json) -> Json:
    return {"schemas": [PATCH_OP], "Operations": list(operations)}
