#!/usr/bin/env bash
# A private 389 Directory Server (Debian: 389-ds-base ldap-utils openssl libnss3-tools) as a plain process. It fills in
# the package's own dse.ldif template, so neither dscreate nor systemd is needed and nothing is written outside DIR.
#
#   389ds.sh start DIR PORT    ldap on PORT, ldaps on PORT+1, ldapi in DIR/run/ldapi; prints how to reach it
#   389ds.sh stop  DIR         ends the server by its pid; the data stays, `start` opens it again
#
# Environment, all optional; read when DIR is first set up, except READY_SECONDS:
#   SUFFIX=dc=example,dc=org    the base DN
#   ROOTPW=..., SERVICEPW=...   passwords of cn=Directory Manager and cn=huaming,ou=services,SUFFIX (random when unset)
#   PLUGINS=all|none            all: memberOf, referential integrity, entryUUID; none: without these three
#   RIGHTS=least|none           least: what `huaming doctor` asks for; none: the service account may only read
#   DBNOSYNC=1                  commits are not flushed (faster, unsafe on power loss)
#   SIZELIMIT=N                 size limit of ordinary accounts, default 2000 as in a stock server
#   RUN_AS=USER                 when called as root: give DIR to USER and run as USER, default dirsrv
#   READY_SECONDS=N             how long to wait for the server, default 30
set -euo pipefail
PATH="$PATH:/usr/sbin:/sbin"
share=/usr/share/dirsrv
die() { echo "389ds.sh: $*" >&2; exit 1; }

make_tls() { # $1: folder of PEM files, $2: folder of the server's NSS database
  local tls=$1
  mkdir -p "$tls"
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 \
    -subj "/CN=Huaming private CA" -keyout "$tls/ca.key" -out "$tls/ca.crt" 2>/dev/null
  openssl req -newkey rsa:2048 -nodes -subj "/CN=localhost" -keyout "$tls/server.key" -out "$tls/server.csr" 2>/dev/null
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1\nextendedKeyUsage=serverAuth\n' > "$tls/ext"
  openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.crt" -CAkey "$tls/ca.key" -CAcreateserial \
    -days 825 -extfile "$tls/ext" -out "$tls/server.crt" 2>/dev/null
  openssl pkcs12 -export -in "$tls/server.crt" -inkey "$tls/server.key" -name Server-Cert -passout pass:x -out "$tls/server.p12"
  : > "$tls/none"
  certutil -N -d "sql:$2" --empty-password
  certutil -A -d "sql:$2" -n "Huaming private CA" -t CT,, -a -i "$tls/ca.crt"
  pk12util -i "$tls/server.p12" -d "sql:$2" -W x -k "$tls/none" > /dev/null
}

write_config() { # $1 dir, $2 port, $3 suffix, $4 password hash, $5 user
  local plugins=on
  [ "${PLUGINS:-all}" = all ] || plugins=off
  sed -e "s|%schema_dir%|$1/conf/schema|; s|%lock_dir%|$1/lock|; s|%tmp_dir%|$1/tmp|; s|%cert_dir%|$1/conf|
          s|%ldif_dir%|$1/ldif|; s|%bak_dir%|$1/bak|; s|%run_dir%|$1/run|; s|%inst_dir%|$1/inst|; s|%log_dir%|$1/log|
          s|%fqdn%|localhost|; s|%ds_port%|$2|; s|%ds_user%|$5|; s|%rootdn%|cn=Directory Manager|; s|%ds_passwd%|$4|
          s|%ldapi_enabled%|on|; s|%ldapi%|$1/run/ldapi|; s|%ldapi_autobind%|on|; s|%ds_suffix%|$3|
          s|%config_dir%|$1/conf|; s|%db_dir%|$1/db|; s|%db_home_dir%|$1/db|; s|%db_lib%|bdb|; s|%instance_name%|huaming|" \
    "$share/data/template-dse.ldif" |
  awk -v port="$(($2 + 1))" -v plugins="$plugins" -v limit="${SIZELIMIT:-2000}" \
    -v durable="$([ "${DBNOSYNC:-0}" = 1 ] && echo off || echo on)" 'BEGIN { RS = ""; ORS = "\n\n" }
    /^dn: cn=(MemberOf Plugin|referential integrity postoperation),cn=plugins/ {
      sub(/nsslapd-pluginenabled: (on|off)/, "nsslapd-pluginenabled: " plugins) }
    /^dn: cn=MemberOf Plugin,cn=plugins/ { $0 = $0 "\nmemberofautoaddoc: nsMemberOf" }
    /^dn: cn=config,cn=ldbm database,cn=plugins/ { $0 = $0 "\nnsslapd-db-durable-transaction: " durable }
    /^dn: cn=config\n/ { $0 = $0 "\nnsslapd-listenhost: 127.0.0.1\nnsslapd-securelistenhost: 127.0.0.1\nnsslapd-secureport: " port \
      "\nnsslapd-security: on\npasswordStorageScheme: SSHA512\nnsslapd-allow-hashed-passwords: on\nnsslapd-sizelimit: " limit }
    { print }'
  cat <<DSE
dn: cn="$3",cn=mapping tree,cn=config
objectClass: top
objectClass: extensibleObject
objectClass: nsMappingTree
cn: $3
nsslapd-state: backend
nsslapd-backend: userRoot

dn: cn=userRoot,cn=ldbm database,cn=plugins,cn=config
objectClass: top
objectClass: extensibleObject
objectClass: nsBackendInstance
cn: userRoot
nsslapd-suffix: $3

$(entry_uuid "$plugins")
DSE
}

