#!/usr/bin/env python3
"""Clang's -Wthread-safety over every source but tests that sees base::Mutex; GCC ignores it.

Usage: scripts/check_thread_safety.py [BUILD_FOLDER] [--self-test]

Analyses without generating code: a whole build with Clang takes ten times as long and finds no more
of this kind. Takes the flags from BUILD_FOLDER/compile_commands.json (default: build/release).
"""

import concurrent.futures
import json
import os
import pathlib
import re
import shlex
import shutil
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parents[1]
MUTEX = "core/base/mutex.h"
INCLUDE = re.compile(r'^[ \t]*#[ \t]*include[ \t]*"((?:core|client|server|tests)/[^"]+)"', re.MULTILINE)
WARNINGS = ["-Wthread-safety", "-Werror=thread-safety"]
UNLOCKED = """
#include "core/base/mutex.h"
struct Counter {
  aifx::base::Mutex mutex;
  int value ABSL_GUARDED_BY(mutex) = 0;
};
int Read(Counter& counter) { return counter.value; }
"""


class Includes:
    """Which of our files lead to MUTEX, directly or through others of ours."""

    def __init__(self):
        self._leads = {MUTEX: True}

    def lead(self, name):
        if name not in self._leads:
            self._leads[name] = False  # ends cycles
            path = ROOT / name
            text = path.read_text(encoding="utf-8") if path.exists() else ""
            self._leads[name] = any([self.lead(found) for found in INCLUDE.findall(text)])
        return self._leads[name]


def flags_of(entry):
    """The flags of one compile command that Clang's analysis needs."""
    words = shlex.split(entry["command"])
    kept = []
    for word, following in zip(words, words[1:] + [""]):
        if word.startswith(("-I", "-D", "-std=")):
            kept.append(word)
        elif word == "-isystem":
            kept += [word, following]
    return kept


def analyse(clang, source, flags, folder):
    command = [clang, "-fsyntax-only", *WARNINGS, *flags, source]
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    return source, ran.returncode, ran.stderr


def self_test(clang, flags, folder):
    """A read without its lock must be noticed."""
    with tempfile.NamedTemporaryFile("w", suffix=".cc") as file:
        file.write(UNLOCKED)
        file.flush()
        _, code, text = analyse(clang, file.name, flags, folder)
    if code == 0 or "requires holding mutex" not in text:
        sys.exit(f"check_thread_safety: does not notice a read without its lock\n{text}")
    print("check_thread_safety: a read without its lock is noticed")


def main():
    arguments = [word for word in sys.argv[1:] if word != "--self-test"]
    build = pathlib.Path(arguments[0] if arguments else ROOT / "build/release")
    clang = shutil.which("clang++-14") or shutil.which("clang++-19") or shutil.which("clang++")
    if clang is None:
        sys.exit("check_thread_safety: no clang++; scripts/setup --tests installs it")
    entries = json.loads((build / "compile_commands.json").read_text(encoding="utf-8"))
    includes = Includes()
    chosen = {}
    for entry in entries:
        source = os.path.relpath(entry["file"], ROOT)
        if not source.startswith(("..", "tests/")) and includes.lead(source):
            chosen.setdefault(entry["file"], entry)
    if not chosen:
        sys.exit(f"check_thread_safety: no source includes {MUTEX}: is {build} configured?")
    first = next(iter(chosen.values()))
    if "--self-test" in sys.argv:
        return self_test(clang, flags_of(first), first["directory"])
    failed = 0
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        jobs = [pool.submit(analyse, clang, file, flags_of(entry), entry["directory"])
                for file, entry in chosen.items()]
        for job in concurrent.futures.as_completed(jobs):
            source, code, text = job.result()
            if code != 0:
                failed += 1
                print(f"{os.path.relpath(source, ROOT)}\n{text}")
    print(f"check_thread_safety: {len(chosen)} sources, {failed} with findings")
    return failed > 0


if __name__ == "__main__":
    sys.exit(main())
