#!/usr/bin/env bash
# Gathers what an installed engine consists of: the two programs and the libraries that
# come with LibTorch, each finding the others by a path relative to itself.
#
# Usage: docker/collect.sh BIN_DIR OUT_DIR
set -euo pipefail
bin_dir=$1 out=$2

mkdir -p "$out/bin" "$out/lib" "$out/licenses"
for program in aifx aifx-server; do
  install -m 755 --strip "$bin_dir/$program" "$out/bin/$program"
  patchelf --set-rpath '$ORIGIN/../lib' "$out/bin/$program"
done

# Where the programs were linked from, so that build and image cannot differ.
libtorch=$(ldd "$bin_dir/aifx-server" | sed -n 's/.*libtorch_cpu\.so => \(.*\)\/libtorch_cpu\.so .*/\1/p')
if [[ -z $libtorch ]]; then
  echo "collect: $bin_dir/aifx-server does not find libtorch_cpu.so" >&2
  exit 1
fi
cp -a "$libtorch"/lib*.so* "$out/lib/"
cp -a "$libtorch/../licenses/." "$out/licenses/"

missing=$(ldd "$out"/bin/* | grep 'not found' || true)
if [[ -n $missing ]]; then
  echo "collect: libraries are missing: $missing" >&2
  exit 1
fi
