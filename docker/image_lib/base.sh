# The base image and the settings of a build. Sourced by docker/build_without_engine.sh.

release=bookworm

# Sets `settings`: options that mount this machine's package settings for the time of
# the build. Mounted, so that nothing of them gets into an image.
make_settings() {
  local dir=$work/settings
  mkdir -p "$dir/apt"
  settings=()

  # Another release's sources would install another release's packages.
  if [[ $(. /etc/os-release && echo "$VERSION_CODENAME") == "$release" ]]; then
    find /etc/apt/sources.list.d \( -name 'debian.sources' -o -name 'debian.list' \) \
      -exec cp {} "$dir/apt/" \;
    [[ -s /etc/apt/sources.list ]] && cp /etc/apt/sources.list "$dir/apt/machine.list"
    settings+=(--volume "$dir/apt:/etc/apt/sources.list.d:ro")
    apt-config dump | grep -E '^Acquire::(Check-|http|https|ForceIPv4)' >"$dir/apt.conf" || true
    settings+=(--volume "$dir/apt.conf:/etc/apt/apt.conf.d/99build-machine:ro")
  fi

  # The certificates that this machine trusts, for the clients that bring their own.
  cp /etc/ssl/certs/ca-certificates.crt "$dir/certificates.crt"
  settings+=(--volume "$dir/certificates.crt:/run/build-certificates.crt:ro")

  local index
  index=$(python3 -m pip config get global.index-url 2>/dev/null || echo "${PIP_INDEX_URL:-}")
  {
    echo "[global]"
    echo "cert = /run/build-certificates.crt"
    [[ -z $index ]] || echo "index-url = $index"
  } >"$dir/pip.conf"
  settings+=(--volume "$dir/pip.conf:/etc/pip.conf:ro")

  {
    echo "cafile=/run/build-certificates.crt"
    ! command -v npm >/dev/null || echo "registry=$(npm config get registry)"
  } >"$dir/npmrc"
  settings+=(--volume "$dir/npmrc:/root/.npmrc:ro")
}

# Where debootstrap gets Debian from: this machine's own first source of it.
debian_mirror() {
  cat /etc/apt/sources.list.d/debian.sources /etc/apt/sources.list 2>/dev/null |
    grep -v '^#' | grep -oE 'https?://[^ ]+' | grep -v security | head -1 || true
}

# Stands in for the image that the Dockerfile starts from.
make_base_image() {
  local name=docker.io/library/debian:12-slim container tree=$work/debian mirror
  if image_tool inspect --type image "$name" &>/dev/null; then return 0; fi
  mirror=$(debian_mirror)
  say "making $name with debootstrap"
  debootstrap --variant=minbase "$release" "$tree" \
    ${mirror:+"$mirror"} >"$work/debootstrap.log" ||
    { tail -n 20 "$work/debootstrap.log" >&2; fail "debootstrap failed"; }
  # The sources are mounted; what debootstrap noted is this machine's.
  rm -rf "$tree/etc/apt/sources.list" "$tree"/var/lib/apt/lists/* \
    "$tree"/var/cache/apt/archives/*.deb
  container=$(image_tool from scratch)
  image_tool add --quiet "$container" "$tree" / >/dev/null
  image_tool config --cmd /bin/bash "$container"
  image_tool commit --quiet --rm "$container" "$name" >/dev/null
  rm -rf "$tree"
}
