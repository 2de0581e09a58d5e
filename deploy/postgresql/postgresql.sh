#!/usr/bin/env bash
# A private PostgreSQL cluster (Debian: postgresql) as a plain process, never as root.
# The tests and the benches set theirs up with this script.
#
#   postgresql.sh start   DIR PORT    127.0.0.1:PORT and a unix socket in DIR/run; prints how to reach it
#   postgresql.sh stop    DIR         ends it by its pid; the data stays, `start` opens it again
#   postgresql.sh restart DIR PORT    stop and start
#   postgresql.sh promote DIR         a standby becomes a primary, and is one when this returns
#
# Environment, all optional; MODE is for stop and restart, the others are read by start:
#   RUN_AS=USER         give DIR to USER and run as USER (only when called as root, default postgres)
#   DURABLE=1           keep fsync and synchronous_commit on (default off: tests want speed)
#   MAX_CONN=N          max_connections, default 300
#   STANDBY_OF=DIR      a DIR without data is filled by pg_basebackup from the running cluster of that DIR, and follows it
#   SYNCHRONOUS=NAMES   synchronous_standby_names; a standby is called by the last part of its DIR
#   PRELOAD=LIBRARY     LD_PRELOAD of the server alone, as USER already: libfaketime sets its clock
#   MODE=fast|immediate fast cuts clients off; immediate is a crash
set -euo pipefail
die() { echo "postgresql.sh: $*" >&2; exit 1; }
bin=$(ls -d /usr/lib/postgresql/*/bin 2>/dev/null | sort -V | tail -1 || true)
[ -z "$bin" ] || PATH="$bin:$PATH"
command -v initdb >/dev/null || die "no initdb: apt-get install -y --no-install-recommends postgresql"
user=$(id -un); [ "$(id -u)" != 0 ] || user=${RUN_AS:-postgres}

as_user() { # setpriv execs: the pid of the server is the one that was started
  local preload=(); [ -z "${PRELOAD:-}" ] || preload=(env LD_PRELOAD="$PRELOAD")
  if [ "$(id -u)" = 0 ]; then
    exec setpriv --reuid="$user" --regid="$(id -g "$user")" --init-groups env HOME="$dir" ${preload[@]+"${preload[@]}"} "$@"
  else exec ${preload[@]+"${preload[@]}"} "$@"; fi
}

# an ended process whose parent has not reaped it yet still answers kill -0
alive() { [ -r "/proc/$1/stat" ] && [ "$(sed 's/.*) //; s/ .*//' "/proc/$1/stat" 2>/dev/null)" != Z ]; }

running() { [ -s "$dir/data/postmaster.pid" ] && alive "$(head -1 "$dir/data/postmaster.pid")"; }

ask() { # waits for no standby
  PGOPTIONS='-c synchronous_commit=local' psql -qAtX -h "$dir/run" -p "$1" -U hub postgres -c "$2"
}

initialise() {
  (umask 077; od -An -N12 -tx1 /dev/urandom | tr -d ' \n' > "$dir/pw")
  own "$dir"
  (cd "$dir"; as_user initdb -D "$dir/data" -U hub --pwfile="$dir/pw" -A scram-sha-256 --auth-local=trust \
    -E UTF8 --locale=C.UTF-8 -N > "$dir/initdb.log" 2>&1) || { tail -5 "$dir/initdb.log" >&2; die "initdb failed"; }
}

follow() { # a standby connects by the primary's socket, which asks no password
  local primary
  primary=$(cd "$1" && pwd)
  cp "$primary/pw" "$dir/pw"
  own "$dir"
  (cd "$dir"; as_user pg_basebackup -D "$dir/data" -R -X stream -c fast -U hub -h "$primary/run" \
    -p "$(sed -n 4p "$primary/data/postmaster.pid")" -d "application_name=$(basename "$dir")" \
    > "$dir/basebackup.log" 2>&1) || { tail -5 "$dir/basebackup.log" >&2; die "pg_basebackup failed"; }
}

own() { [ "$(id -u)" != 0 ] || chown -R "$user:" "$1"; }

start() {
  local port=$2 safe=(-c fsync=off -c synchronous_commit=off -c full_page_writes=off)
  mkdir -p "$1"; dir=$(cd "$1" && pwd)
  [ "${DURABLE:-0}" != 1 ] || safe=()
  [ ${#dir} -lt 85 ] || die "DIR is too long for a unix socket"
  ! running || die "already running in $dir"
  if [ ! -s "$dir/data/PG_VERSION" ]; then
    mkdir -p "$dir/run" "$dir/data"; chmod 700 "$dir/data"
    if [ -n "${STANDBY_OF:-}" ]; then follow "$STANDBY_OF"; else initialise; fi
  fi
  cd "$dir"
  as_user postgres -D "$dir/data" -p "$port" -k "$dir/run" -c listen_addresses=127.0.0.1 \
    -c max_connections="${MAX_CONN:-300}" -c shared_buffers=32MB -c max_wal_size=256MB \
    -c synchronous_standby_names="${SYNCHRONOUS:-}" \
    ${safe[@]+"${safe[@]}"} >> "$dir/log" 2>&1 < /dev/null &
  await $! "$port"
  if [ "$(ask "$port" 'SELECT pg_is_in_recovery()')" = f ] &&
    [ -z "$(ask "$port" "SELECT 1 FROM pg_database WHERE datname = 'hub'")" ]; then
    ask "$port" 'CREATE DATABASE hub'
  fi
  tell "$port"
}

await() { # until it serves
  local i
  for i in $(seq 600); do
    ! pg_isready -q -h "$dir/run" -p "$2" || return 0
    alive "$1" || { tail -5 "$dir/log" >&2; die "postgres ended at once"; }
    sleep 0.05
  done
  die "not ready after 30 seconds; see $dir/log"
}

tell() {
  cat <<OUT
URL=postgresql://hub:$(cat "$dir/pw")@127.0.0.1:$1/hub
SOCKET_URL=postgresql://hub@/hub?host=$dir/run&port=$1
PID=$(head -1 "$dir/data/postmaster.pid")
OUT
}

stop() {
  local pid i signal=INT   # TERM would wait for clients
  dir=$(cd "$1" && pwd)
  [ -s "$dir/data/postmaster.pid" ] || die "no postmaster.pid in $dir"
  pid=$(head -1 "$dir/data/postmaster.pid")
  [ "${MODE:-fast}" != immediate ] || signal=QUIT
  kill "-$signal" "$pid" 2>/dev/null || true
  for i in $(seq 600); do alive "$pid" || return 0; sleep 0.05; done
  die "pid $pid did not end"
}

promote() {
  dir=$(cd "$1" && pwd)
  ask "$(sed -n 4p "$dir/data/postmaster.pid")" 'SELECT pg_promote(true, 60)' | grep -q t || die "not promoted"
}

case "${1:-}" in
  start) [ $# = 3 ] || die "start DIR PORT"; start "$2" "$3" ;;
  stop) [ $# = 2 ] || die "stop DIR"; stop "$2" ;;
  restart) [ $# = 3 ] || die "restart DIR PORT"; stop "$2"; start "$2" "$3" ;;
  promote) [ $# = 2 ] || die "promote DIR"; promote "$2" ;;
  *) die "use: start DIR PORT | stop DIR | restart DIR PORT | promote DIR" ;;
esac
