"""Opens a line: TCP, TLS with the certificate checked, StartTLS, bind; all of it by ldap3, all of it bounded in time.

Nothing of ours, least of all the password, is sent before the certificate and the name in it were found good.
"""

import socket
import ssl
from collections.abc import Callable
from math import ceil
from typing import Any

import ldap3
from ldap3.core.exceptions import LDAPException

from connectors.errors import ConnectorError, Unreachable
from connectors.ldap.bounded import BoundedSocket
from connectors.ldap.codes import bind_error
from connectors.ldap.config import LdapConfig
from connectors.ldap.line import Line
from connectors.ldap.plain import Plain
from connectors.ldap.wire import Wire

HELLO_LIMIT = 1 << 20  # bytes that a server may send until we are bound


class CheckedTls(ldap3.Tls):  # type: ignore[misc]
    """TLS whose handshake itself demands the right name, names and IP addresses alike, on every Python."""

    def wrap_socket(self, connection: Any, do_handshake: bool = False) -> None:
        """What ldap3 calls for ldaps and after StartTLS."""
        context = ssl.create_default_context(cafile=self.ca_certs_file)
        plain = connection.socket.raw if isinstance(connection.socket, BoundedSocket) else connection.socket
        connection.socket = context.wrap_socket(plain, server_hostname=connection.server.host)


def open_line(config: LdapConfig, monotonic: Callable[[], float]) -> Line:
    """A line that is bound. Raises Unreachable or Denied, in a sentence without any secret."""
    connection = _connection(config)
    try:
        _secure(connection, config, monotonic)
        _bind(connection)
    except (LDAPException, OSError) as error:
        connection.strategy.close()
        raise _reason(error, config) from error
    except ConnectorError:
        connection.strategy.close()
        raise
    if not config.fast:
        return Plain(connection, monotonic, config.answer_timeout)
    connection.socket = connection.socket.raw
    return Wire(connection, monotonic, config.answer_timeout)


def _connection(config: LdapConfig) -> Any:
    try:
        tls = CheckedTls(validate=ssl.CERT_REQUIRED, ca_certs_file=config.ca_file)
    except LDAPException as error:
        raise Unreachable(f"CA 证书文件无法读取：{config.ca_file}") from error
    server = ldap3.Server(
        config.host,
        config.port,
        use_ssl=config.tls_from_start,
        tls=tls,
        get_info=ldap3.NONE,
        connect_timeout=config.connect_timeout,
    )
    return ldap3.Connection(
        server,
        config.bind_dn,
        config.bind_password,
        client_strategy=ldap3.SAFE_SYNC,
        check_names=False,
        auto_referrals=False,
        auto_range=False,
        auto_encode=False,
        auto_escape=False,
        return_empty_attributes=False,
        receive_timeout=ceil(config.connect_timeout),
    )


def _secure(connection: Any, config: LdapConfig, monotonic: Callable[[], float]) -> None:
    connection.open(read_server_info=False)
    connection.socket = BoundedSocket(connection.socket, monotonic, HELLO_LIMIT, config.connect_timeout)
    if config.start_tls:
        connection.start_tls(read_server_info=False)
        if not connection.tls_started:
            raise Unreachable("目录不支持 StartTLS；密码没有发送")
        connection.socket = BoundedSocket(connection.socket, monotonic, HELLO_LIMIT, config.connect_timeout)


def _bind(connection: Any) -> None:
    _, result, _, _ = connection.bind(read_server_info=False)
    if result["result"] != 0:
        raise bind_error(result["result"], result["message"])


def _reason(error: Exception, config: LdapConfig) -> Unreachable:
    where = f"{config.host}:{config.port}"
    text = f"{error} {error.__cause__ or ''} {error.__context__ or ''}"
    if "CERTIFICATE_VERIFY_FAILED" in text:
        detail = text.split("certificate verify failed:", 1)[-1].split("(_ssl", 1)[0].strip()
        return Unreachable(f"{where} 的证书没有通过检查（{detail}）；密码没有发送")
    if "SSL" in text or isinstance(error, ssl.SSLError):
        return Unreachable(f"{where} 的 TLS 握手失败；密码没有发送")
    if isinstance(error, socket.gaierror) or "getaddrinfo" in text or "invalid server address" in text:
        return Unreachable(f"找不到主机 {config.host}")
    return Unreachable(f"连不上目录 {where}（{type(error).__name__}）")
