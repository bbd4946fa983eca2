# The Python half of LibTorch's wheel, for tests that open models and arrays with PyTorch. Sourced
# by scripts/setup.
#
# The wheel is a CUDA build whose Python module names CUDA libraries of 5 GB as needed. On a CPU it
# calls two of their functions, at import: stubs take their place. 100 MB beside the C++ library.

# Whether this machine's Python is the one that the wheel was built for.
fits_torch_python() { python3 -c 'import sys; sys.exit(sys.version_info[:2] != (3, 11))'; }

torch_python_dir() { echo "$(libtorch_dir)/python"; }

# $1: the wheel; $2: its unpacked libraries; $3: the tree of LibTorch, which gets a folder python
unpack_torch_python() {
  local wheel=$1 libs=$2 tree=$3
  local torch=$3/python/torch name
  unzip -q "$wheel" 'torch/*' 'torchgen/*' 'functorch/*' 'torch-*.dist-info/*' \
    -x 'torch/lib/*' 'torch/include/*' 'torch/share/*' 'torch/bin/protoc*' '*.pyi' -d "$tree/python"
  chmod 755 "$torch/bin/torch_shm_manager"
  mkdir "$torch/lib"
  for name in libtorch_python.so libshm.so libc10_cuda.so libtorch_global_deps.so; do
    if [[ ! -f $libs/$name ]]; then continue; fi # Of a CPU build some.
    mv "$libs/$name" "$torch/lib/"
    chmod 755 "$torch/lib/$name"
    patchelf --set-rpath '$ORIGIN' "$torch/lib/$name"
  done
  for name in "$tree"/lib/*; do ln -s "../../../lib/${name##*/}" "$torch/lib/"; done
  ln -s ../../include "$torch/include"
  stub_cuda_libraries "$torch/lib"
  leave_out_cuda_kernels "$torch/_native/__init__.py"
}

# Names that a library defines, and those that it takes from others, the latter with NAME@VERSION
# where they have one.
defined_names() { nm -D --defined-only "$@" 2>/dev/null | awk 'NF == 3 { sub(/@.*/, "", $3); print $3 }'; }
needed_names() { nm -D --undefined-only "$1" | awk '$1 == "U" && $2 !~ /^_?Py/ { print $2 }'; }

# C source with a definition of each name: types, tables of functions, and functions, of which two
# are called. One returns a reference to a pointer; one makes the options that a parameter has by
# default, an object that has nothing but a type.
stub_source() {
  local name
  cat <<'C'
#include <stdlib.h>
extern char _ZTVN10__cxxabiv117__class_type_infoE[], _ZTIN4c10d7Backend7OptionsE[];
static void *none;
static void nothing(void) {}
static const void *const options[] = {0, _ZTIN4c10d7Backend7OptionsE, nothing, nothing,
                                      nothing, nothing, nothing, nothing};
C
  while read -r name; do
    case $name in
      _ZTI*) echo "const void *const $name[2] =" \
        "{_ZTVN10__cxxabiv117__class_type_infoE + 16, \"${name#_ZTI}\"};" ;;
      _ZTV*) echo "const void *const $name[64] = {0};" ;;
      _ZN4c10d15get_gil_checkerEv) echo "void *$name(void) { return &none; }" ;;
      _ZN4c10d16ProcessGroupNCCL7OptionsC1Eb)
        echo "void $name(const void **self) { *self = options + 2; }" ;;
      *) echo "void $name(void) { abort(); }" ;;
    esac
  done
}

# Makes those libraries in $1 that the Python module there needs and that nobody has: each with the
# names that are asked of it by its version, libtorch_cuda.so with all others that are missing.
stub_cuda_libraries() {
  local lib=$1 module=$1/libtorch_python.so soname file
  local work=$lib/.stubs missing=() version
  mkdir "$work"
  needed_names "$module" | sort -u >"$work/needed"
  defined_names "$lib"/*.so* >"$work/defined"
  for soname in $(patchelf --print-needed "$module"); do
    if [[ -e $lib/$soname ]]; then continue; fi
    file=$(gcc -print-file-name="$soname")
    if [[ $file == */* ]]; then defined_names "$file" >>"$work/defined"; else missing+=("$soname"); fi
  done
  sort -uo "$work/defined" "$work/defined"
  for soname in "${missing[@]}"; do
    version=()
    if [[ $soname == libtorch_cuda.so ]]; then
      sed '/@/d' "$work/needed" | comm -23 - "$work/defined" | stub_source >"$work/stub.c"
    else
      sed -n "s/@$soname\$//p" "$work/needed" | stub_source >"$work/stub.c"
      echo "$soname { global: *; };" >"$work/version"
      version=(-Wl,--version-script="$work/version")
    fi
    gcc -shared -fPIC -w "${version[@]}" -Wl,-soname,"$soname" -o "$lib/$soname" "$work/stub.c" \
      -Wl,--no-as-needed -lstdc++
  done
  rm -r "$work"
}

# Takes away kernels that replace others on CUDA, where there are no others. $1: the file
leave_out_cuda_kernels() {
  sed -i 's/^\( *\)registry\._register_all_overrides()/\1pass  # CUDA/' "$1"
  grep -q 'pass  # CUDA$' "$1" || fail "this PyTorch registers its CUDA kernels in another way"
}

# Makes a venv's Python import it. $1: the venv
link_torch_python() {
  local site
  site=$("$1/bin/python" -c 'import sysconfig; print(sysconfig.get_path("purelib"))')
  if [[ ! -d $(torch_python_dir) ]] || ! fits_torch_python; then return 0; fi
  if [[ -f $site/aifx-torch.pth && $(<"$site/aifx-torch.pth") == "$(torch_python_dir)" ]]; then
    return 0
  fi
  torch_python_dir >"$site/aifx-torch.pth"
  "$1/bin/python" -c 'import torch' || fail "the Python half of LibTorch cannot be imported"
}
