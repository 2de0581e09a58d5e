"""What an administrator does in the vendor's console to mend what `doctor` found."""

from collections.abc import Mapping

from connectors.wecom.config import WecomConfig

CONSOLE = "管理后台"
SYNC = f"{CONSOLE} → 安全与管理 → 管理工具 → 通讯录同步"

BY_CODE: Mapping[int, str] = {
    40001: f"{SYNC}：查看 Secret，填入 [systems.wecom] secret；重置过的旧 Secret 即刻失效",
    40013: f"{CONSOLE} → 我的企业 → 企业信息：把企业 ID 填入 [systems.wecom] corp_id",
    40014: "access_token 刚换就不被接受：确认没有另一套程序用同一个 Secret 反复换取，再查服务器时钟",
    42001: "access_token 刚换就过期：查政务微信服务器与本机的时钟",
    40091: f"{SYNC}：corp_id 与 secret 须出自同一个企业",
    41002: "填写 [systems.wecom] corp_id",
    41004: "填写 [systems.wecom] secret",
    404: "核对 [systems.wecom] url：只写到 /cgi-bin 之前；或这个版本的政务微信没有此接口",
    48002: f"{SYNC}：须用通讯录同步的 Secret（自建应用的不行），并打开「编辑通讯录」的 API 权限",
    48009: (
        f"{CONSOLE} → 应用管理：新建自建应用，可见范围选根部门 root_id，企业可信 IP 加入本机的出口地址，"
        "把它的 Secret 填入 [systems.wecom] reading_secret；通讯录同步的 Secret 仍在 secret，只用来写"
    ),
    50003: f"{CONSOLE} → 应用管理：启用这个应用",
    60020: f"{SYNC} → 企业可信 IP：加入本机的出口地址",
    301002: f"{SYNC}：改用通讯录同步的 Secret",
    45024: f"{CONSOLE} → 我的企业：增购席位，或清理不再使用的成员",
}
READING = f"{CONSOLE} → 应用管理：查看读取通讯录的自建应用，把它的 Secret 填入 [systems.wecom] reading_secret"
LOG = f"{CONSOLE} → 应用管理：新建应用，可见范围选全员，列入「可调用接口的应用」，把它的 Secret 填入 activity_secret"


def by_code(code: int, config: WecomConfig) -> str:
    """What to do about a refusal."""
    return BY_CODE.get(code, reach(config))


def reach(config: WecomConfig) -> str:
    """How to see for oneself whether the server answers and what its certificate says."""
    authority = f" --cacert {config.ca_file}" if config.ca_file else ""
    return f"curl -v{authority} {config.url.rstrip('/')}/cgi-bin/gettoken"


def root(config: WecomConfig) -> str:
    """Where the number of the root department is to be seen."""
    return f"{CONSOLE} → 通讯录：点开本单位的部门，其「部门 ID」填入 [systems.wecom] root_id（现为 {config.root_id}）"
