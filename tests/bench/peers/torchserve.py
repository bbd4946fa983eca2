"""TorchServe on the same model, as fast as it gets: batches of 16, one worker, logs off. It needs Java."""

import contextlib
import json
import os
import pathlib
import shutil
import subprocess

from processes import free_port, process, wait_for

HERE = pathlib.Path(__file__).resolve().parent
NAME = "lstm"
QUIET = """<?xml version="1.0" encoding="UTF-8"?>
<Configuration status="OFF"><Loggers><Root level="OFF"/></Loggers></Configuration>
"""


def install(python):
    """Why it cannot take part; None where it can."""
    if shutil.which("java") is None:
        return "no Java (apt-get install default-jre-headless)"
    if subprocess.run([python, "-c", "import ts.service, model_archiver"], capture_output=True).returncode == 0:
        return None
    pip = [python, "-m", "pip", "install", "--quiet", "-r", HERE / "requirements-torchserve.txt"]
    return None if subprocess.run(pip).returncode == 0 else "pip cannot install it"


def write_archive(python, version, store):
    subprocess.run([python.with_name("torch-model-archiver"), "--model-name", NAME, "--version", "1.0",
                    "--serialized-file", version / "model.pt", "--handler",
                    HERE / "torchserve_handler.py", "--export-path", store], check=True)


def write_config(folder, ports):
    model = {"defaultVersion": True, "marName": f"{NAME}.mar", "minWorkers": 1, "maxWorkers": 1,
             "batchSize": 16, "maxBatchDelay": 1, "responseTimeout": 120}
    lines = [f"{name}_address=http://127.0.0.1:{port}"
             for name, port in zip(("inference", "management", "metrics"), ports, strict=True)]
    lines += [f"grpc_{name}_port={free_port()}" for name in ("inference", "management")]
    lines += ["load_models=all", "job_queue_size=1000", "disable_system_metrics=true",
              f"models={json.dumps({NAME: {'1.0': model}})}"]
    (folder / "config.properties").write_text("\n".join(lines) + "\n")
    (folder / "quiet.xml").write_text(QUIET)


@contextlib.contextmanager
def torchserve(python, version, columns, window, folder):
    """Yields the child and h2load's arguments; `folder` takes its files."""
    store = folder / "store"
    store.mkdir(parents=True, exist_ok=True)
    write_config(folder, ports := [free_port() for _ in range(3)])
    if not (store / f"{NAME}.mar").exists():
        write_archive(python, version, store)
    path = f"{python.parent}{os.pathsep}{os.environ['PATH']}"
    environment = dict(os.environ, COLUMNS_OF_MODEL=str(columns), OMP_NUM_THREADS="1", PATH=path,
                       TMPDIR=str(folder), TEMP=str(folder), LOG_LOCATION=str(folder),
                       METRICS_LOCATION=str(folder))
    command = [python.with_name("torchserve"), "--foreground", "--start", "--ncs",
               "--disable-token-auth", "--model-store", store, "--ts-config",
               folder / "config.properties", "--log-config", folder / "quiet.xml"]
    with process(command, cwd=folder, env=environment, stdout=subprocess.DEVNULL,
                 stderr=subprocess.DEVNULL) as child:
        url = f"http://127.0.0.1:{ports[0]}/predictions/{NAME}"
        wait_for(url, window.read_bytes())
        yield child, ["--h1", "-H", "content-type: application/octet-stream", f"--data={window}", url]
