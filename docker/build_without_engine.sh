#!/usr/bin/env bash
# Builds the images of docker/Dockerfile for real and starts their programs, on a Debian
# machine without a container engine: buildah builds, on a base image that debootstrap
# makes, and the programs run in the images' file systems, read-only, as their own user
# and without capabilities. Needs root. Network and package settings are this machine's.
#
# Usage: docker/build_without_engine.sh [--keep] [engine|backend]...
#   --keep   leaves images and layers in place, so that the next build starts from them
#            (default: removes them at the end)
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")/.."

keep=0 targets=()
for option in "$@"; do
  case $option in
    --keep) keep=1 ;;
    engine | backend) targets+=("$option") ;;
    *) sed -n '2,9s/^# \{0,1\}//p' "$0"; exit 2 ;;
  esac
done
((${#targets[@]})) || targets=(backend engine)
((EUID == 0)) || { echo "build_without_engine: needs root" >&2; exit 1; }

deps_dir=${AIFX_DEPS_DIR:-$HOME/.cache/aifx}
say() { echo "images: $*"; }
fail() { echo "images: $*" >&2; exit 1; }

. scripts/setup_lib/apt.sh
install_packages buildah debootstrap crun

mkdir -p "$deps_dir"
work=$(mktemp -d "$deps_dir/images.XXXXXX")
export BUILDAH_ISOLATION=chroot
# vfs copies where overlay would mount, but works in every sandbox.
image_tool() {
  buildah --root "$deps_dir/image-storage" --runroot "$work/run" --storage-driver vfs "$@"
}

# Mounts live in a name space of their own (see start_program), so that nothing but
# files is left to remove.
clean_up() {
  if ((!keep)); then
    image_tool rm --all >/dev/null 2>&1 || true
    image_tool rmi --all --force >/dev/null 2>&1 || true
    rm -rf "$deps_dir/image-storage"
  fi
  rm -rf "$work"
}
trap clean_up EXIT

. docker/image_lib/base.sh
. docker/image_lib/start.sh

layers=()
if ((keep)); then layers=(--layers); fi

make_settings
make_base_image
revision=$(git rev-parse --short HEAD 2>/dev/null || echo unknown)
for target in "${targets[@]}"; do
  say "building $target"
  started=$SECONDS
  image_tool bud --pull-never --network host --format docker "${layers[@]}" "${settings[@]}" \
    --build-arg "AIFX_REVISION=$revision" --file docker/Dockerfile \
    --target "$target" --tag "aifx-$target" .
  say "$target built in $((SECONDS - started)) s"
  "check_$target"
done
say "all images built and started"
