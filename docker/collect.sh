#!/usr/bin/env bash
# Gathers what an installed engine consists of: the two programs and the libraries of
# LibTorch and Arrow, each finding the others by a path relative to itself.
#
# Usage: docker/collect.sh BIN_DIR OUT_DIR
set -euo pipefail
bin_dir=$1 out=$2

mkdir -p "$out/bin" "$out/lib" "$out/licenses"
for program in aifx aifx-server; do
  install -m 755 --strip "$bin_dir/$program" "$out/bin/$program"
  patchelf --set-rpath '$ORIGIN/../lib' "$out/bin/$program"
done

# The folder that a program takes a library from: where it was linked, so that build and image
# cannot differ.
folder_of() {
  local folder
  folder=$(ldd "$bin_dir/$1" | sed -n "s|.*$2[^ ]* => \(.*\)/$2[^/]* .*|\1|p")
  if [[ -z $folder ]]; then
    echo "collect: $bin_dir/$1 does not find $2" >&2
    exit 1
  fi
  echo "$folder"
}

libtorch=$(folder_of aifx-server libtorch_cpu.so)
cp -a "$libtorch"/lib*.so* "$out/lib/"
cp -a "$libtorch/../licenses/." "$out/licenses/"

arrow=$(folder_of aifx libparquet.so)
cp -a "$arrow"/lib*.so.* "$out/lib/"
mkdir -p "$out/licenses/arrow"
cp -a "$arrow/../licenses/." "$out/licenses/arrow/"

missing=$(ldd "$out"/bin/* | grep 'not found' || true)
if [[ -n $missing ]]; then
  echo "collect: libraries are missing: $missing" >&2
  exit 1
fi
