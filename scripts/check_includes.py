#!/usr/bin/env python3
"""Checks which folder includes which: the table in CONTRIBUTING.md, as code.

Usage: scripts/check_includes.py [--self-test]

Reads every tracked (and new, not ignored) C++ file. A folder may include itself, the
folders listed for it in MAY_INCLUDE and, transitively, what those may include.
"""

import os
import posixpath
import re
import subprocess
import sys

CORE = ["core/base", "core/market", "core/records", "core/features", "core/macro",
        "core/dataset", "core/model", "core/serving", "core/decision", "core/pipeline", "core/journal",
        "core/outcome", "core/training", "core/backtest"]
CLIENT = ["client/http", "client/backend", "client/cache", "client/outbox", "client/events",
          "client/collect", "client/table"]

# Folder -> folders that its files may include. "proto" stands for generated code.
MAY_INCLUDE = {
    "proto": [],
    "core/base": [],
    "core/market": ["core/base"],
    "core/records": ["core/market"],
    "core/features": ["core/market"],
    "core/macro": ["core/market", "core/features"],
    "core/dataset": ["core/features", "core/macro"],
    "core/model": ["core/features", "core/base"],
    "core/serving": ["core/model"],
    "core/decision": ["core/market", "core/records"],
    "core/pipeline": ["core/features", "core/serving", "core/decision", "core/records"],
    "core/journal": ["core/pipeline"],
    "core/outcome": ["core/market", "core/records"],
    "core/training": ["core/features", "core/macro", "core/dataset", "core/model"],
    "core/backtest": ["core/pipeline", "core/market"],
    "client/http": ["core/base"],
    "client/backend": ["client/http", "core/market", "core/records", "core/training"],
    "client/cache": ["core/market"],
    "client/outbox": ["client/backend", "core/records"],
    "client/events": ["core/records", "core/training"],
    "client/collect": ["client/http", "core/macro"],
    "client/table": ["core/base"],
    "client/cli": ["proto", *CORE, *CLIENT],
    "server/config": ["core/base"],
    "server/rpc": ["proto", *CORE],
    "server/ops": ["proto", "core/base", "core/serving"],
    "server/app": ["proto", *CORE, *CLIENT, "server/config", "server/rpc", "server/ops"],
    "tests/support": [*CORE, "client/http"],
}
EVERYTHING = set(MAY_INCLUDE)
# These drive the whole engine; tests/unit is handled by UNIT: it mirrors the sources.
UNRESTRICTED = ("tests/integration", "tests/bench", "tests/fuzz", "tests/golden",
                "examples")
UNIT = "tests/unit/"
# What the unit tests of a folder may include beyond what the folder itself may: the services are
# tested on the real gRPC server.
UNIT_MAY_ALSO_INCLUDE = {"server/rpc": {"server/ops"}}

# Header of a library -> folders whose files may include it. A folder stands for the
# unit tests that mirror it too.
GRPC = re.compile(r"^(grpc|grpcpp|google/protobuf)/|\.pb\.h$")
LIBRARIES = [
    ("LibTorch", re.compile(r"^(torch|ATen|c10|caffe2)/"), ("core/model", "core/training")),
    ("generated protobuf or gRPC", GRPC, ("proto", "client/cli", "server")),
    ("libcurl", re.compile(r"^curl/"), ("client/http",)),
    ("SQLite", re.compile(r"^sqlite3"), ("client/outbox", "tests/support")),
    ("Arrow", re.compile(r"^(arrow|parquet)/"), ("client/table",)),
    ("hiredis", re.compile(r"^hiredis/"), ("client/events",)),
]

INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*(["<])([^">]+)[">]', re.MULTILINE)
OURS = re.compile(r"^(core|client|server|tests|examples)/")
IS_SOURCE = re.compile(r"\.(cc|h|cpp|hpp|cxx|inc)$")


def folder_of(path):
    """The folder of MAY_INCLUDE or UNRESTRICTED that a file belongs to, or None."""
    parts = path.split("/")
    for known in (parts[0], "/".join(parts[:2])):
        if known in EVERYTHING or known in UNRESTRICTED:
            return known
    return None


def allowed_for(folder):
    """What the files of a folder may include: the transitive closure."""
    reached, queue = set(), [folder]
    while queue:
        here = queue.pop()
        if here not in reached:
            reached.add(here)
            queue.extend(MAY_INCLUDE.get(here, []))
    return reached


def cycles():
    return [f"{one} and {other} may include each other" for one in MAY_INCLUDE
            for other in MAY_INCLUDE
            if one < other and other in allowed_for(one) and one in allowed_for(other)]


def under(path, folders):
    return any(path == folder or path.startswith(folder + "/") for folder in folders)


def includes_of(text):
    for found in INCLUDE.finditer(text):
        yield text.count("\n", 0, found.start()) + 1, found.group(1), found.group(2)


def check_file(path, text, files):
    """Yields one message for every include of a file that the rules forbid."""
    source = path[len(UNIT):] if path.startswith(UNIT) else path
    folder = folder_of(source)
    if folder is None:
        yield f"{path}: scripts/check_includes.py knows no rule for this folder"
        return
    allowed = allowed_for(folder)
    if source != path:
        allowed = (allowed | {"tests/support"} | allowed_for("tests/support") |
                   UNIT_MAY_ALSO_INCLUDE.get(folder, set()))
    for line, quote, target in includes_of(text):
        where = f"{path}:{line}: includes {target}"
        if folder not in UNRESTRICTED:
            for library, pattern, users in LIBRARIES:
                if pattern.search(target) and not under(source, users):
                    yield f"{where}: {library} is only for {', '.join(users)}"
        if quote == '"' and posixpath.join(posixpath.dirname(path), target) in files:
            yield f"{where}: write the path from the repository's root"
        if not OURS.match(target):
            continue
        if target not in files:
            yield f"{where}: no such file"
            continue
        wanted = folder_of(target)
        if source != path and target.startswith(UNIT) and folder_of(target[len(UNIT):]) == folder:
            continue  # what the tests of one folder share
        if folder not in UNRESTRICTED and wanted not in allowed:
            yield (f"{where}: {folder} may include only "
                   f"{', '.join(sorted(allowed - {folder})) or 'itself'}")


def torch_leaks(files):
    """Yields files outside the LibTorch folders that reach LibTorch through headers."""
    pattern, users = LIBRARIES[0][1:]
    includes = {path: [target for _, _, target in includes_of(text)]
                for path, text in files.items()}
    dirty = {path for path, targets in includes.items()
             if any(pattern.search(target) for target in targets)}
    grown = True
    while grown:
        reached = {path for path, targets in includes.items()
                   if path not in dirty and dirty.intersection(targets)}
        grown = bool(reached)
        dirty |= reached
    for path in sorted(dirty):
        source = path[len(UNIT):] if path.startswith(UNIT) else path
        direct = any(pattern.search(target) for target in includes[path])
        if not direct and not under(source, users) and not under(source, UNRESTRICTED):
            yield f"{path}: reaches LibTorch's headers through " + ", ".join(
                sorted(dirty.intersection(includes[path])))


def check(files):
    """files: path -> text. Returns the messages, empty where all is well."""
    messages = cycles()
    for path in sorted(files):
        messages.extend(check_file(path, files[path], files))
    return messages + list(torch_leaks(files))


def self_test():
    """Every rule must catch the include that it is there for, and nothing else."""
    good = {
        "core/base/clock.h": "#include <chrono>\n",
        "core/market/candle.h": '#include "core/base/clock.h"\n#include "absl/time/time.h"\n',
        "core/model/lstm.cc": '#include <torch/torch.h>\n#include "core/market/candle.h"\n',
        "core/model/torch_private.h": "#include <torch/script.h>\n",
        "core/model/model.h": '#include "core/base/clock.h"\n',
        "client/http/client.cc": "#include <curl/curl.h>\n",
        "client/cli/main.cc": '#include "aifx/ml/v1/types.pb.h"\n',
        "server/rpc/predict.cc": '#include <grpcpp/grpcpp.h>\n#include "core/model/model.h"\n',
        "server/app/main.cc": '#include "server/rpc/predict.cc"\n',
        "tests/support/fake_clock.h": '#include "core/base/clock.h"\n',
        "tests/unit/core/market/candle_test.cc":
            '#include "tests/support/fake_clock.h"\n#include "core/market/candle.h"\n',
        "tests/unit/server/rpc/fixture.h": '#include "server/ops/health.h"\n',
        "tests/unit/server/rpc/predict_test.cc": '#include "tests/unit/server/rpc/fixture.h"\n',
        "server/ops/health.h": "",
        "tests/integration/all_test.cc":
            '#include "server/rpc/predict.cc"\n#include <curl/curl.h>\n',
    }
    bad = {
        "core/market/a.cc": ('#include "core/model/model.h"\n', "may include only core/base"),
        "core/base/b.h": ('#include "server/rpc/predict.cc"\n', "may include only itself"),
        "core/serving/c.cc": ("\n#include <torch/script.h>\n", ":2: includes torch"),
        "core/serving/d.h": ('#include "core/model/torch_private.h"\n', "reaches LibTorch"),
        "core/records/e.cc": ('#include "aifx/ml/v1/types.pb.h"\n', "protobuf or gRPC"),
        "client/backend/f.cc": ("  #  include <grpcpp/channel.h>\n", "protobuf or gRPC"),
        "client/outbox/g.cc": ("#include <curl/curl.h>\n", "libcurl is only for"),
        "client/http/h.cc": ('#include "core/market/candle.h"\n', "client/http may include"),
        "server/ops/i.cc": ('#include "server/rpc/predict.cc"\n', "server/ops may include"),
        "core/base/j.cc": ('#include "clock.h"\n', "from the repository's root"),
        "core/base/k.cc": ('#include "core/base/missing.h"\n', "no such file"),
        "engine/l.cc": ("", "knows no rule"),
        "tests/unit/core/base/n_test.cc":
            ('#include "tests/unit/server/rpc/fixture.h"\n', "core/base may include only"),
        "server/rpc/o.cc": ('#include "server/ops/health.h"\n', "server/rpc may include"),
        "tests/unit/core/base/m_test.cc":
            ('#include "server/rpc/predict.cc"\n', "core/base may include only"),
    }
    wrong = [f"refused a right tree: {message}" for message in check(good)]
    for path, (text, expected) in bad.items():
        messages = check({**good, path: text})
        if len(messages) != 1 or path not in messages[0] or expected not in messages[0]:
            wrong.append(f"{path}: expected one message with '{expected}', got {messages}")
    print("\n".join(wrong) or f"check_includes: {len(bad)} wrong includes all found")
    return bool(wrong)


def main():
    if sys.argv[1:] == ["--self-test"]:
        return self_test()
    if sys.argv[1:]:
        print(__doc__)
        return 2
    root = subprocess.run(["git", "rev-parse", "--show-toplevel"],
                          check=True, capture_output=True, text=True).stdout.strip()
    os.chdir(root)
    listed = subprocess.run(["git", "ls-files", "-z", "-c", "-o", "--exclude-standard"],
                            check=True, capture_output=True, text=True).stdout
    files = {}
    for path in filter(IS_SOURCE.search, listed.split("\0")):
        try:
            with open(path, encoding="utf-8") as file:
                files[path] = file.read()
        except FileNotFoundError:
            continue  # Removed, but not yet from the index.
    if not files:
        print("check_includes: no files found")
        return 1
    messages = check(files)
    print("\n".join(messages) or f"check_includes: {len(files)} files")
    return bool(messages)


if __name__ == "__main__":
    sys.exit(main())
