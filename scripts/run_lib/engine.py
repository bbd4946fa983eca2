"""The programs of `make run`: where they keep things, how they are started and asked."""

import json
import os
import secrets
import subprocess
import sys
import urllib.parse
import urllib.request

from run_lib.processes import Child, log_tail

MODEL = "eurusd-1h"
SAMPLE = "examples/data/eurusd_1h.csv"


class RunFailed(Exception):
    """A step failed; the message is for the person in front of the terminal."""


class Engine:
    """Reference backend, trained model and server with their state in one folder."""

    def __init__(self, root, state, programs):
        self.root, self.state, self.programs = root, state, programs
        self.logs = state / "logs"
        self.models = state / "models"
        self.logs.mkdir(parents=True, exist_ok=True)
        self.key = self._key()
        self.backend_url = self.server = self.metrics = None
        self.children = []
        # A database of its own, whatever the shell is set up for.
        self.env = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
        self.env["ML_ENGINE_API_KEY"] = self.key

    def _key(self):
        path = self.state / "api-key"
        if not path.exists():
            with open(os.open(path, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
                file.write(secrets.token_urlsafe(32))
        return path.read_text().strip()

    def _start(self, name, command, prefix, timeout_s):
        log = self.logs / f"{name}.log"
        log.write_bytes(b"")
        child = Child(name, command, log, env=self.env)
        self.children.append(child)
        return child.wait_ready(prefix, timeout_s)

    def start_backend(self):
        self.backend_url = self._start("backend", [
            "node", self.root / "tests/backend/server.js", "--port", "0",
            "--data-dir", self.state / "backend", "--seed", f"EUR/USD:1h:{self.root / SAMPLE}"],
            "READY", 120)
        self.env["BACKEND_API_URL"] = self.backend_url

    def start_server(self):
        ready = self._start("server", [
            self.programs / "aifx-server", "--listen", "127.0.0.1:0", "--metrics-listen",
            "127.0.0.1:0", "--models-dir", self.models, "--outbox-dir", self.state / "outbox",
            "--backend-url", self.backend_url, "--stale-candles", "warn"],
            "READY grpc=", 30)
        self.server, _, self.metrics = ready.partition(" metrics=")

    def aifx(self, *arguments):
        """Runs `aifx` against the server; (stdout, stderr)."""
        command = [self.programs / "aifx", *arguments, "--server", self.server]
        ran = subprocess.run(command, env=self.env, capture_output=True, text=True)
        if ran.returncode != 0:
            raise RunFailed(f"`aifx {' '.join(arguments)}` ended with code {ran.returncode}\n"
                            + ran.stderr + log_tail(self.logs / "server.log"))
        return ran.stdout, ran.stderr

    def ask(self, *arguments):
        return json.loads(self.aifx(*arguments, "--json")[0])

    def train(self, arguments):
        """`aifx train weekly`: progress on a terminal, else into a log. Its report."""
        command = [self.programs / "aifx", "train", "weekly", "--models-dir", self.models, "--json",
                   "--no-cache", *arguments]
        log_path = self.logs / "train.log"
        on_terminal = sys.stderr.isatty()
        with open(log_path, "wb") as log:
            ran = subprocess.run([os.fspath(part) for part in command], env=self.env,
                                 stdout=subprocess.PIPE, stderr=None if on_terminal else log)
        if ran.returncode != 0:
            tail = "" if on_terminal else "\n" + log_tail(log_path)
            raise RunFailed(f"training ended with code {ran.returncode}{tail}")
        return json.loads(ran.stdout)

    def trained_version(self):
        """The active version, where this backend knows it too; else None."""
        try:
            version = json.loads((self.models / MODEL / "active.json").read_text())["version"]
        except (OSError, ValueError, KeyError):
            return None
        query = urllib.parse.urlencode({"modelName": MODEL, "limit": 100})
        request = urllib.request.Request(f"{self.backend_url}/api/v1/ml/models?{query}", headers={
            "Authorization": f"Bearer {self.key}", "X-Service-Name": "ml-engine"})
        opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
        with opener.open(request, timeout=10) as answer:
            models = json.load(answer)["data"]["models"]
        return version if str(version) in {model["version"] for model in models} else None

    def stop(self):
        for child in reversed(self.children):
            child.stop()
        self.children.clear()
