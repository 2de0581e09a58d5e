"""`[systems.ldap]` of the configuration: where the directory is, and how the hub may talk to it."""

from ipaddress import ip_address
from typing import Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from connectors.ldap import names
from connectors.ldap.ber import filter_of
from connectors.ldap.messages import Written

TEST_NAME = "huaming-doctor"


class LdapConfig(BaseModel):
    """
    [systems.ldap]
    url = "ldaps://ldap.example.cn:636"
    bind_dn = "cn=huaming,ou=services,dc=example,dc=cn"
    bind_password = "file:/etc/huaming/ldap.secret"    # resolved before it comes here
    base_dn = "dc=example,dc=cn"
    ca_file = "/etc/huaming/ca.crt"                    # else the CAs of the machine
    protected = ["uid=root,ou=people,dc=example,dc=cn", "(title=系统管理员)"]
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    url: str
    bind_dn: str
    bind_password: str = Field(repr=False, min_length=1)
    base_dn: str
    start_tls: bool = False
    ca_file: str | None = None
    plaintext: bool = False  # the explicit opt-out of TLS towards another machine
    connect_timeout: float = Field(default=5, gt=0, le=60)  # seconds, for TCP, TLS and bind each
    answer_timeout: float = Field(default=30, gt=0, le=300)  # seconds, for each request
    people: str = "ou=people"
    groups: str = "ou=groups"
    placeholder: str = ""  # the member that keeps an empty groupOfNames legal
    initial_password: Literal["none", "slip"] = "none"  # S15: what the doctor asks the rights for  # noqa: S105
    unique_id: Literal["entryUUID", "nsUniqueId"] | None = None  # of 389 DS; None: entryUUID where all have one
    upn_suffix: str = ""  # of Active Directory: what follows the @ in userPrincipalName; else the domain of base_dn
    page_size: int = Field(default=500, ge=1, le=5000)
    members_per_modify: int = Field(default=1000, ge=1, le=10000)
    protected: tuple[str, ...] = ()  # DN, stable id or filter in brackets (S16)
    login_lag: float = Field(default=0, ge=0)  # seconds until a log-in elsewhere shows on this server
    login_precision: float = Field(
        default=0, ge=0
    )  # seconds in which a further log-in is not noted (lastbind-precision)
    fast: bool = True  # directly encoded requests; false: ldap3's own calls, the same results

    @property
    def host(self) -> str:
        """The server's name or address, as the certificate must carry it."""
        return urlsplit(self.url).hostname or ""

    @property
    def port(self) -> int:
        """The server's port."""
        return urlsplit(self.url).port or (636 if self.tls_from_start else 389)

    @property
    def tls_from_start(self) -> bool:
        """Whether the url is ldaps."""
        return urlsplit(self.url).scheme == "ldaps"

    @property
    def encrypted(self) -> bool:
        """Whether everything but the very first request is."""
        return self.tls_from_start or self.start_tls

    @property
    def test_name(self) -> str:
        """What the doctor's test entry is called. Where passwords are given, no right of its own covers that name."""
        return f"{TEST_NAME}-slip" if self.initial_password == "slip" else TEST_NAME  # noqa: S105

    @property
    def domain(self) -> str:
        """What the `dc` parts of the base DN spell: ad.example.cn."""
        return ".".join(value for rdn in names.parse(self.base_dn) for name, value in rdn if name.lower() == "dc")

    @property
    def people_dn(self) -> str:
        """The container of persons."""
        return f"{self.people},{self.base_dn}"

    @property
    def groups_dn(self) -> str:
        """The container of groups."""
        return f"{self.groups},{self.base_dn}"

    @property
    def placeholder_dn(self) -> str:
        """The placeholder member."""
        return self.placeholder or f"cn=nobody,{self.base_dn}"

    @property
    def protected_ids(self) -> frozenset[str]:
        """What may be stable ids among the rules, folded: consoles show them in capitals, and in braces."""
        return frozenset(rule.strip("{}").casefold() for rule in self.protected)

    @field_validator("url")
    @classmethod
    def _url(cls, url: str) -> str:
        parts = urlsplit(url)
        if parts.scheme not in ("ldap", "ldaps") or not parts.hostname:
            raise ValueError("url 应为 ldap://主机:端口 或 ldaps://主机:端口")
        if parts.path.strip("/") or parts.query or parts.username:
            raise ValueError("url 只写主机和端口；base_dn、bind_dn 另行填写")
        return url

    @field_validator("bind_dn", "base_dn", "people", "groups", "placeholder")
    @classmethod
    def _dn(cls, dn: str) -> str:
        try:
            names.parse(dn)
        except ValueError as error:
            raise ValueError(f"不是合法的 DN：{error}") from error
        return dn

    @field_validator("protected")
    @classmethod
    def _protected(cls, protected: tuple[str, ...]) -> tuple[str, ...]:
        for rule in protected:
            if rule.startswith("("):
                _check_filter(rule)
            elif "=" in rule:
                cls._dn(rule)
        return protected

    @model_validator(mode="after")
    def _no_secret_in_the_clear(self) -> Self:
        if not (self.encrypted or self.plaintext or _loopback(self.host)):
            raise ValueError(
                "ldap:// 不加密，密码和人员信息会以明文经过网络：请改用 ldaps://，或设 start_tls = true；"
                "确认网络可信而仍要明文时，设 plaintext = true"
            )
        if self.tls_from_start and self.start_tls:
            raise ValueError("ldaps:// 已经加密，不要再设 start_tls")
        if not self.bind_dn or not self.base_dn:
            raise ValueError("bind_dn 与 base_dn 不能为空")
        return self


def _check_filter(text: str) -> None:
    try:
        filter_of(Written(text))
    except Exception as error:  # ldap3's parser fails in many ways on bad input
        raise ValueError(f"protected 中的过滤器不合法：{text}") from error


def _loopback(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
