# grpcurl, the command-line gRPC client that the tests use. Sourced by scripts/setup.

grpcurl_version=v1.9.1 # The last that Debian 12's Go (1.19) builds.

install_grpcurl() {
  local target=$deps_dir/bin/grpcurl-$grpcurl_version
  if [[ ! -x $target ]]; then
    command -v go >/dev/null || install_packages golang-go
    say "building grpcurl $grpcurl_version"
    local aside=$deps_dir/.grpcurl-aside
    rm -rf "$aside"
    mkdir -p "$aside" "$deps_dir/bin"
    # -modcacherw: Go's module cache is read-only otherwise, and hard to remove.
    GOPATH=$aside GOBIN=$aside/bin GOCACHE=$aside/cache GOFLAGS=-modcacherw \
      GOTOOLCHAIN=local CGO_ENABLED=0 \
      go install "github.com/fullstorydev/grpcurl/cmd/grpcurl@$grpcurl_version" \
      2>"$aside/log" || { cat "$aside/log" >&2; fail "grpcurl did not build"; }
    mv "$aside/bin/grpcurl" "$target"
    rm -rf "$aside"
  fi
  # The name without version is what the tests call.
  if [[ $(readlink "$deps_dir/bin/grpcurl") != "grpcurl-$grpcurl_version" ]]; then
    ln -sfn "grpcurl-$grpcurl_version" "$deps_dir/bin/grpcurl"
  fi
}
