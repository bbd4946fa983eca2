#!/usr/bin/env python3
"""Checks docker/kubernetes.yaml: the probes ask pages that are served, a pod has the time that the
engine takes to drain, and the container is locked down. Run it with the venv of the tests;
--self-test checks the checker.
"""

import copy
import pathlib
import sys

import yaml

PATH = pathlib.Path(__file__).with_name("kubernetes.yaml")


def seconds(text):
    """Of a duration such as 6s or 1m."""
    return int(text[:-1]) * {"s": 1, "m": 60}[text[-1]]


def errors_of(documents):
    pods = [d["spec"]["template"]["spec"] for d in documents if d["kind"] == "StatefulSet"]
    if len(pods) != 1:
        yield "an outbox has one owner and needs a StatefulSet"
    for pod in pods:
        engine = pod["containers"][0]
        ports = {port["name"]: port["containerPort"] for port in engine["ports"]}
        for probe, page in (("startupProbe", "/livez"), ("livenessProbe", "/livez"),
                            ("readinessProbe", "/readyz")):
            asked = engine.get(probe, {}).get("httpGet", {})
            if asked != {"path": page, "port": "metrics"}:
                yield f"{probe} does not ask {page} of the port metrics"
        if f"0.0.0.0:{ports.get('metrics')}" not in engine["args"]:
            yield "nobody listens on the port metrics"
        environment = {each["name"]: each.get("value") for each in engine["env"]}
        grace = seconds(environment.get("AIFX_DRAIN_GRACE", "1s"))
        if grace <= engine.get("readinessProbe", {}).get("periodSeconds", 0):
            yield "calls are refused before readiness is asked again"
        if pod["terminationGracePeriodSeconds"] < grace + 30 + 5:  # with the defaults of both
            yield "the pod is killed before it has drained"
        secure = engine.get("securityContext", {})
        if not secure.get("readOnlyRootFilesystem") or secure.get("allowPrivilegeEscalation") is not False:
            yield "the container is not locked down"
        if not engine.get("resources", {}).get("limits", {}).get("memory"):
            yield "no memory limit"


def self_test(documents):
    """Each change must be noticed."""
    def pod(changed):
        return changed[1]["spec"]["template"]["spec"]

    def engine(changed):
        return pod(changed)["containers"][0]

    changes = {
        "a probe of another page": lambda d: engine(d)["livenessProbe"]["httpGet"].update(
            path="/healthz"),
        "no readiness": lambda d: engine(d).pop("readinessProbe"),
        "a probe that nobody answers": lambda d: engine(d)["args"].pop(),
        "killed while draining": lambda d: pod(d).update(terminationGracePeriodSeconds=30),
        "refuses too early": lambda d: engine(d)["readinessProbe"].update(periodSeconds=10),
        "a writable container": lambda d: engine(d).pop("securityContext"),
        "no memory limit": lambda d: engine(d)["resources"].pop("limits"),
        "a Deployment": lambda d: d[1].update(kind="Deployment"),
    }
    missed = [f"check_kubernetes: {error}" for error in errors_of(documents)]
    for name, change in changes.items():
        changed = copy.deepcopy(documents)
        change(changed)
        if not list(errors_of(changed)):
            missed.append(f"check_kubernetes: does not notice: {name}")
    print("\n".join(missed) or f"check_kubernetes: {len(changes)} wrong changes all noticed")
    return bool(missed)


def main():
    documents = list(yaml.safe_load_all(PATH.read_text(encoding="utf-8")))
    if sys.argv[1:] == ["--self-test"]:
        return self_test(documents)
    errors = list(errors_of(documents))
    print("\n".join(errors) or f"check_kubernetes: {len(documents)} objects")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
