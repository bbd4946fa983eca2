"""What scripts/test counts, and what run_python takes for a reason to skip."""

import os
import pathlib
import subprocess
import tempfile
import unittest

ROOT = pathlib.Path(__file__).resolve().parents[2]
GOOGLE_TEST = """\
[ RUN      ] Cases/ATest.Runs/0
a_test.cc:31: Skipped
no compiler
[  SKIPPED ] Cases/ATest.Runs/0 (0 ms)
[  SKIPPED ] 1 test, listed below:
[  SKIPPED ] Cases/ATest.Runs/0
"""


def run(*command, **environment):
    return subprocess.run([str(part) for part in command], capture_output=True, text=True,
                          timeout=60, env={**os.environ, **environment})


class ScriptsTestTest(unittest.TestCase):
    """scripts/test on a build folder that has nothing but a list of tests."""

    def setUp(self):
        folder = tempfile.TemporaryDirectory(dir=ROOT / "build", prefix="test-runner-")
        self.addCleanup(folder.cleanup)
        self.folder = pathlib.Path(folder.name)

    def count(self, **tests):
        """Runs tests of these shell scripts; what is printed behind the log, and the exit code."""
        lines = []
        for name, script in tests.items():
            path = self.folder / f"{name}.sh"
            path.write_text(script)
            lines += [f'add_test({name} "sh" "{path}")',
                      f"set_tests_properties({name} PROPERTIES SKIP_RETURN_CODE 77)"]
        (self.folder / "CTestTestfile.cmake").write_text("\n".join(lines))
        ran = run(ROOT / "scripts/test", "--preset", self.folder.name, "-R", ".")
        return ran.stdout.splitlines(), ran.returncode

    def test_a_skipped_test_has_not_passed(self):
        said, code = self.count(one="true", two="true", absent="echo no tool; exit 77")
        self.assertEqual(said[-3:], ["skipped: absent", "1 skipped", "2 passed, 0 failed"])
        self.assertEqual(code, 0)

    def test_skipped_cases_are_named(self):
        said, code = self.count(google=f"cat <<'END'\n{GOOGLE_TEST}END\n",
                                python="echo 'OK (skipped=2)'", good="echo OK")
        self.assertEqual(sorted(said[-4:-2]), ["skipped: google: Cases/ATest.Runs/0",
                                               "skipped: python: some of its cases"])
        self.assertEqual(said[-2:], ["0 skipped", "3 passed, 0 failed"])
        self.assertEqual(code, 0)

    def test_failures_are_counted_beside(self):
        said, code = self.count(good="true", bad="exit 3", absent="exit 77")
        self.assertEqual(said[-3:], ["skipped: absent", "1 skipped", "1 passed, 1 failed"])
        self.assertNotEqual(code, 0)


class RunPythonTest(unittest.TestCase):
    def run_python(self, dependencies):
        return run(ROOT / "tests/integration/run_python", "-c", "print('ran')",
                   AIFX_DEPS_DIR=str(dependencies))

    def test_without_a_set_up_it_skips_and_with_a_broken_one_it_fails(self):
        with tempfile.TemporaryDirectory() as folder:
            self.assertEqual(self.run_python(folder).returncode, 77)
            # A Python without any package, as an interrupted or outdated set-up leaves it.
            binaries = pathlib.Path(folder) / "venv/bin"
            binaries.mkdir(parents=True)
            (binaries / "python").write_text("#!/bin/sh\nexec python3 -S -E \"$@\"\n")
            (binaries / "python").chmod(0o755)
            ran = self.run_python(folder)
            self.assertEqual(ran.returncode, 1, ran.stdout)
            self.assertIn("run scripts/setup --tests", ran.stderr)


if __name__ == "__main__":
    unittest.main()
