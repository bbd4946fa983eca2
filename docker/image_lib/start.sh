# Starts the program of an image and checks that it answers. Sourced by
# docker/build_without_engine.sh.

image_config() { image_tool inspect --type image --format "{{.Docker.Config.$2}}" "$1"; }

# Runs a command in a mounted image as a container would: its file system read-only, as
# the image's user, no capabilities, no way to more privileges, /tmp in memory, the given
# folders (host:inside) writable. $1 image, $2 its mounted root, $3 folders, then the
# command. The environment is the image's.
start_program() {
  local image=$1 root=$2 folders=$3 user
  shift 3
  user=$(image_config "$image" User)
  local -a environment
  mapfile -t environment < <(image_tool inspect --type image \
    --format '{{range .Docker.Config.Env}}{{println .}}{{end}}' "$image" | sed '/^$/d')
  exec unshare --mount --propagation private bash -euc '
    root=$1 user=$2 folders=$3 directory=$4
    shift 4
    mount --bind "$root" "$root"
    mount -o remount,bind,ro "$root"
    mount -t proc -o ro proc "$root/proc"
    mount -t tmpfs -o size=64m,mode=1777 tmpfs "$root/tmp"
    mount -t tmpfs -o size=64k tmpfs "$root/dev"
    for device in null zero random urandom; do
      touch "$root/dev/$device"
      mount --bind "/dev/$device" "$root/dev/$device"
    done
    for folder in $folders; do mount --bind "${folder%%:*}" "$root/${folder#*:}"; done
    exec chroot "$root" /usr/bin/setpriv \
      --reuid="${user%%:*}" --regid="${user#*:}" --clear-groups \
      --no-new-privs --bounding-set=-all --inh-caps=-all \
      /usr/bin/env -i -C "$directory" "$@"' \
    start "$root" "$user" "$folders" "$(image_config "$image" WorkingDir)" \
    "${environment[@]}" "$@"
}

# Waits for a line in a log; fails when its process ends or a minute passes.
# $1 process, $2 log, $3 regular expression; prints the matching line.
wait_for_line() {
  local process=$1 log=$2 expression=$3 deadline=$((SECONDS + 60))
  until grep -m1 -E "$expression" "$log"; do
    kill -0 "$process" 2>/dev/null || { cat "$log" >&2; fail "the program ended"; }
    ((SECONDS < deadline)) || { cat "$log" >&2; fail "no line $expression in a minute"; }
    sleep 0.2
  done
}

# Ends a program as an engine would and wants a clean exit.
stop_program() {
  local process=$1 log=$2 status=0
  kill -TERM "$process"
  wait "$process" || status=$?
  ((status == 0)) || { cat "$log" >&2; fail "exit status $status after SIGTERM"; }
}

check_backend() {
  local container root log=$work/backend.log line process
  container=$(image_tool from aifx-backend)
  root=$(image_tool mount "$container")
  (start_program aifx-backend "$root" "" ML_ENGINE_API_KEY=image-check \
    node server.js --host 127.0.0.1 --port 0) >"$log" 2>&1 &
  process=$!
  line=$(wait_for_line "$process" "$log" '^READY ')
  python3 -c '
import json, sys, urllib.request
with urllib.request.urlopen(sys.argv[1] + "/api/v1/ml/health", timeout=10) as reply:
    print("images: backend answers", json.load(reply)["data"]["status"])
' "${line#READY }"
  stop_program "$process" "$log"
  image_tool rm "$container" >/dev/null
}

check_engine() {
  local container root log=$work/engine.log line process grpc metrics answer status=0
  container=$(image_tool from aifx-engine)
  root=$(image_tool mount "$container")
  [[ $(image_config aifx-engine User) == 10001:10001 ]] || fail "the engine's user is not 10001"
  [[ -n $(image_tool inspect --type image --format '{{.Docker.Config.Healthcheck}}' \
    aifx-engine) ]] || fail "the engine has no health check"
  mkdir -p "$work/models" "$work/state"
  chown 10001:10001 "$work/models" "$work/state"
  chmod 711 "$work"
  say "engine: $(du -sm "$root" | cut -f1) MB, of it LibTorch and Arrow $(du -sm "$root/opt/aifx/lib" | cut -f1) MB"

  (start_program aifx-engine "$root" \
    "$work/models:var/lib/aifx/models $work/state:var/lib/aifx/state" \
    aifx-server --listen 127.0.0.1:0 --metrics-listen 127.0.0.1:0) >"$log" 2>&1 &
  process=$!
  line=$(wait_for_line "$process" "$log" '^READY ')
  [[ $line =~ grpc=([^ ]+)\ metrics=([^ ]+) ]] || fail "no addresses in: $line"
  grpc=${BASH_REMATCH[1]} metrics=${BASH_REMATCH[2]}
  python3 -c '
import sys, urllib.request
with urllib.request.urlopen(sys.argv[1] + "/livez", timeout=10) as reply:
    print("images: engine is", reply.read().decode().strip())
' "http://$metrics"
  # Without a model it may say NOT_SERVING; then the exit status has to say so, too.
  answer=$( (start_program aifx-engine "$root" "" aifx health --server "$grpc") 2>&1) ||
    status=$?
  say "engine's health: $answer (status $status)"
  case $answer in
    *NOT_SERVING*) ((status != 0)) || fail "NOT_SERVING, but status 0" ;;
    *SERVING*) ((status == 0)) || fail "SERVING, but status $status" ;;
    *) fail "neither SERVING nor NOT_SERVING" ;;
  esac
  stop_program "$process" "$log"
  image_tool rm "$container" >/dev/null
}
