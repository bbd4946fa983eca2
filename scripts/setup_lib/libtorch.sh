# LibTorch, taken from its Python wheel. Sourced by scripts/setup.
#
# Debian's own is years old, and no other package source has the C++ library alone.
# Of the wheel (539 MB, with CUDA inside) the CPU half is kept: 440 MB on x86-64; and
# its Python half (torch_python.sh), where Python can use it.

libtorch_pins=scripts/packages/libtorch.txt

libtorch_dir() {
  echo "$deps_dir/libtorch-$(sed -n 's/^torch==\([0-9.]*\).*/\1/p' "$libtorch_pins")"
}

# What decides the content of the tree. Count the recipe up when it changes.
libtorch_stamp() { echo "recipe 2, pins $(sha256sum <"$libtorch_pins")"; }

install_libtorch() {
  local target stamp
  target=$(libtorch_dir)
  stamp=$(libtorch_stamp)
  if [[ -f $target/.stamp && $(<"$target/.stamp") == "$stamp" ]]; then return 0; fi

  local arch
  arch=$(uname -m)
  case $arch in
    x86_64 | aarch64) ;;
    *) fail "no LibTorch for $arch: x86_64 and aarch64 are supported" ;;
  esac

  local aside=$deps_dir/.libtorch-aside
  rm -rf "$aside"
  mkdir -p "$aside/tmp" "$aside/wheels" "$aside/tree/include" "$aside/tree/lib"
  download_libtorch_wheels "$arch" "$aside"
  say "unpacking LibTorch"
  unpack_libtorch "$aside" "$arch"
  echo "$stamp" >"$aside/tree/.stamp"

  if [[ -e $target ]]; then mv "$target" "$aside/replaced"; fi
  mv "$aside/tree" "$target"
  rm -rf "$aside"
}

# The pip of the first Python that has one (a version manager's may come first).
find_pip() {
  local python
  for python in python3 /usr/bin/python3; do
    if "$python" -m pip --version &>/dev/null; then echo "$python"; return; fi
  done
  fail "no Python with pip found"
}

download_libtorch_wheels() {
  local arch=$1 aside=$2 python
  python=$(find_pip)
  say "downloading LibTorch (about 550 MB)"
  # The C++ libraries are the same for every Python: any supported one will do.
  TMPDIR=$aside/tmp "$python" -m pip download --quiet --no-cache-dir \
    --disable-pip-version-check --no-deps --only-binary=:all: \
    --implementation cp --python-version 3.11 --abi cp311 --abi abi3 --abi none \
    --platform "manylinux_2_28_$arch" --platform "manylinux_2_25_$arch" \
    --platform "manylinux2014_$arch" \
    --require-hashes --requirement "$libtorch_pins" --dest "$aside/wheels"
}

unpack_libtorch() {
  local aside=$1 arch=$2
  local tree=$aside/tree libs=$aside/libs
  mkdir -p "$libs"
  unzip -q "$aside"/wheels/torch-*.whl 'torch/include/*' 'torch/lib/lib*' \
    'torch-*.dist-info/licenses/*' -x 'torch/lib/libtorch_cuda*' -d "$aside/torch"
  mv "$aside/torch/torch/include" "$tree/"
  mv "$aside"/torch/torch-*.dist-info/licenses "$tree/licenses"
  mv "$aside"/torch/torch/lib/lib* "$libs/"
  local wheel name
  for wheel in "$aside"/wheels/nvidia_*.whl; do
    name=$(basename "$wheel")
    unzip -qoj "$wheel" '*/lib/lib*.so*' -d "$libs"
    unzip -qp "$wheel" '*.dist-info/licenses/*' >"$tree/licenses/${name%%-*}" ||
      fail "$name has no licence inside"
  done

  keep_needed_libraries "$libs" "$tree/lib" libtorch_cpu.so libc10.so
  make_empty_libtorch "$tree/lib"
  if fits_torch_python; then unpack_torch_python "$aside"/wheels/torch-*.whl "$libs" "$tree"; fi
  sed -n 's/^#define TORCH_VERSION_\(MAJOR\|MINOR\|PATCH\) //p' \
    "$tree/include/torch/headeronly/version.h" | paste -sd. >"$tree/version"
  echo "$arch" >"$tree/architecture"
}

# Moves the named libraries and all that they need of a folder, and makes each look
# for the others beside itself.
keep_needed_libraries() {
  local from=$1 to=$2
  shift 2
  local -a queue=("$@")
  local name
  while ((${#queue[@]})); do
    name=${queue[0]}
    queue=("${queue[@]:1}")
    [[ -f $from/$name ]] || continue # The system's, or moved before.
    mv "$from/$name" "$to/$name"
    chmod 755 "$to/$name"
    patchelf --set-rpath '$ORIGIN' "$to/$name"
    mapfile -t -O "${#queue[@]}" queue < <(patchelf --print-needed "$to/$name")
  done
}

# A compiled model package names libtorch.so as needed; the wheel's own would load the
# CUDA half.
make_empty_libtorch() {
  local lib=$1
  gcc -shared -nostdlib -x c /dev/null -o "$lib/libtorch.so" -x none \
    -Wl,-soname,libtorch.so -Wl,--no-as-needed -Wl,--allow-shlib-undefined \
    "$lib/libtorch_cpu.so"
  patchelf --set-rpath '$ORIGIN' "$lib/libtorch.so"
}
