#!/usr/bin/env bash
# A private OpenLDAP server (Debian: slapd slapd-contrib ldap-utils openssl) as a plain process.
# The tests, `make demo`, the bench and the compose image all set the directory up with this script.
#
#   openldap.sh start DIR PORT    ldap on PORT, ldaps on PORT+1, ldapi in DIR/run/ldapi; prints how to reach it
#   openldap.sh run   DIR PORT    the same in the foreground (containers)
#   openldap.sh stop  DIR         ends the server by its pid; the data stays, `start` opens it again
#
# Environment, all optional; read when DIR is first set up, except LISTEN, RUN_AS and READY_SECONDS:
#   SUFFIX=dc=example,dc=org    the base DN
#   ROOTPW=..., SERVICEPW=...   passwords of cn=admin,SUFFIX and cn=huaming,ou=services,SUFFIX (random when unset)
#   OVERLAYS=all|none|ppolicy   all: ppolicy memberof refint unique lastbind syncprov accesslog
#   DBNOSYNC=1                  mdb without fsync on commit (faster bulk loads, unsafe on power loss)
#   MAXSIZE=BYTES               mdb map size, default 1 GiB (a sparse file)
#   SIZELIMIT=N                 size limit of ordinary accounts, default 500 as in a stock server
#   THREADS=N                   slapd worker threads, default 16
#   LISTEN=ADDRESS              default 127.0.0.1; every address is 0.0.0.0
#   TLS_NAMES=DNS:a,IP:b        further names of the server's certificate
#   RUN_AS=USER                 give DIR to USER and run as USER (only when called as root)
#   READY_SECONDS=N             how long to wait for the server, default 20
set -euo pipefail
PATH="$PATH:/usr/sbin:/sbin"
die() { echo "openldap.sh: $*" >&2; exit 1; }

make_tls() { # a CA of our own and one server certificate
  local tls=$1
  mkdir -p "$tls"
  [ -s "$tls/server.crt" ] && return
  openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 825 \
    -subj "/CN=Huaming private CA" -keyout "$tls/ca.key" -out "$tls/ca.crt" 2>/dev/null
  openssl req -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -subj "/CN=localhost" \
    -keyout "$tls/server.key" -out "$tls/server.csr" 2>/dev/null
  printf 'subjectAltName=DNS:localhost,IP:127.0.0.1,IP:::1%s\nextendedKeyUsage=serverAuth\n' \
    "${TLS_NAMES:+,$TLS_NAMES}" > "$tls/ext"
  openssl x509 -req -in "$tls/server.csr" -CA "$tls/ca.crt" -CAkey "$tls/ca.key" -CAcreateserial \
    -days 825 -extfile "$tls/ext" -out "$tls/server.crt" 2>/dev/null
}

hashed() { slappasswd -n -h '{SSHA}' -T <(printf %s "$1"); }

overlays() { # which overlays OVERLAYS stands for
  case "${OVERLAYS:-all}" in
    all) echo "ppolicy memberof refint unique syncprov accesslog" ;;
    ppolicy) echo "ppolicy" ;;
    none) ;;
    *) die "OVERLAYS is all, none or ppolicy" ;;
  esac
}

