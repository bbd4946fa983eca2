# Node and the packages of the reference backend and of the example callers. Sourced by scripts/setup.

oldest_node=18

node_is_usable() {
  command -v npm >/dev/null &&
    [[ $(node --version 2>/dev/null) =~ ^v([0-9]+)\. ]] &&
    ((BASH_REMATCH[1] >= oldest_node))
}

# Keeps the Node that is there, if it is new enough.
install_node() {
  # Asking npm for its version would take longer than all the rest.
  if ! node_is_usable; then
    install_packages nodejs npm
    hash -r
    node_is_usable || fail "needs Node $oldest_node or later and npm; found $(
      node --version 2>/dev/null || echo none)"
  fi
}

# npm ci in a folder, once for every content of its lock file.
install_node_modules() {
  local folder=$1
  local lock=$folder/package-lock.json
  local stamp=$folder/node_modules/.setup-stamp
  [[ -f $lock ]] || return 0
  local sum
  sum=$(sha256sum <"$lock" | cut -d' ' -f1)
  if [[ -f $stamp && $(<"$stamp") == "$sum" ]]; then return 0; fi
  say "npm ci in $folder"
  npm --prefix "$folder" ci --no-audit --no-fund --loglevel=error
  echo "$sum" >"$stamp"
}