entry_uuid() { # the server writes these two by itself, too late for the first entries
  local name kind
  for name in entryuuid entryuuid_syntax; do
    kind=betxnpreoperation; [ $name = entryuuid ] || kind=syntax
    printf 'dn: cn=%s,cn=plugins,cn=config\nobjectClass: top\nobjectClass: nsSlapdPlugin\ncn: %s\nnsslapd-pluginPath: lib%s-plugin\n' \
      $name $name "$(sed 's/_/-/' <<< $name)"
    printf 'nsslapd-pluginInitfunc: %s_plugin_init\nnsslapd-pluginType: %s\nnsslapd-pluginEnabled: %s\nnsslapd-pluginId: %s\n' \
      $name $kind "$([ $name = entryuuid ] && echo "$1" || echo on)" $name
    printf 'nsslapd-pluginVersion: none\nnsslapd-pluginVendor: 389 Project\nnsslapd-pluginDescription: %s\n\n' $name
  done
}

rights() { # $1 suffix: the same as `huaming doctor` prints them
  local by="userdn=\"ldap:///cn=huaming,ou=services,$1\"" shape
  [ "${RIGHTS:-least}" = least ] || return 0
  for shape in people:person groups:groupOfNames; do
    printf 'dn: ou=%s,%s\nchangetype: modify\nadd: aci\n' "${shape%:*}" "$1"
    printf 'aci: (targetattr != "userPassword || aci")(targetfilter="(objectClass=%s)")(version 3.0; acl "huaming %s"; allow (read,search,compare,write,add,delete) %s;)\n' \
      "${shape#*:}" "${shape%:*}" "$by"
    [ "${shape%:*}" = groups ] ||
      printf 'aci: (target="ldap:///uid=huaming-doctor,ou=people,%s")(targetattr="userPassword")(version 3.0; acl "huaming passwords"; allow (add,write) %s;)\n' "$1" "$by"
    printf '\n'
  done
}