global_config() {
  local dir=$1 root=$2 name
  cat <<CFG
dn: cn=config
objectClass: olcGlobal
cn: config
olcPidFile: $dir/run/slapd.pid
olcArgsFile: $dir/run/slapd.args
olcLogLevel: none
olcThreads: ${THREADS:-16}
olcSizeLimit: ${SIZELIMIT:-500}
olcTLSCACertificateFile: $dir/tls/ca.crt
olcTLSCertificateFile: $dir/tls/server.crt
olcTLSCertificateKeyFile: $dir/tls/server.key
olcAuthzRegexp: {0}gidNumber=[0-9]+\\+uidNumber=$(id -u "${RUN_AS:-$(id -un)}"),cn=peercred,cn=external,cn=auth cn=config
olcAuthzRegexp: {1}gidNumber=0\\+uidNumber=0,cn=peercred,cn=external,cn=auth cn=config

dn: cn=module{0},cn=config
objectClass: olcModuleList
cn: module{0}
olcModulePath: /usr/lib/ldap
$(for name in back_mdb $(overlays) $(overlays | grep -q unique && echo lastbind); do echo "olcModuleLoad: $name"; done)

dn: cn=schema,cn=config
objectClass: olcSchemaConfig
cn: schema

$(for name in core cosine inetorgperson nis; do cat "/etc/ldap/schema/$name.ldif"; echo; done)

dn: olcDatabase={-1}frontend,cn=config
objectClass: olcDatabaseConfig
objectClass: olcFrontendConfig
olcDatabase: {-1}frontend

dn: olcDatabase={0}config,cn=config
objectClass: olcDatabaseConfig
olcDatabase: {0}config
olcRootDN: cn=config
olcRootPW: $root

CFG
}

log_config() {
  cat <<CFG
dn: olcDatabase={1}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {1}mdb
olcSuffix: cn=accesslog
olcDbDirectory: $1/log
olcDbMaxSize: ${MAXSIZE:-1073741824}
olcDbNoSync: TRUE
olcDbIndex: reqStart,reqEnd,reqMod,reqResult eq
olcDbIndex: objectClass eq
olcRootDN: cn=config

CFG
}

# The least that the service account needs (`huaming doctor` prints the same rules): entries one level below
# ou=people and ou=groups, the password of the doctor's own test entry, and pages without an upper bound.
data_config() {
  local dir=$1 suffix=$2 root=$3 n=$4 service="cn=huaming,ou=services,$2" all=FALSE
  overlays | grep -q unique && all=TRUE
  cat <<CFG
dn: olcDatabase={$n}mdb,cn=config
objectClass: olcDatabaseConfig
objectClass: olcMdbConfig
olcDatabase: {$n}mdb
olcSuffix: $suffix
olcDbDirectory: $dir/data
olcDbMaxSize: ${MAXSIZE:-1073741824}
olcDbNoSync: $([ "${DBNOSYNC:-0}" = 1 ] && echo TRUE || echo FALSE)
olcRootDN: cn=admin,$suffix
olcRootPW: $root
olcAccess: {0}to dn.exact="uid=huaming-doctor,ou=people,$suffix" attrs=userPassword by dn.exact="$service" =w by anonymous auth by * none
olcAccess: {1}to attrs=userPassword by self write by anonymous auth by * none
olcAccess: {2}to dn.regex="^ou=(people|groups),$suffix\$" attrs=children by dn.exact="$service" write by users read by * none
olcAccess: {3}to dn.onelevel="ou=people,$suffix" by dn.exact="$service" write by users read by * none
olcAccess: {4}to dn.onelevel="ou=groups,$suffix" by dn.exact="$service" write by users read by * none
olcAccess: {5}to * by users read by * none
olcLimits: {0}dn.exact="$service" size.soft=5000 size.hard=5000 size.pr=1000 size.prtotal=unlimited time=60
olcDbIndex: objectClass eq
olcDbIndex: uid,cn,mail,employeeNumber,member,manager,seeAlso,entryUUID,entryCSN eq
olcLastBind: $all

CFG
}

overlay_config() { # $1: database, $2: suffix, $3: position, $4: overlay
  local class settings=""
  case "$4" in
    ppolicy) class=olcPPolicyConfig
      settings="olcPPolicyDefault: cn=default,ou=policies,$2
olcPPolicyHashCleartext: TRUE
olcPPolicyUseLockout: TRUE" ;;
    memberof) class=olcMemberOfConfig
      settings="olcMemberOfGroupOC: groupOfNames
