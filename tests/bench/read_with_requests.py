#!/usr/bin/env python3
"""Reads pages of market data one after another with Python's requests, decoding included.

Usage: read_with_requests.py KEY < URLS

Prints "SECONDS CANDLES". The time starts with the first request: neither the interpreter's start nor
the imports count. Needs the package requests; exits 77 where it is not there.
"""

import sys
import time

try:
    import requests
except ImportError:
    sys.exit(77)

FIELDS = ("open", "high", "low", "close", "spread")


def main():
    urls = sys.stdin.read().split()
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {sys.argv[1]}"
    session.headers["X-Service-Name"] = "ml-engine"
    candles = []
    started = time.perf_counter()
    for url in urls:
        answer = session.get(url, timeout=60)
        answer.raise_for_status()
        for row in answer.json()["data"]["marketData"]:
            candles.append((row["timestamp"], *(float(row[field]) for field in FIELDS)))
    print(time.perf_counter() - started, len(candles))


if __name__ == "__main__":
    main()
