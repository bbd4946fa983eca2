#!/usr/bin/env python3
"""Checks docker/monitoring: the alert rules and the dashboard.

Every expression is parsed as PromQL; every metric and label in it is one of
tests/golden/metrics.txt, counters are read through a rate, histograms by their buckets, sum or
count. Every alert has its place in docs/operations.md, and nothing there is about an alert that
is gone. Run it with the venv of the tests; --self-test checks the checker.
"""

import copy
import json
import pathlib
import re
import sys

import promql_parser
import yaml

ROOT = pathlib.Path(__file__).resolve().parents[1]
ALERTS = ROOT / "docker/monitoring/alerts.yaml"
DASHBOARD = ROOT / "docker/monitoring/dashboard.json"
SCRAPE = ROOT / "docker/monitoring/prometheus.yaml"
RUNBOOK = ROOT / "docs/operations.md"
GOLDEN = ROOT / "tests/golden/metrics.txt"

FROM_PROMETHEUS = {"job", "instance"}  # labels that scraping adds
OVER_TIME = {"rate", "irate", "increase", "resets"}  # what may read a counter
GRID_COLUMNS = 24


def golden_metrics(text):
    """{name: (kind, {labels})}."""
    found = {}
    for line in text.splitlines():
        if line and not line.startswith("#"):
            name, kind, labels = line.split(" ")
            found[name] = (kind, set() if labels == "-" else set(labels.split(",")))
    return found


def series_of(metrics):
    """{name of a series: (kind, labels)}: a histogram is several."""
    series = {"up": ("gauge", set())}
    for name, (kind, labels) in metrics.items():
        if kind == "histogram":
            series[f"{name}_bucket"] = ("counter", labels | {"le"})
            series[f"{name}_sum"] = series[f"{name}_count"] = ("counter", labels)
        else:
            series[name] = (kind, labels)
    return series


class Expression:
    """Walks one expression; errors are in self.errors."""

    def __init__(self, text, series):
        self.errors, self.labels, self.used = [], set(), set()
        self._series = series
        try:
            self._visit(promql_parser.parse(text), False)
        except ValueError as error:
            self.errors.append(f"not PromQL: {error}")
            return
        unknown = self._grouped(promql_parser.parse(text)) - self.labels - FROM_PROMETHEUS
        self.errors += [f"groups by {label}, which nothing in it has" for label in sorted(unknown)]

    def _visit(self, node, over_time):
        if isinstance(node, promql_parser.VectorSelector):
            self._selector(node, over_time)
        elif isinstance(node, promql_parser.MatrixSelector):
            self._selector(node.vector_selector, over_time)
        for child in children(node):
            is_rate = isinstance(node, promql_parser.Call) and node.func.name in OVER_TIME
            self._visit(child, is_rate)

    def _selector(self, selector, over_time):
        name = selector.name
        self.used.add(name)
        if name not in self._series:
            self.errors.append(f"no metric {name}")
            return
        kind, labels = self._series[name]
        self.labels |= labels
        if kind == "counter" and not over_time:
            self.errors.append(f"reads the counter {name} without a rate")
        if kind != "counter" and over_time:
            self.errors.append(f"takes the rate of {name}, which is no counter")
        for matcher in selector.matchers.matchers:
            if matcher.name not in labels | FROM_PROMETHEUS:
                self.errors.append(f"{name} has no label {matcher.name}")

    def _grouped(self, node):
        labels = set()
        if isinstance(node, promql_parser.AggregateExpr) and node.modifier is not None:
            labels |= set(node.modifier.labels)
        for child in children(node):
            labels |= self._grouped(child)
        return labels


def children(node):
    if isinstance(node, promql_parser.BinaryExpr):
        return [node.lhs, node.rhs]
    if isinstance(node, promql_parser.Call):
        return list(node.args)
    if isinstance(node, promql_parser.AggregateExpr):
        return [node.expr] + ([node.param] if node.param is not None else [])
    inner = getattr(node, "expr", None)
    return [] if inner is None else [inner]


def alert_errors(document, series, runbook):
    headings = set(re.findall(r"^### (Aifx\w+)$", runbook, re.MULTILINE))
    names = []
    for group in document["groups"]:
        for rule in group["rules"]:
            name = rule.get("alert", "a rule without a name")
            names.append(name)
            unknown = set(rule) - {"alert", "expr", "for", "labels", "annotations"}
            if unknown:
                yield f"{name}: unknown {', '.join(sorted(unknown))}"
            for error in Expression(rule.get("expr", ""), series).errors:
                yield f"{name}: {error}"
            if "for" in rule and not re.fullmatch(r"[0-9]+[smh]", rule["for"]):
                yield f"{name}: for {rule['for']} is no duration"
            if rule.get("labels", {}).get("severity") not in ("page", "ticket"):
                yield f"{name}: severity is neither page nor ticket"
            annotations = rule.get("annotations", {})
            if not annotations.get("summary"):
                yield f"{name}: has no summary"
            if annotations.get("runbook") != f"docs/operations.md#{name.lower()}":
                yield f"{name}: runbook is not docs/operations.md#{name.lower()}"
            if name not in headings:
                yield f"{name}: docs/operations.md has no heading ### {name}"
    for name in sorted(set(each for each in names if names.count(each) > 1)):
        yield f"{name}: is there twice"
    for name in sorted(headings - set(names)):
        yield f"docs/operations.md explains {name}, which is no alert"


def panels_of(dashboard):
    for panel in dashboard["panels"]:
        yield panel
        yield from panel.get("panels", [])


