#!/bin/sh
# Makes the secrets that docker-compose.yml mounts, each once, in deploy/secrets. What is there already stays.
# The folder is closed to others; the files in it are readable, since the containers' users are not this machine's.
set -eu
cd "$(dirname "$0")"
install -d -m 700 secrets

secret() {
    [ -s "secrets/$1" ] || (umask 022 && printf '%s' "$2" >"secrets/$1")
}
random() { od -An -N24 -tx1 /dev/urandom | tr -d ' \n'; }

secret ldap_service_password "$(random)"
secret ldap_root_password "$(random)"
secret postgresql_password "$(random)"
secret store_url "postgresql://huaming:$(cat secrets/postgresql_password)@postgresql:5432/huaming"
echo "deploy/secrets holds: $(ls secrets | tr '\n' ' ')"
