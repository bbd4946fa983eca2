#!/bin/bash
# Runs COMMAND with DATABASE_URL naming a temporary PostgreSQL cluster of its own, and removes that afterwards.
# Exits 0 with a message, without running COMMAND, where PostgreSQL is not installed.
# PG_BINDIR overrides where its programs are looked for.
set -euo pipefail

if [ $# -eq 0 ]; then
  echo "usage: with_postgres.sh COMMAND..." >&2
  exit 2
fi

find_bindir() {
  if [ -n "${PG_BINDIR:-}" ]; then
    echo "$PG_BINDIR"
  elif command -v initdb > /dev/null; then
    dirname "$(command -v initdb)"
  else
    find /usr/lib/postgresql -maxdepth 2 -name bin 2> /dev/null | sort -V | tail -n 1
  fi
}

bindir=$(find_bindir)
if [ -z "$bindir" ] || [ ! -x "$bindir/initdb" ]; then
  echo "with_postgres.sh: SKIPPED, PostgreSQL is not installed"
  exit 0
fi

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" -eq 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

work=$(mktemp -d)
if [ "$(id -u)" -eq 0 ]; then chown postgres "$work"; fi

cleanup() {
  (cd "$work" && as_owner "$bindir/pg_ctl" stop -D "$work/data" -m immediate) > /dev/null 2>&1 || true
  rm -rf "$work"
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

port=$(node -e 'const s = require("net").createServer().listen(0, "127.0.0.1", () => { console.log(s.address().port); s.close(); })')
(
  cd "$work"
  as_owner "$bindir/initdb" -D "$work/data" -U aifx --auth=trust -E UTF8 --no-locale --no-sync > /dev/null
  as_owner "$bindir/pg_ctl" start -w -D "$work/data" -l "$work/log" \
    -o "-c listen_addresses=127.0.0.1 -p $port -c unix_socket_directories= -c fsync=off" > /dev/null
) || { cat "$work/log" >&2 2> /dev/null; exit 1; }

DATABASE_URL="postgresql://aifx@127.0.0.1:$port/postgres" "$@"
