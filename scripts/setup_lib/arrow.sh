# Apache Arrow's C++ libraries for Parquet, taken from the Python wheel. Sourced by scripts/setup
# after libtorch.sh, whose helpers it uses.
#
# Debian 12 has no Arrow. Of the wheel (55 MB) two libraries and the headers are kept: 65 MB.

arrow_pins=scripts/packages/arrow.txt

arrow_dir() {
  echo "$deps_dir/arrow-$(sed -n 's/^pyarrow==\([0-9.]*\).*/\1/p' "$arrow_pins")"
}

# What decides the content of the tree. Count the recipe up when it changes.
arrow_stamp() { echo "recipe 1, pins $(sha256sum <"$arrow_pins")"; }

install_arrow() {
  local target stamp
  target=$(arrow_dir)
  stamp=$(arrow_stamp)
  if [[ -f $target/.stamp && $(<"$target/.stamp") == "$stamp" ]]; then return 0; fi

  local arch
  arch=$(uname -m)
  case $arch in
    x86_64 | aarch64) ;;
    *) fail "no Arrow for $arch: x86_64 and aarch64 are supported" ;;
  esac

  local aside=$deps_dir/.arrow-aside
  rm -rf "$aside"
  mkdir -p "$aside/tmp" "$aside/wheels" "$aside/tree/lib"
  say "downloading Arrow (about 55 MB)"
  # The C++ libraries are the same for every Python: any supported one will do.
  TMPDIR=$aside/tmp "$(find_pip)" -m pip download --quiet --no-cache-dir \
    --disable-pip-version-check --no-deps --only-binary=:all: \
    --implementation cp --python-version 3.11 --abi cp311 --platform "manylinux_2_28_$arch" \
    --require-hashes --requirement "$arrow_pins" --dest "$aside/wheels"
  unpack_arrow "$aside"
  echo "$stamp" >"$aside/tree/.stamp"

  if [[ -e $target ]]; then mv "$target" "$aside/replaced"; fi
  mv "$aside/tree" "$target"
  rm -rf "$aside"
}

unpack_arrow() {
  local aside=$1 tree=$1/tree soname
  unzip -q "$aside"/wheels/pyarrow-*.whl 'pyarrow/include/arrow/*' 'pyarrow/include/parquet/*' \
    'pyarrow/libarrow.so.*' 'pyarrow/libparquet.so.*' 'pyarrow-*.dist-info/licenses/*' \
    -d "$aside/wheel"
  mv "$aside/wheel/pyarrow/include" "$tree/"
  mv "$aside"/wheel/pyarrow-*.dist-info/licenses "$tree/licenses"
  soname=$(basename "$aside"/wheel/pyarrow/libparquet.so.*)
  keep_needed_libraries "$aside/wheel/pyarrow" "$tree/lib" "$soname"
  # The linker looks for names without a number.
  ln -s "$soname" "$tree/lib/libparquet.so"
  ln -s "$(basename "$tree"/lib/libarrow.so.*)" "$tree/lib/libarrow.so"
}
