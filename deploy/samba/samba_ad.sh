#!/usr/bin/env bash
# A private Samba AD domain controller reduced to its LDAP service, as a plain process without systemd (Debian: samba
# samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind ldb-tools ldap-utils openssl).
# Needs root: provisioning sets owners and ACLs, and the LDAP ports are low.
#
#   samba_ad.sh start DIR PORT    sets up DIR and starts; prints how to reach it
#   samba_ad.sh stop  DIR         ends the server by its pid; the data stays, `start` opens it again
#
# Samba's LDAP server has 389, 636, 3268 and 3269 compiled in. PORT picks a loopback ADDRESS of its own instead,
# 127.(64 + PORT/512).(PORT%512/2).1 (use even ports); nothing else is bound, and no DNS, KDC, SMB or NetBIOS runs.
#
# Environment, all optional; read when DIR is first set up, except READY_SECONDS:
#   REALM=AD.EXAMPLE.ORG        the domain, and so the base DN
#   ROOTPW=..., SERVICEPW=...   passwords of Administrator and CN=huaming,OU=services (complex ones; random when unset)
#   RIGHTS=least|none           least: what `huaming doctor` asks for; none: the service account may only read
#   READY_SECONDS=N             how long to wait for the server, default 30
set -euo pipefail
PATH="$PATH:/usr/sbin:/sbin"
die() { echo "samba_ad.sh: $*" >&2; exit 1; }

make_tls() { # $1 folder, $2 address, $3 host name
  mkdir -p "$1"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 -subj "/CN=Huaming private CA" \
    -keyout "$1/ca.key" -out "$1/ca.pem" 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj "/CN=$3" -keyout "$1/key.pem" -out "$1/csr.pem" 2>/dev/null
  printf 'subjectAltName=DNS:%s,DNS:localhost,IP:%s,IP:127.0.0.1\nextendedKeyUsage=serverAuth\n' "$3" "$2" > "$1/ext"
  openssl x509 -req -in "$1/csr.pem" -CA "$1/ca.pem" -CAkey "$1/ca.key" -CAcreateserial -days 825 \
    -extfile "$1/ext" -out "$1/cert.pem" 2>/dev/null
  chmod 600 "$1/key.pem" "$1/ca.key"   # samba refuses a readable key
}

configure() { # $1 dir, $2 address: of the lines of smb.conf the last one counts, so those of the provisioning go first
  sed -i "/server services/d; /log file/d; /bind interfaces/d; /interfaces =/d; /^\[global\]/a\\
	interfaces = $2/8\\
	bind interfaces only = yes\\
	server services = ldap\\
	pid directory = $1/run\\
	ncalrpc dir = $1/run/ncalrpc\\
	log file = $1/log/samba\\
	ntp signd socket directory = $1/run/ntp\\
	tls enabled = yes\\
	tls keyfile = $1/private/tls/key.pem\\
	tls certfile = $1/private/tls/cert.pem\\
	tls cafile = $1/private/tls/ca.pem" "$1/etc/smb.conf"
}

first_entries() { # $1 dir, $2 base DN; the service password comes on stdin. samba's modules live in the system's python
  RIGHTS="${RIGHTS:-least}" /usr/bin/python3 - "$1" "$2" 3<&0 <<'PY'
import os, sys
from samba.auth import system_session
from samba.dcerpc import security
from samba.param import LoadParm
from samba.samdb import SamDB
from samba.sd_utils import SDUtils

folder, base = sys.argv[1:]
lp = LoadParm()
lp.load(f"{folder}/etc/smb.conf")
sam = SamDB(f"{folder}/private/sam.ldb", session_info=system_session(), lp=lp)
for name in ("people", "groups", "services"):
    sam.add({"dn": f"OU={name},{base}", "objectClass": "organizationalUnit"})
with os.fdopen(3) as told:
    sam.newuser("huaming", told.read().rstrip("\n"), userou="OU=services")
dn = f"CN=huaming,OU=services,{base}"
sam.modify_ldif(f"dn: {dn}\nchangetype: modify\nreplace: userAccountControl\nuserAccountControl: 66048\n")  # no expiry
found = sam.search(dn, attrs=["objectSid"])[0]
sid = sam.schema_format_value("objectSid", found["objectSid"][0]).decode()
user, group = "bf967aba-0de6-11d0-a285-00aa003049e2", "bf967a9c-0de6-11d0-a285-00aa003049e2"
reset = "00299570-246d-11d0-a768-00aa006e0529"
if os.environ["RIGHTS"] == "least":  # the same as `huaming doctor` prints them
    rights = SDUtils(sam)
    for place, aces in {
        "people": [f"(OA;;CCDC;{user};;{sid})", f"(OA;CIIO;RPWP;;{user};{sid})", f"(OA;CIIO;CR;{reset};{user};{sid})"],
        "groups": [f"(OA;;CCDC;{group};;{sid})", f"(OA;CIIO;RPWP;;{group};{sid})"],
    }.items():
        for ace in aces:
            rights.dacl_add_ace(f"OU={place},{base}", ace)
PY
}

