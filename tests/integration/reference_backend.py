"""The reference backend as a test runs and steers it: switches, seeds, log of writes.

Needs the standard library alone: neither the engine nor gRPC.
"""

import json
import pathlib
import sys
import urllib.error
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "scripts"))

from run_lib.processes import Child  # noqa: E402

SERVER = ROOT / "tests/backend/server.js"


def fault(action, route="*", **more):
    """One rule of failing on purpose, as tests/backend/README.md describes it.

    fault("close", "POST /predictions", when="after", count=1) stores one prediction and loses
    the answer.
    """
    return {"action": action, "route": route, **more}


def switch_arguments(error_shape=None, number_form=None, without=(), rate_limit=None,
                     rate_limit_headers=None, faults=(), random_seed=None):
    """The command line of switches; rate_limit is (requests, seconds)."""
    arguments = []
    for flag, value in (("error-shape", error_shape), ("number-form", number_form),
                        ("without", ",".join(without) or None), ("random-seed", random_seed)):
        if value is not None:
            arguments += [f"--{flag}", str(value)]
    if rate_limit is not None:
        arguments += ["--rate-limit", f"{rate_limit[0]}/{rate_limit[1]}"]
    if rate_limit_headers is not None:
        arguments += ["--rate-limit-headers", ",".join(rate_limit_headers) or "none"]
    for rule in faults:
        arguments += ["--fault", ",".join(f"{name}={value}" for name, value in rule.items())]
    return arguments


def start(folder, key, *arguments, env=None, timeout_s=60):
    """A backend on a free port, its log in folder; (child, ReferenceBackend).

    The caller stops the child. For the arguments see switch_arguments.
    """
    child = Child("backend", ["node", SERVER, "--api-key", key, *arguments],
                  pathlib.Path(folder) / "backend.log", env=env)
    try:
        return child, ReferenceBackend(child.wait_ready("READY", timeout_s), key)
    except BaseException:
        child.stop()
        raise


class Refused(Exception):
    """The backend answered with a failure."""

    def __init__(self, status, body):
        super().__init__(f"HTTP {status}: {body}")
        self.status = status
        self.body = body


class ReferenceBackend:
    """A running reference backend at a URL, whoever started it."""

    def __init__(self, url, key):
        self.url = url
        self._key = key
        self._opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def request(self, method, path, body=None, timeout_s=20):
        """The `data` of an answer; path begins with /api/v1/ml or /control. Raises Refused."""
        request = urllib.request.Request(
            self.url + path, method=method,
            data=None if body is None else json.dumps(body).encode(),
            headers={"Authorization": f"Bearer {self._key}", "X-Service-Name": "ml-engine",
                     "Content-Type": "application/json"})
        try:
            with self._opener.open(request, timeout=timeout_s) as answer:
                return json.load(answer)["data"]
        except urllib.error.HTTPError as error:
            with error:
                raise Refused(error.code, error.read().decode(errors="replace")) from None

    def get(self, route):
        return self.request("GET", f"/api/v1/ml{route}")

    def post(self, route, body):
        return self.request("POST", f"/api/v1/ml{route}", body)

    def behaviour(self):
        """All switches in force, by their names on the wire (errorShape, rateLimit, ...)."""
        return self.request("GET", "/control/behaviour")

    def change(self, **switches):
        """Sets some switches, by their names on the wire; the others stay."""
        return self.request("PUT", "/control/behaviour", switches)

    def fail(self, *rules):
        """Sets the rules of failing on purpose (see fault); none: no more failures."""
        return self.change(faults=list(rules))

    def reset(self):
        """Brings back the switches of the command line."""
        return self.request("DELETE", "/control/behaviour")

    def writes(self, method=None, path=None):
        """Every POST and PUT so far, as GET /control/writes answers: total, stored, writes, ..."""
        wanted = [f"{name}={value}" for name, value in (("method", method), ("path", path))
                  if value]
        return self.request("GET", "/control/writes?" + "&".join(wanted))

    def duplicates(self):
        """{factors.client_request_id: how often} of what was stored more than once."""
        counts = self.writes(method="POST")["byClientRequestId"]
        return {each: count["stored"] for each, count in counts.items() if count["stored"] > 1}

    def forget_writes(self):
        self.request("DELETE", "/control/writes")

    def store_candles(self, pair, timeframe, candles):
        return self.post("/training-data/market",
                         {"pair": pair, "timeframe": timeframe, "candles": candles})

    def store_signals(self, signals):
        return self.post("/training-data/signals", {"signals": signals})

    def store_trades(self, trades):
        return self.post("/training-data/trades", {"trades": trades})
