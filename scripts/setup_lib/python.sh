# The Python venvs of the tests. Sourced by scripts/setup.

venv_dir() { echo "$deps_dir/venv"; }

# Makes a venv, or makes it anew where the pins or the Python have changed.
# $1: its folder; $2: its requirements; $3: its name for people
make_venv() {
  local venv=$1 requirements=$2 sum
  sum=$( (cat "$requirements"; python3 --version) | sha256sum | cut -d' ' -f1)
  if [[ -f $venv/.stamp && $(<"$venv/.stamp") == "$sum" ]]; then return 0; fi
  say "making the Python venv of $3"
  python3 -m venv --clear "$venv"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --only-binary=:all: --requirement "$requirements"
  echo "$sum" >"$venv/.stamp"
}

# $1: 1 to add the whole of PyTorch with its CUDA libraries: 5.3 GB, a minute and a half.
install_test_venv() {
  local with_torch=$1 venv torch_sum
  venv=$(venv_dir)
  make_venv "$venv" scripts/requirements-test.txt "the tests"
  make_venv "$venv-triton" scripts/requirements-triton.txt "the test with Triton's client"
  if ((!with_torch)); then return 0; fi

  torch_sum=$(sha256sum <scripts/requirements-torch.txt | cut -d' ' -f1)
  if [[ -f $venv/.torch-stamp && $(<"$venv/.torch-stamp") == "$torch_sum" ]]; then
    return 0
  fi
  say "installing PyTorch into the venv of the tests"
  "$venv/bin/python" -m pip install --quiet --disable-pip-version-check \
    --only-binary=:all: --requirement scripts/requirements-torch.txt
  echo "$torch_sum" >"$venv/.torch-stamp"
}