set_up() { # $1 dir, $2 address
  local dir=$1 realm=${REALM:-AD.EXAMPLE.ORG} base
  [ -e "$dir/ready" ] && return
  rm -rf "${dir:?}"/{private,state,cache,etc,run,log,bind-dns}
  base=DC=$(tr '[:upper:]' '[:lower:]' <<< "$realm" | sed 's/\./,DC=/g')
  mkdir -p "$dir/run" "$dir/log"
  (umask 077
   echo "${ROOTPW:-Aa1-$(openssl rand -hex 12)}" > "$dir/rootpw"; echo "${SERVICEPW:-Aa1-$(openssl rand -hex 12)}" > "$dir/servicepw")
  echo "$base" > "$dir/suffix"
  samba-tool domain provision --targetdir="$dir" --server-role=dc --realm="$realm" --domain="${realm%%.*}X" \
    --host-name=dc1 --host-ip="$2" --dns-backend=NONE --use-rfc2307 --adminpass="$(cat "$dir/rootpw")" \
    --option="interfaces=$2/8" --option="bind interfaces only=yes" > "$dir/log/provision" 2>&1 ||
    { tail -20 "$dir/log/provision" >&2; die "provisioning failed"; }
  make_tls "$dir/private/tls" "$2" "dc1.$(tr '[:upper:]' '[:lower:]' <<< "$realm")"
  install -m 644 "$dir/private/tls/ca.pem" "$dir/ca.pem"   # private/ is closed to who is not root
  configure "$dir" "$2"
  first_entries "$dir" "$base" < "$dir/servicepw" > "$dir/log/first" 2>&1 || { cat "$dir/log/first" >&2; die "the first entries were refused"; }
  touch "$dir/ready"
}

describe() { # $1 dir, $2 address
  local base
  base=$(cat "$1/suffix")
  cat <<OUT
URL=ldap://$2:389
LDAPS_URL=ldaps://$2:636
CA_FILE=$1/ca.pem
BASE_DN=$base
BIND_DN=CN=huaming,OU=services,$base
BIND_PASSWORD=$(cat "$1/servicepw")
ROOT_DN=CN=Administrator,CN=Users,$base
ROOT_PASSWORD=$(cat "$1/rootpw")
OUT
}

# an ended process that nobody has reaped yet still answers kill -0
alive() { [ -r "/proc/$1/stat" ] && [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" != Z ]; }

start() {
  local dir port=$2 address pid i
  [ "$(id -u)" = 0 ] || die "needs root: Samba's provisioning sets owners and ACLs, and the LDAP ports are low"
  command -v samba > /dev/null || die "samba is missing: apt-get install --no-install-recommends samba samba-ad-dc samba-ad-provision samba-dsdb-modules samba-vfs-modules winbind ldb-tools ldap-utils openssl"
  mkdir -p "$1"; dir=$(cd "$1" && pwd)
  address=127.$((64 + port / 512)).$((port % 512 / 2)).1
  [ -s "$dir/run/pid" ] && alive "$(cat "$dir/run/pid")" && die "already running in $dir"
  set_up "$dir" "$address" >&2
  # -F foreground, so $! is the server; "single" keeps every service in this one process
  env -u ROOTPW -u SERVICEPW samba -F --no-process-group -M single -s "$dir/etc/smb.conf" >> "$dir/log/out" 2>&1 < /dev/null &
  pid=$!
  echo "$pid" > "$dir/run/pid"
  for i in $(seq $((${READY_SECONDS:-30} * 20))); do
    LDAPTLS_CACERT="$dir/private/tls/ca.pem" ldapsearch -x -H "ldaps://$address/" -s base -b '' -LLL dnsHostName > /dev/null 2>&1 && break
    alive "$pid" || { tail -20 "$dir/log/out" "$dir/log/samba" >&2; die "samba ended at once"; }
    sleep 0.05
  done
  describe "$dir" "$address"
  echo "PID=$pid"
}

stop() {
  local dir=$1 pid i
  [ -s "$dir/run/pid" ] || die "no pid file in $dir"
  pid=$(cat "$dir/run/pid")
  kill -TERM "$pid" 2>/dev/null || true
  for i in $(seq 1000); do alive "$pid" || break; sleep 0.02; done
  alive "$pid" && die "pid $pid did not end"
  rm -f "$dir/run/pid"
}

case "${1:-}" in
  start) [ $# = 3 ] || die "start DIR PORT"; start "$2" "$3" ;;
  stop)  [ $# = 2 ] || die "stop DIR"; stop "$2" ;;
  *) die "use: start DIR PORT | stop DIR" ;;
esac