olcMemberOfMemberAD: member
olcMemberOfMemberOfAD: memberOf" ;;
    refint) class=olcRefintConfig
      settings="olcRefintAttribute: member
olcRefintAttribute: manager
olcRefintNothing: cn=nobody,$2" ;;
    unique) class=olcUniqueConfig
      settings="olcUniqueURI: ldap:///ou=people,$2?uid?one" ;;
    syncprov) class=olcSyncProvConfig
      settings="olcSpCheckpoint: 1000 10" ;;
    accesslog) class=olcAccessLogConfig
      settings="olcAccessLogDB: cn=accesslog
olcAccessLogOps: writes
olcAccessLogSuccess: TRUE" ;;
  esac
  printf 'dn: olcOverlay={%s}%s,%s\nobjectClass: olcOverlayConfig\nobjectClass: %s\nolcOverlay: {%s}%s\n%s\n\n' \
    "$3" "$4" "$1" "$class" "$3" "$4" "$settings"
}

write_config() {
  local dir=$1 suffix=$2 root=$3 n=1 position=0 name
  global_config "$dir" "$root"
  if overlays | grep -q accesslog; then log_config "$dir"; n=2; fi
  data_config "$dir" "$suffix" "$root" "$n"
  for name in $(overlays); do
    overlay_config "olcDatabase={$n}mdb,cn=config" "$suffix" "$position" "$name"
    position=$((position + 1))
  done
}

first_entries() {
  local suffix=$1 service=$2 dc ou
  dc=${suffix#*=}; dc=${dc%%,*}
  printf 'dn: %s\nobjectClass: dcObject\nobjectClass: organization\no: %s\ndc: %s\n\n' "$suffix" "$dc" "$dc"
  for ou in people groups policies services; do
    printf 'dn: ou=%s,%s\nobjectClass: organizationalUnit\nou: %s\n\n' "$ou" "$suffix" "$ou"
  done
  printf 'dn: cn=huaming,ou=services,%s\nobjectClass: organizationalRole\nobjectClass: simpleSecurityObject\ncn: huaming\nuserPassword: %s\n\n' \
    "$suffix" "$service"
  overlays | grep -q ppolicy || return 0
  # pwdLockout must be TRUE, or slapd ignores pwdAccountLockedTime
  printf 'dn: cn=default,ou=policies,%s\nobjectClass: pwdPolicy\nobjectClass: device\ncn: default\npwdAttribute: userPassword\npwdLockout: TRUE\npwdMaxFailure: 0\npwdAllowUserChange: TRUE\npwdCheckQuality: 0\n' "$suffix"
}

set_up() {
  local dir=$1 suffix=${SUFFIX:-dc=example,dc=org} root service
  mkdir -p "$dir/run" "$dir/data" "$dir/log"; chmod 700 "$dir/data" "$dir/log"
  [ -e "$dir/ready" ] && return
  rm -rf "$dir/slapd.d" "$dir/data" "$dir/log"; mkdir -m 700 "$dir/slapd.d" "$dir/data" "$dir/log"
  root=${ROOTPW:-$(openssl rand -hex 12)}; service=${SERVICEPW:-$(openssl rand -hex 12)}
  (umask 077; echo "$root" > "$dir/rootpw"; echo "$service" > "$dir/servicepw"; echo "$suffix" > "$dir/suffix")
  make_tls "$dir/tls"
  (umask 077; write_config "$dir" "$suffix" "$(hashed "$root")" > "$dir/config.ldif")
  slapadd -n 0 -F "$dir/slapd.d" -l "$dir/config.ldif" || die "slapadd refused the configuration"
  (umask 077; first_entries "$suffix" "$(hashed "$service")" > "$dir/first.ldif")
  slapadd -F "$dir/slapd.d" -b "$suffix" -l "$dir/first.ldif" || die "slapadd refused the first entries"
  touch "$dir/ready"
}

describe() {
  local dir=$1 port=$2 suffix host=127.0.0.1
  suffix=$(cat "$dir/suffix")
  case "${LISTEN:-}" in "" | 0.0.0.0) ;; *) host=$LISTEN ;; esac
  cat <<OUT
