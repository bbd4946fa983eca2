"""Sets aifx-server beside FastAPI + PyTorch on the same model, by turns and with the same load client
(h2load). Answers of aifx come from inference (--cache-entries 0) and, in the last column, from its cache.

    python tests/bench/peers/run.py [--seconds 5] [--rounds 3]

The model is the one of build/release/bench/serve_bench. The first run installs PyTorch, FastAPI and
uvicorn into a virtual environment of its own (--venv, by default ~/.cache/aifx/peers/venv)."""

import argparse
import contextlib
import json
import os
import pathlib
import re
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
CALLERS = (1, 8, 64)


def install(venv):
    """Makes the virtual environment where it is not complete. Returns its Python."""
    python = venv / "bin" / "python"
    if not python.exists():
        subprocess.run([sys.executable, "-m", "venv", venv], check=True)
    probe = subprocess.run([python, "-c", "import torch, fastapi, uvicorn"], capture_output=True)
    if probe.returncode != 0:
        pip = [python, "-m", "pip", "install", "--quiet"]
        subprocess.run(pip + ["-r", HERE / "requirements.txt", "-r",
                              REPOSITORY / "scripts/requirements-torch.txt"], check=True)
    return python


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextlib.contextmanager
def process(command, **options):
    child = subprocess.Popen(command, **options)
    try:
        yield child
    finally:
        child.terminate()
        child.wait()


def wait_for(url, data):
    for _ in range(600):
        try:
            request = urllib.request.Request(url, data=data, method="POST")
            return urllib.request.urlopen(request, timeout=5).read()
        except OSError:
            time.sleep(0.1)
    raise SystemExit(f"{url} does not answer")


@contextlib.contextmanager
def fastapi(python, version, columns, window, workers):
    port = free_port()
    environment = dict(os.environ, MODEL=str(version / "model.pt"), COLUMNS_OF_MODEL=str(columns),
                       OMP_NUM_THREADS="1", PYTHONWARNINGS="ignore")
    command = [python, "-m", "uvicorn", "fastapi_server:app", "--port", str(port), "--workers",
               str(workers), "--log-level", "error", "--no-access-log", "--loop", "uvloop",
               "--http", "httptools"]
    with process(command, cwd=HERE, env=environment) as child:
        wait_for(f"http://127.0.0.1:{port}/predict", window.read_bytes())
        yield child, ["--h1", f"--data={window}", f"http://127.0.0.1:{port}/predict"]


@contextlib.contextmanager
def aifx(models, request, outbox, *options):
    command = [REPOSITORY / "build/release/bin/aifx-server", "--listen", "127.0.0.1:0",
               "--models-dir", models, "--outbox-dir", outbox, "--stale-candles", "warn",
               "--log-level", "error", *options]
    with process(command, stdout=subprocess.PIPE, text=True) as child:
        address = re.match(r"READY grpc=(\S+)", child.stdout.readline()).group(1)
        yield child, ["-H", "content-type: application/grpc", "-H", "te: trailers",
                      f"--data={request}",
                      f"http://{address}/aifx.ml.v1.PredictionService/Predict"]


def load(arguments, callers, seconds):
    """Requests a second, and the microseconds of the median and of the 99th percentile."""
    with tempfile.NamedTemporaryFile("r") as log:
        streams = 1 if "--h1" in arguments else max(1, callers // 2)
        clients = callers // streams
        command = ["h2load", "-t", "1", "-c", str(clients), "-m", str(streams), "-D", str(seconds),
                   "--warm-up-time", "1", f"--log-file={log.name}", *arguments]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        failed = re.search(r"(\d+) failed, (\d+) errored", text).groups()
        if failed != ("0", "0"):
            raise SystemExit(text)
        durations = sorted(int(line.split()[2]) for line in log)
    at = lambda share: durations[min(len(durations) - 1, int(share * len(durations)))]
    return len(durations) / seconds, at(0.5), at(0.99)


def resident(pid):
    """MiB of a process and its children."""
    total = 0
    children = pathlib.Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    for one in [str(pid), *children]:
        status = pathlib.Path(f"/proc/{one}/status").read_text()
        total += int(re.search(r"VmRSS:\s+(\d+)", status).group(1)) / 1024
    return total


def measure(server, seconds, figures):
    with server as (child, arguments):
        load(arguments, 8, 1)  # compiled graphs, threads and buffers
        for callers in CALLERS:
            figures.setdefault(callers, []).append(load(arguments, callers, seconds))
        figures.setdefault("rss", []).append(resident(child.pid))


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--venv", type=pathlib.Path,
                        default=pathlib.Path.home() / ".cache/aifx/peers/venv")
    parser.add_argument("--seconds", type=int, default=5)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    python = install(options.venv)
    with tempfile.TemporaryDirectory() as name:
        folder = pathlib.Path(name)
        bench = REPOSITORY / "build/release/bench/serve_bench"
        subprocess.run([bench, "--prepare", folder], check=True)
        models, request = folder / "models", folder / "request.grpc"
        window = folder / "window.f32"
        active = json.loads((models / "eurusd-1h/active.json").read_text())["version"]
        version = models / "eurusd-1h" / str(active)
        columns = window.stat().st_size // 4 // 60
        servers = {
            "FastAPI + PyTorch, 1 worker": lambda: fastapi(python, version, columns, window, 1),
            "FastAPI + PyTorch, 2 workers": lambda: fastapi(python, version, columns, window, 2),
            "aifx, each call computed": lambda: aifx(models, request, folder / "outbox",
                                                     "--cache-entries", "0"),
            "aifx, the same window again": lambda: aifx(models, request, folder / "outbox"),
        }
        figures = {name: {} for name in servers}
        for _ in range(options.rounds):
            for name, server in servers.items():
                measure(server(), options.seconds, figures[name])
    print("| server | requests/s at 1 / 8 / 64 | p50 at 1 | p99 at 64 | RSS |")
    print("|---|---|---|---|---|")
    for name, points in figures.items():
        median = lambda key, index: statistics.median(point[index] for point in points[key])
        rates = " / ".join(f"{median(callers, 0):,.0f}" for callers in CALLERS)
        print(f"| {name} | {rates} | {median(1, 1) / 1000:.2f} ms | {median(64, 2) / 1000:.1f} ms "
              f"| {statistics.median(points['rss']):.0f} MB |")


if __name__ == "__main__":
    main()
