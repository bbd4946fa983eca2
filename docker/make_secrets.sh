#!/usr/bin/env bash
# Makes the secrets that compose.yaml mounts, each once, from the system's random bytes.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

# The containers' users have to read the files: the folder keeps other users out.
mkdir -p secrets
chmod 700 secrets
for name in ml_engine_api_key postgres_password; do
  [[ -s secrets/$name ]] && continue
  od -An -tx1 -N32 /dev/urandom | tr -d ' \n' >"secrets/.$name"
  chmod 444 "secrets/.$name"
  mv "secrets/.$name" "secrets/$name"
  echo "made docker/secrets/$name"
done
