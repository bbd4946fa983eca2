"""Sets aifx-server beside Python servers of the same model, by turns and with one load client, h2load.

The peers are FastAPI + PyTorch and, where there is Java, a tuned TorchServe; they get their window as raw
float32. aifx computes every call (--cache-entries 0) in f32, bf16 and int8, by Predict with candles and by
ModelInfer with the peers' own window; the last line is its cache.

    python tests/bench/peers/run.py [--seconds 5] [--rounds 3]

The model is the one of build/release/bench/serve_bench. The first run installs PyTorch, FastAPI, uvicorn
and TorchServe into a virtual environment of its own (--venv, by default ~/.cache/aifx/peers/venv)."""

import argparse
import contextlib
import functools
import json
import os
import pathlib
import re
import statistics
import subprocess
import sys
import tempfile
import urllib.request

from processes import free_port, process, resident, wait_for
import torchserve

HERE = pathlib.Path(__file__).resolve().parent
REPOSITORY = HERE.parents[2]
CALLERS = (1, 8, 64)
ANSWER_BYTES = 3 * 4  # of the peers: the logits of three classes


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
def aifx(folder, method, *options):
    """`method` is Predict or ModelInfer."""
    request, path = {
        "Predict": ("request.grpc", "aifx.ml.v1.PredictionService/Predict"),
        "ModelInfer": ("infer.grpc", "inference.GRPCInferenceService/ModelInfer")}[method]
    command = [REPOSITORY / "build/release/bin/aifx-server", "--listen", "127.0.0.1:0",
               "--metrics-listen", "127.0.0.1:0", "--models-dir", folder / "models", "--outbox-dir",
               folder / "outbox", "--stale-candles", "warn", "--log-level", "error", *options]
    with process(command, stdout=subprocess.PIPE, text=True) as child:
        address, metrics = re.match(r"READY grpc=(\S+) metrics=(\S+)", child.stdout.readline()).groups()
        yield child, ["-H", "content-type: application/grpc", "-H", "te: trailers",
                      f"--data={folder / request}", f"http://{address}/{path}"]
        check_answers(f"http://{metrics}/metrics")


def check_answers(metrics):
    """gRPC's errors are HTTP's successes: h2load does not see them. The last calls of a load it cancels."""
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))
    for line in opener.open(metrics, timeout=5).read().decode().splitlines():
        call = re.match(r'aifx_grpc_calls_total\{.*code="(\w+)".*\} (.*)', line)
        if call and call[1] not in ("OK", "CANCELLED") and float(call[2]) > 0:
            raise SystemExit(f"aifx refused calls: {line}")


def succeeded(text):
    """Whether all requests did, by what h2load printed."""
    done, failed, errored = re.search(r"(\d+) done, .* (\d+) failed, (\d+) errored", text).groups()
    if (failed, errored) == ("0", "0"):
        return True
    # TorchServe's status line has no words, and then h2load sees no status: sizes have to tell.
    size = int(re.search(r"\((\d+)\) data", text)[1])
    return (errored == "0" and "0 2xx, 0 3xx, 0 4xx, 0 5xx" in text and size % ANSWER_BYTES == 0
            and size >= int(done) * ANSWER_BYTES)


def load(arguments, callers, seconds):
    """Requests a second, and the microseconds of the median and of the 99th percentile."""
    with tempfile.NamedTemporaryFile("r") as log:
        streams = 1 if "--h1" in arguments else max(1, callers // 2)
        clients = callers // streams
        command = ["h2load", "-t", "1", "-c", str(clients), "-m", str(streams), "-D", str(seconds),
                   "--warm-up-time", "1", f"--log-file={log.name}", *arguments]
        text = subprocess.run(command, check=True, capture_output=True, text=True).stdout
        if not succeeded(text):
            raise SystemExit(text)
        durations = sorted(int(line.split()[2]) for line in log)
    at = lambda share: durations[min(len(durations) - 1, int(share * len(durations)))]
    return len(durations) / seconds, at(0.5), at(0.99)


def measure(server, seconds, figures):
    with server as (child, arguments):
        load(arguments, 8, 1)  # compiled graphs, threads and buffers
        for callers in CALLERS:
            figures.setdefault(callers, []).append(load(arguments, callers, seconds))
        figures.setdefault("rss", []).append(resident(child.pid))


def all_servers(python, folder, version, window):
    """{name: what starts it}."""
    columns = window.stat().st_size // 4 // 60
    computed = ("--cache-entries", "0")
    servers = {f"FastAPI + PyTorch, {workers} worker{'s' * (workers > 1)}":
               functools.partial(fastapi, python, version, columns, window, workers)
               for workers in (1, 2)}
    missing = torchserve.install(python)
    if missing is None:
        servers["TorchServe, batches of 16, logs off"] = functools.partial(
            torchserve.torchserve, python, version, columns, window, folder / "torchserve")
    else:
        print(f"TorchServe skipped: {missing}")
    for precision in ("f32", "bf16", "int8"):
        servers[f"aifx, each call computed, {precision}"] = functools.partial(
            aifx, folder, "Predict", *computed, "--lstm-precision", precision)
    servers["aifx, ModelInfer, f32"] = functools.partial(
        aifx, folder, "ModelInfer", "--lstm-precision", "f32")
    servers["aifx, the same window again"] = functools.partial(aifx, folder, "Predict")
    return servers


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
        models, window = folder / "models", folder / "window.f32"
        active = json.loads((models / "eurusd-1h/active.json").read_text())["version"]
        version = models / "eurusd-1h" / str(active)
        servers = all_servers(python, folder, version, window)
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
