# Debian packages. Sourced by scripts/setup.

# Runs a command as root.
as_root() {
  if ((EUID == 0)); then "$@"
  elif command -v sudo >/dev/null; then sudo -- "$@"
  else fail "needs root or sudo to run: $*"
  fi
}

# The entries of package lists, without comments and blanks: "a | b" becomes "a|b".
listed_packages() { sed -e 's/#.*//' -e 's/ //g' -e '/^$/d' "$@" | sort -u; }

# Installs those of the named packages that are missing; "a|b" means either.
install_packages() {
  local -A installed=()
  local -a missing=() chosen=()
  local wanted name
  while read -r name; do
    installed[${name%%:*}]=1
  done < <(dpkg-query -W -f='${db:Status-Status} ${Package}\n' | sed -n 's/^installed //p')

  for wanted in "$@"; do
    local found=0
    for name in ${wanted//|/ }; do
      [[ -n ${installed[$name]:-} ]] && found=1
    done
    ((found)) || missing+=("$wanted")
  done
  ((${#missing[@]})) || return 0

  say "apt-get update"
  as_root apt-get update -qq
  for wanted in "${missing[@]}"; do
    local choice=
    for name in ${wanted//|/ }; do
      if [[ -z $choice ]] && apt-cache show --no-all-versions "$name" &>/dev/null; then
        choice=$name
      fi
    done
    [[ -n $choice ]] || fail "this Debian release has no package ${wanted//|/ or }"
    chosen+=("$choice")
  done
  say "apt-get install ${chosen[*]}"
  as_root env DEBIAN_FRONTEND=noninteractive apt-get install -y -qq \
    --no-install-recommends -o Dpkg::Use-Pty=0 "${chosen[@]}" >/dev/null
}

# Installs the packages listed in files of scripts/packages.
install_listed_packages() {
  local -a wanted
  mapfile -t wanted < <(listed_packages "$@")
  install_packages "${wanted[@]}"
}
