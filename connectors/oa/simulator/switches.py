"""What differs between installations of the vendor, or is not confirmed by its documents: each can be turned."""

from dataclasses import dataclass
from typing import Literal

ORGANISATION, MESSAGE, PROCESS, ATTACHMENT = "organisation", "message", "process", "attachment"
EVERYTHING = frozenset({ORGANISATION, MESSAGE, PROCESS, ATTACHMENT})


@dataclass(slots=True)
class Switches:
    """The settings of one simulated installation; tests turn them while it runs."""

    user: str = "rest"
    """The REST user that a system administrator made."""
    password: str = "e5f0c2d7-rest"  # noqa: S105 - of a simulator
    grants: frozenset[str] = EVERYTHING
    """The modules granted to the REST user; calls of others are refused with 403."""
    unit_name: str = "区政府"
    unit_code: str = "QZF"
    sender: str = "huaming"
    """The login of the built-in account that letters are sent by: in no list of people, found by its login."""

    token_idle_s: float = 1800.0
    """A token that was not used for so long is not valid any more."""
    expired: Literal["401", "1010"] = "401"
    """How a token that is not valid is refused: by the status, or by HTTP 200 and a code."""
    bad_login: Literal["401", "-1"] = "401"
    """How a wrong name or password at the token is refused: by the status, or by HTTP 200 and the token -1."""
    token_as_text: bool = False
    """GET token/{user}/{password} answers the bare token instead of JSON."""
    bound_reads: bool = False
    """A token bound to a member may read the organisation. It may never write it."""

    page_origin: Literal[0, 1] = 1
    """The number of the first page. Where it is 1, page 0 is the first page too."""
    html_status: Literal[200, 500] = 200
    """The status of the page that answers an unknown path."""
    absent: Literal["null", "list", "empty"] = "null"
    """How a read says that there is no such thing."""
    lookups_show_locked: bool = False
    """Looking up by code, login or telephone shows the disabled too; by id and in the lists of all they always are."""
    absent_write: Literal["code", "null"] = "code"
    """How a write says that there is no such thing: ..._NOT_EXIST, or null."""
    sentences: bool = False
    """What is wrong with a body is said by a sentence in errorMsgInfos, and errorMsgs stays empty."""

    put_merges: bool = False
    """PUT changes the fields that it names. Otherwise it replaces: what it leaves out is blanked."""
    second_post_key: Literal["deptId", "depId", "split"] = "deptId"
    """The name of the department in a second post; split: reads give depId, and writes know deptId alone."""
    empty_second_post_keeps: bool = False
    """PUT with an empty second_post changes nothing; del_second_post "true" removes them all."""
    reuse_login: bool = True
    """The login of a deleted member can be given again."""
    disabled_members_occupy: bool = True
    """A department whose last members are disabled can not be deleted."""
    seats: int = 0
    """Enabled members that the licence allows; 0: any number."""
    job_failure: Literal["{}", "null", ""] = "{}"
    """The empty JSON by which orgPartTimeJob says that it did nothing."""

    @property
    def read_second_post(self) -> str:
        """The name of the department in a second post that is read."""
        return "depId" if self.second_post_key == "split" else self.second_post_key

    @property
    def written_second_post(self) -> str:
        """The name of the department in a second post that is written; any other is passed over."""
        return "deptId" if self.second_post_key == "split" else self.second_post_key