URL=ldap://$host:$port
LDAPS_URL=ldaps://$host:$((port + 1))
LDAPI_URL=ldapi://$(sed 's,/,%2F,g' <<< "$dir/run/ldapi")
CA_FILE=$dir/tls/ca.crt
BASE_DN=$suffix
BIND_DN=cn=huaming,ou=services,$suffix
BIND_PASSWORD=$(cat "$dir/servicepw")
ROOT_DN=cn=admin,$suffix
ROOT_PASSWORD=$(cat "$dir/rootpw")
OUT
}

# an ended process that nobody has reaped yet still answers kill -0
alive() { [ -r "/proc/$1/stat" ] && [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" != Z ]; }

serve() { # becomes slapd, which needs no password; -d 0 keeps it in the foreground: one process, no daemon fork
  local dir=$1 port=$2 host=${LISTEN:-127.0.0.1} as=()
  unset ROOTPW SERVICEPW
  if [ -n "${RUN_AS:-}" ] && [ "$(id -u)" = 0 ]; then
    chown -R "$RUN_AS:" "$dir"; as=(-u "$RUN_AS" -g "$(id -gn "$RUN_AS")")
  fi
  exec slapd -d 0 -F "$dir/slapd.d" "${as[@]}" \
    -h "ldap://$host:$port/ ldaps://$host:$((port + 1))/ ldapi://$(sed 's,/,%2F,g' <<< "$dir/run/ldapi")/"
}

prepare() { # prints the absolute folder
  local dir
  command -v slapd > /dev/null || die "slapd is missing: apt-get install --no-install-recommends slapd slapd-contrib ldap-utils openssl"
  overlays > /dev/null || exit 1
  mkdir -p "$1"; dir=$(cd "$1" && pwd)
  # a unix socket's path has room for 107 bytes
  [ ${#dir} -lt 94 ] || die "DIR is too long for a unix socket (${#dir} characters, 93 at most)"
  set_up "$dir" >&2
  echo "$dir"
}

start() {
  local dir port=$2 pid i
  dir=$(prepare "$1")
  [ -s "$dir/run/pid" ] && alive "$(cat "$dir/run/pid")" && die "already running in $dir"
  (serve "$dir" "$port") >> "$dir/slapd.log" 2>&1 < /dev/null &
  pid=$!
  echo "$pid" > "$dir/run/pid"
  for i in $(seq $((${READY_SECONDS:-20} * 50))); do
    ldapwhoami -x -H "$(describe "$dir" "$port" | sed -n 's/^URL=//p')" > /dev/null 2>&1 && break
    alive "$pid" || { cat "$dir/slapd.log" >&2; die "slapd ended at once"; }
    sleep 0.02
  done
  describe "$dir" "$port"
  echo "PID=$pid"
}

stop() {
  local dir=$1 pid i
  [ -s "$dir/run/pid" ] || die "no pid file in $dir"
  pid=$(cat "$dir/run/pid")
  kill -TERM "$pid" 2>/dev/null || true   # never -9: mdb survives it, its lock table may not
  for i in $(seq 500); do alive "$pid" || break; sleep 0.02; done
  alive "$pid" && die "pid $pid did not end"
  rm -f "$dir/run/pid"
}

case "${1:-}" in
  start) [ $# = 3 ] || die "start DIR PORT"; start "$2" "$3" ;;
  run)   [ $# = 3 ] || die "run DIR PORT"; folder=$(prepare "$2"); serve "$folder" "$3" ;;
  stop)  [ $# = 2 ] || die "stop DIR"; stop "$2" ;;
  *) die "use: start DIR PORT | run DIR PORT | stop DIR" ;;
esac
