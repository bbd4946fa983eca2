#!/usr/bin/env python3
"""Makes metrics.json: probabilities, targets and scores, by definitions other than the engine's.

AUC counts pairs, the calibration line is found by Newton's method, nothing is shared with the C++.
"""
import json
import math
import os
import random

random.seed(20180612)
CLASSES = 3
rows, targets = [], []
for _ in range(200):
    logits = [random.gauss(0, 1) for _ in range(CLASSES)]
    weights = [math.exp(z) for z in logits]
    total = sum(weights)
    # Rounded, so that ties occur and the numbers are short.
    p = [round(w / total, 2) for w in weights]
    p[1] = round(1 - p[0] - p[2], 2)
    p = [max(v, 0.01) for v in p]
    p = [v / sum(p) for v in p]
    rows.append(p)
    targets.append(random.choices(range(CLASSES), weights=[w ** 0.7 for w in weights])[0])

n = len(rows)
log_loss = -sum(math.log(p[t]) for p, t in zip(rows, targets)) / n
brier = sum(sum((p[c] - (c == t)) ** 2 for c in range(CLASSES)) for p, t in zip(rows, targets)) / n
tops = [max(range(CLASSES), key=lambda c: (p[c], -c)) for p in rows]
accuracy = sum(top == t for top, t in zip(tops, targets)) / n

ups = [p[2] - p[0] for p, t in zip(rows, targets) if t == 2]
downs = [p[2] - p[0] for p, t in zip(rows, targets) if t == 0]
auc = sum(1.0 if u > d else 0.5 if u == d else 0.0 for u in ups for d in downs)
auc /= len(ups) * len(downs)

points = [(math.log(p[2] / p[0]), t == 2) for p, t in zip(rows, targets) if t != 1]
slope = intercept = 0.0
for _ in range(50):
    g0 = g1 = h00 = h01 = h11 = 0.0
    for x, y in points:
        q = 1 / (1 + math.exp(-(slope * x + intercept)))
        g0 += (q - y) * x
        g1 += q - y
        h00 += q * (1 - q) * x * x
        h01 += q * (1 - q) * x
        h11 += q * (1 - q)
    det = h00 * h11 - h01 * h01
    slope -= (h11 * g0 - h01 * g1) / det
    intercept -= (h00 * g1 - h01 * g0) / det

ece = 0.0
for b in range(10):
    inside = [i for i in range(n) if min(int(rows[i][tops[i]] * 10), 9) == b]
    if inside:
        right = sum(tops[i] == targets[i] for i in inside) / len(inside)
        confidence = sum(rows[i][tops[i]] for i in inside) / len(inside)
        ece += len(inside) / n * abs(right - confidence)

path = os.path.join(os.path.dirname(os.path.abspath(__file__)), "metrics.json")
with open(path, "w") as out:
    json.dump({"probabilities": [v for p in rows for v in p], "targets": targets,
               "log_loss": log_loss, "brier": brier, "accuracy": accuracy, "auc": auc,
               "directional": len(points), "calibration_slope": slope,
               "calibration_intercept": intercept, "expected_calibration_error": ece}, out)
    out.write("\n")