first_entries() { # $1 suffix, $2 password of the service account
  local dc=${1#*=} ou ix
  dc=${dc%%,*}
  for ix in employeeNumber entryUUID; do
    printf 'dn: cn=%s,cn=index,cn=userRoot,cn=ldbm database,cn=plugins,cn=config\nchangetype: add\nobjectClass: nsIndex\ncn: %s\nnsSystemIndex: false\nnsIndexType: eq\n\n' $ix $ix
  done
  printf 'dn: %s\nchangetype: add\nobjectClass: top\nobjectClass: domain\ndc: %s\n' "$1" "$dc"
  printf 'aci: (targetattr != "userPassword")(version 3.0; acl "users read"; allow (read,search,compare) userdn="ldap:///all";)\n'
  printf 'aci: (targetattr = "userPassword")(version 3.0; acl "own password"; allow (write) userdn="ldap:///self";)\n\n'
  for ou in people groups services; do
    printf 'dn: ou=%s,%s\nchangetype: add\nobjectClass: organizationalUnit\nou: %s\n\n' $ou "$1" $ou
  done
  printf 'dn: cn=huaming,ou=services,%s\nchangetype: add\nobjectClass: top\nobjectClass: applicationProcess\nobjectClass: simpleSecurityObject\n' "$1"
  printf 'cn: huaming\nuserPassword: %s\nnsSizeLimit: -1\nnsPagedSizeLimit: -1\nnsLookThroughLimit: -1\nnsPagedLookThroughLimit: -1\nnsIDListScanLimit: -1\nnsPagedIDListScanLimit: -1\n\n' "$2"
  rights "$1"
}

set_up() { # $1 dir, $2 port, $3 user
  local dir=$1 suffix=${SUFFIX:-dc=example,dc=org} root service
  [ -e "$dir/ready" ] && return
  rm -rf "${dir:?}"/{conf,run,lock,tmp,ldif,bak,inst,log,db}
  mkdir -p "$dir"/{conf/schema,run,lock,tmp,ldif,bak,inst,log,db}
  root=${ROOTPW:-$(openssl rand -hex 12)}; service=${SERVICEPW:-$(openssl rand -hex 12)}
  (umask 077; echo "$root" > "$dir/rootpw"; echo "$service" > "$dir/servicepw"; echo "$suffix" > "$dir/suffix")
  # the package keeps its own copies for dirsrv alone, so these three are written by hand
  printf 'dn: cn=schema\nobjectClass: top\nobjectClass: ldapSubentry\nobjectClass: subschema\ncn: schema\naci: (target="ldap:///cn=schema")(targetattr != "aci")(version 3.0; acl "read"; allow (read,search,compare) userdn="ldap:///anyone";)\n' > "$dir/conf/schema/99user.ldif"
  echo 'certmap default default' > "$dir/conf/certmap.conf"
  echo 'collation "" "" "" 1 3 2.16.840.1.113730.3.3.2.0.1 default' > "$dir/conf/slapd-collations.conf"
  make_tls "$dir/tls" "$dir/conf"
  (umask 077; write_config "$dir" "$2" "$suffix" "$(pwdhash -s SSHA512 "$root")" "$3" > "$dir/conf/dse.ldif")
  if [ "$(id -u)" = 0 ]; then chown -R "$3:" "$dir"; fi
}

describe() {
  local dir=$1 port=$2 suffix
  suffix=$(cat "$dir/suffix")
  cat <<OUT
URL=ldap://127.0.0.1:$port
LDAPS_URL=ldaps://127.0.0.1:$((port + 1))
LDAPI_URL=ldapi://$(sed 's,/,%2F,g' <<< "$dir/run/ldapi")
CA_FILE=$dir/tls/ca.crt
BASE_DN=$suffix
BIND_DN=cn=huaming,ou=services,$suffix
BIND_PASSWORD=$(cat "$dir/servicepw")
ROOT_DN=cn=Directory Manager
ROOT_PASSWORD=$(cat "$dir/rootpw")
OUT
}

# an ended process that nobody has reaped yet still answers kill -0
alive() { [ -r "/proc/$1/stat" ] && [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" != Z ]; }

await() { # $1 dir, $2 port, $3 pid
  local i
  for i in $(seq $((${READY_SECONDS:-30} * 20))); do
    ldapwhoami -x -H "ldap://127.0.0.1:$2/" > /dev/null 2>&1 && return
    alive "$3" || { tail -20 "$1/log/out" "$1/log/errors" >&2; die "ns-slapd ended at once"; }
    sleep 0.05
  done
  die "ns-slapd does not answer"
}

start() {
  local dir port=$2 user pid
  command -v ns-slapd > /dev/null || die "ns-slapd is missing: apt-get install --no-install-recommends 389-ds-base ldap-utils openssl libnss3-tools"
  case "${PLUGINS:-all}" in all | none) ;; *) die "PLUGINS is all or none" ;; esac
  user=$(id -un); [ "$(id -u)" != 0 ] || user=${RUN_AS:-dirsrv}
  mkdir -p "$1"; dir=$(cd "$1" && pwd)
  # a unix socket's path has room for 107 bytes
  [ ${#dir} -lt 94 ] || die "DIR is too long for a unix socket (${#dir} characters, 93 at most)"
  [ -s "$dir/run/pid" ] && alive "$(cat "$dir/run/pid")" && die "already running in $dir"
  set_up "$dir" "$port" "$user" >&2
  rm -f "$dir/run/slapd.pid"
  # -d 0 keeps it in the foreground, so $! is the server
  env -u ROOTPW -u SERVICEPW ns-slapd -D "$dir/conf" -i "$dir/run/slapd.pid" -d 0 >> "$dir/log/out" 2>&1 < /dev/null &
  pid=$!
  echo "$pid" > "$dir/run/pid"
  await "$dir" "$port" "$pid"
  if [ ! -e "$dir/ready" ]; then
    (umask 077; first_entries "$(cat "$dir/suffix")" "$(cat "$dir/servicepw")" > "$dir/first.ldif")
    ldapmodify -x -H "ldap://127.0.0.1:$port/" -D "cn=Directory Manager" -y <(printf %s "$(cat "$dir/rootpw")") \
      -f "$dir/first.ldif" > "$dir/log/first" 2>&1 || { cat "$dir/log/first" >&2; die "the first entries were refused"; }
    touch "$dir/ready"
  fi
  describe "$dir" "$port"
  echo "PID=$pid"
}

stop() {
  local dir=$1 pid i
  [ -s "$dir/run/pid" ] || die "no pid file in $dir"
  pid=$(cat "$dir/run/pid")
  kill -TERM "$pid" 2>/dev/null || true
  for i in $(seq 1500); do alive "$pid" || break; sleep 0.02; done
  alive "$pid" && die "pid $pid did not end"
  rm -f "$dir/run/pid"
}

case "${1:-}" in
  start) [ $# = 3 ] || die "start DIR PORT"; start "$2" "$3" ;;
  stop)  [ $# = 2 ] || die "stop DIR"; stop "$2" ;;
  *) die "use: start DIR PORT | stop DIR" ;;
esac
