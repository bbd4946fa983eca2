"""A stand-in for FRED's /fred/series/observations that speaks its protocol, in this process.

As https://fred.stlouisfed.org/docs/api/fred/series_observations.html has it: api_key, file_type=json,
output_type=1, limit and offset with the count over all pages, observation dates, and real-time
periods, to which each vintage is clipped (the default is today: the newest vintage alone). Refusals
are HTTP 400 and 429 with error_code and error_message. Other output types, units and frequencies are
refused.
"""

import collections
import datetime
import http.server
import json
import re
import threading
import time
import urllib.parse

FIRST_DAY, LAST_DAY = "1776-07-04", "9999-12-31"
READ_MORE = "  Read https://fred.stlouisfed.org/docs/api/api_key.html for more information."
KNOWN = {"series_id", "api_key", "file_type", "output_type", "realtime_start", "realtime_end", "limit",
         "offset", "observation_start", "observation_end", "sort_order"}


class Refusal(Exception):
    """(HTTP status, message)"""


def day_before(day):
    return (datetime.date.fromisoformat(day) - datetime.timedelta(days=1)).isoformat()


def rows_of(observations, realtime):
    """The vintages that hold within a real-time period, clipped to it.

    observations: {date: [(first day, value), ...]}, oldest vintage first; None is a missing value.
    """
    first, last = realtime
    rows = []
    for date, vintages in sorted(observations.items()):
        ends = [day_before(start) for start, _ in vintages[1:]] + [LAST_DAY]
        for (start, value), end in zip(vintages, ends):
            if start <= last and end >= first:
                rows.append({"realtime_start": max(start, first), "realtime_end": min(end, last),
                             "date": date, "value": "." if value is None else str(value)})
    return rows


def vintage_dates(observations, realtime):
    first, last = realtime
    return {start for vintages in observations.values() for start, _ in vintages
            if first <= start <= last}


class FakeFred(http.server.ThreadingHTTPServer):
    """Serves on a free port of 127.0.0.1 until stop(). `series`: {id: observations}."""

    daemon_threads = True

    def __init__(self, series, key, requests_a_minute=120, max_vintages=2000):
        super().__init__(("127.0.0.1", 0), Handler)
        self.series = series
        self.key = key
        self.requests_a_minute = requests_a_minute
        self.max_vintages = max_vintages
        self.refuse_next = 0  # so many requests get 429, as if others had used the key up
        self.queries = []     # of all requests, as {name: value}
        self.lock = threading.Lock()
        self.begun = collections.deque()
        threading.Thread(target=self.serve_forever, daemon=True).start()

    @property
    def url(self):
        return f"http://127.0.0.1:{self.server_port}"

    def stop(self):
        self.shutdown()
        self.server_close()

    def check_rate(self):
        with self.lock:
            now = time.monotonic()
            while self.begun and now - self.begun[0] >= 60:
                self.begun.popleft()
            self.begun.append(now)
            refused = self.refuse_next > 0
            self.refuse_next -= refused
            if refused or len(self.begun) > self.requests_a_minute:
                raise Refusal(429, "Too Many Requests.  Exceeded Rate Limit")

    def check_key(self, key):
        if key is None:
            raise Refusal(400, f"Bad Request.  Variable api_key is not set.{READ_MORE}")
        if not re.fullmatch(r"[0-9a-z]{32}", key):
            raise Refusal(400, "Bad Request.  The value for variable api_key is not a 32 character "
                               f"alpha-numeric lower-case string.{READ_MORE}")
        if key != self.key:
            raise Refusal(400, "Bad Request.  The value for variable api_key is not registered."
                               f"{READ_MORE}")


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        self.server.queries.append(query)
        try:
            self.server.check_key(query.get("api_key"))
            self.server.check_rate()
            if url.path != "/fred/series/observations":
                raise Refusal(404, "Not Found")
            status, answer = 200, self.observations(query)
        except Refusal as refusal:
            status, message = refusal.args
            answer = {"error_code": status, "error_message": message}
        body = json.dumps(answer).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def observations(self, query):
        for name in set(query) - KNOWN:
            raise Refusal(400, f"Bad Request.  {name} is not a variable of this stand-in.")
        if query.get("file_type") != "json" or query.get("output_type", "1") != "1":
            raise Refusal(400, "Bad Request.  This stand-in has file_type json and output_type 1.")
        series = self.server.series.get(query.get("series_id"))
        if series is None:
            raise Refusal(400, "Bad Request.  The series does not exist.")
        limit = self.whole(query, "limit", 100000, 1, 100000)
        offset = self.whole(query, "offset", 0, 0, 10**9)
        today = datetime.date.today().isoformat()
        realtime = query.get("realtime_start", today), query.get("realtime_end", today)
        count = len(vintage_dates(series, realtime))
        if count > self.server.max_vintages:
            raise Refusal(400, f"Bad Request.  There are {count} vintage dates in the specified "
                               f"real-time period: {realtime[0]} to {realtime[1]}.  This exceeds the "
                               f"maximum number of vintage dates allowed "
                               f"({self.server.max_vintages}).")
        start = query.get("observation_start", FIRST_DAY)
        end = query.get("observation_end", LAST_DAY)
        rows = [row for row in rows_of(series, realtime) if start <= row["date"] <= end]
        return {"realtime_start": realtime[0], "realtime_end": realtime[1],
                "observation_start": start, "observation_end": end, "units": "lin",
                "output_type": 1, "file_type": "json", "order_by": "observation_date",
                "sort_order": "asc", "count": len(rows), "offset": offset, "limit": limit,
                "observations": rows[offset:offset + limit]}

    @staticmethod
    def whole(query, name, default, low, high):
        text = query.get(name, str(default))
        if not text.isdigit() or not low <= int(text) <= high:
            raise Refusal(400, f"Bad Request.  Variable {name} is not between {low} and {high}.")
        return int(text)

    def log_message(self, *_):
        pass