def dashboard_errors(dashboard, series):
    ids = [panel["id"] for panel in panels_of(dashboard)]
    for each in sorted(set(i for i in ids if ids.count(i) > 1)):
        yield f"dashboard: panel id {each} is there twice"
    taken = {}
    variables = {each["name"] for each in dashboard["templating"]["list"]}
    for panel in panels_of(dashboard):
        title, place = panel["title"], panel["gridPos"]
        if place["x"] + place["w"] > GRID_COLUMNS:
            yield f"{title}: reaches beyond column {GRID_COLUMNS}"
        for x in range(place["x"], place["x"] + place["w"]):
            for y in range(place["y"], place["y"] + place["h"]):
                if taken.setdefault((x, y), title) != title:
                    yield f"{title}: lies over {taken[x, y]}"
                    break
        if panel["type"] == "row":
            continue
        if not panel.get("targets"):
            yield f"{title}: shows nothing"
        if not panel.get("fieldConfig", {}).get("defaults", {}).get("unit"):
            yield f"{title}: has no unit"
        for target in panel.get("targets", []):
            for name in re.findall(r"\$(?!__)(\w+)", target["expr"]):
                if name not in variables:
                    yield f"{title}: no variable {name}"
            text = re.sub(r"\$__rate_interval", "5m", target["expr"])
            for error in Expression(text, series).errors:
                yield f"{title}: {error}"


def check(alerts, dashboard, scrape, runbook, golden):
    series = series_of(golden_metrics(golden))
    jobs = [each["job_name"] for each in scrape["scrape_configs"]]
    errors = [] if jobs == ["aifx"] else [f"prometheus.yaml: the job is not called aifx: {jobs}"]
    if scrape.get("rule_files") != [ALERTS.name]:
        errors.append(f"prometheus.yaml: rule_files is not [{ALERTS.name}]")
    return (errors + list(alert_errors(alerts, series, runbook)) +
            list(dashboard_errors(dashboard, series)))


def read():
    return [yaml.safe_load(ALERTS.read_text(encoding="utf-8")),
            json.loads(DASHBOARD.read_text(encoding="utf-8")),
            yaml.safe_load(SCRAPE.read_text(encoding="utf-8")),
            RUNBOOK.read_text(encoding="utf-8"), GOLDEN.read_text(encoding="utf-8")]


def self_test(read_files):
    """Each change must be noticed."""
    def rule(files):
        return next(r for g in files[0]["groups"] for r in g["rules"] if r["alert"] == "AifxModelFailed")

    def panel(files):
        return next(p for p in panels_of(files[1]) if p["type"] != "row")

    def set_expression(text):
        return lambda files: rule(files).update(expr=text)

    def set_target(text):
        return lambda files: panel(files)["targets"][0].update(expr=text)

    def replace(index, old, new):
        def change(files):
            assert old in files[index], old
            files[index] = files[index].replace(old, new)
        return change

    changes = {
        "a metric that is renamed": replace(4, "aifx_model_failed_versions ", "aifx_model_broken "),
        "a label that is renamed": replace(4, "gauge check", "gauge test"),
        "not PromQL": set_expression("aifx_ready >"),
        "a counter as it is": set_expression("aifx_grpc_calls_total > 5"),
        "a counter in an aggregate": set_expression("sum(aifx_grpc_calls_total) > 5"),
        "the rate of a gauge": set_expression("rate(aifx_ready[5m]) > 0"),
        "a histogram as it is": set_expression("rate(aifx_grpc_call_duration_seconds[5m]) > 0"),
        "an unknown label": set_expression('aifx_ready{model="x"} == 0'),
        "grouped by an unknown label": set_expression("sum by (model) (aifx_ready) == 0"),
        "no severity": lambda files: rule(files).pop("labels"),
        "no summary": lambda files: rule(files)["annotations"].pop("summary"),
        "a wrong runbook": lambda files: rule(files)["annotations"].update(runbook="docs/x.md"),
        "no duration": lambda files: rule(files).update({"for": "soon"}),
        "an unknown key": lambda files: rule(files).update(fro="5m"),
        "an alert without a heading": replace(3, "### AifxModelFailed\n", "### Elsewhere\n"),
        "a heading without an alert": lambda files: files[0]["groups"].pop(),
        "an alert twice": lambda files: files[0]["groups"].append(copy.deepcopy(files[0]["groups"][0])),
        "a panel's unknown metric": set_target("aifx_nothing"),
        "a panel's unknown variable": set_target('aifx_ready{instance=~"$host"}'),
        "a panel without a unit": lambda files: panel(files).pop("fieldConfig"),
        "a panel over another": lambda files: panel(files)["gridPos"].update(h=30),
        "a panel beyond the grid": lambda files: panel(files)["gridPos"].update(w=25),
        "an id twice": lambda files: panel(files).update(id=files[1]["panels"][-1]["id"]),
        "another job": lambda files: files[2]["scrape_configs"][0].update(job_name="engine"),
    }
    missed = [f"check_monitoring: {error}" for error in check(*read_files)]
    for name, change in changes.items():
        changed = copy.deepcopy(read_files)
        change(changed)
        if not check(*changed):
            missed.append(f"check_monitoring: does not notice: {name}")
    print("\n".join(missed) or f"check_monitoring: {len(changes)} wrong changes all noticed")
    return bool(missed)


def main():
    files = read()
    if sys.argv[1:] == ["--self-test"]:
        return self_test(files)
    errors = check(*files)
    rules = sum(len(group["rules"]) for group in files[0]["groups"])
    print("\n".join(errors) or
          f"check_monitoring: {rules} alerts, {len(list(panels_of(files[1])))} panels and rows")
    return bool(errors)


if __name__ == "__main__":
    sys.exit(main())
