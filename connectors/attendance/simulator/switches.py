"""What differs from site to site, or is not confirmed: a switch each, with the position that is thought usual."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Switches:
    """How this platform is set up. Lengths of time in seconds."""

    window: float | None = 900.0  # a signed timestamp's distance from now; None: not looked at
    signed: frozenset[str] = frozenset({"x-ca-key", "x-ca-nonce", "x-ca-timestamp"})  # headers that must be signed
    tokens: bool = True  # oauth/token may be used instead of signing each call
    token_seconds: float = 12 * 3600.0
    ungranted: frozenset[str] = frozenset()  # paths from /api/ on that the partner was not granted
    refused: str = ""  # a code that meets every call: 0x0240101b, 1c or 1d for the caller's address
    calls_a_minute: int = 6000  # of each path

    required: frozenset[str] = frozenset()  # fields of a person that this site marked as mandatory
    properties: frozenset[str] = frozenset()  # further fields of a person or an organisation, defined by this site
    update_merges: bool = True  # single/update changes the fields sent; else it replaces the whole person
    job_no_reusable: bool = True  # the jobNo of a deleted person may be given to another one
    org_code_burnt: bool = False  # the code of a deleted organisation may never be used again
    orgs_move: bool = False  # single/update takes another parent
    faces_outlive_person: bool = True  # the soft deletion of a person leaves his faces and fingerprints
    faces_per_person: int = 1
    persons: int = 1_000_000  # the licence

    config_seconds: float = 0.2  # how long a change of rights takes
    download_seconds: float = 0.4  # how long a download to the devices takes
    open_downloads: int = 100  # of one application, created or under way and not ended
    faceless_downloads: bool = True  # a person without any face or card is put on a device all the same
    empty_download_fails: bool = False  # a download with nothing to do ends with 0x15403007

    zulu_refused: bool = True  # times that end in Z
    longest_range: float = 48 * 3600.0  # of timeRange
