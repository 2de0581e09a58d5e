"""What an administrator does to mend what `doctor` found."""

from connectors.scim.config import ScimConfig

REFUSED = "在该系统的 SCIM 设置中核对权限；见 docs/guide/scim-downstream.md 的对照表"
PUT = '两边不要同时维护同一批账号；该系统若支持 PATCH，设 writes = "patch"'
NO_ACTIVE = "向该系统的供应方询问停用账号的办法；没有 active 属性的系统不能接入"
NO_KEY = "该系统不保存 externalId，账号无从对应：请供应方在用户架构中支持 externalId"
NO_GROUP_KEY = '该系统的组不保存 externalId：设 group_key = "displayName"'
ALTERED = "该系统会改写这些值：列入 unmanaged，以后不再写入和比较"
LEFT = "请在该系统的管理后台删除登录名为 huaming-doctor 的用户和组"
STRANGER = "请在该系统中改掉这个登录名，再运行 huaming doctor"
NO_RIGHTS = "给这个凭据读写用户和组的权限，再运行 huaming doctor"
SAME_NAME = '组名在该系统中必须唯一：设 group_names = "path"'
NO_MEMBERS = "核对 members 和 memberships 的设置；见 docs/guide/scim-downstream.md"


def token(config: ScimConfig) -> str:
    """Who may act there."""
    what = "token" if config.token is not None else "user、password"
    return f"在该系统的 SCIM 设置中生成或核对凭据，填入 {what}；确认它有读写用户和组的权限"


def reach(config: ScimConfig) -> str:
    """How to see for oneself whether the server answers, and what its certificate says."""
    authority = f" --cacert {config.ca_file}" if config.ca_file else ""
    return f"curl -v{authority} '{config.url}/Users?count=1'（url 应写到 /Users 之前）"
