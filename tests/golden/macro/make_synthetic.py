"""Makes synthetic_calendar.csv and synthetic_series.csv, the same on every run.

They overlap the price histories (2007 to 2018) and have what the real files lack: other countries,
revisions, missing months, releases to the hour, as a date and unknown, events without an hour.
"""

import pathlib

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).resolve().parent
DAY = pd.Timedelta(days=1)


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def synthetic_calendar(random):
    kinds = [("CPI m/m", "high", "%"), ("Non-Farm Employment Change", "high", "K"),
             ("Trade Balance", "medium", "B"), ("Consumer Sentiment", "low", ""),
             ("Unemployment Rate", "medium", "%")]
    rows = []
    for currency in ["EUR", "USD"]:
        for month in pd.date_range("2007-01-01", "2018-12-01", freq="2MS", tz="UTC"):
            for kind, (name, impact, unit) in enumerate(kinds):
                day = month + DAY * int(random.integers(0, 27))
                known = random.random() > 0.15
                hour = pd.Timedelta(minutes=int(30 * random.integers(12, 36)))
                # Two events of a day at the same moment now and then.
                if kind == 4 and random.random() < 0.5:
                    day, known, hour = pd.Timestamp(rows[-1]["timestamp_utc"]), rows[-1][
                        "time_known"] == 1, pd.Timedelta(0)
                forecast = round(float(random.normal(0, 2)), 1)
                # The last kind sometimes surprises by the same amount again and again.
                surprise = 0.1 if kind == 4 and month.year < 2010 else float(random.normal(0, 1))
                actual = round(forecast + surprise, 1)
                rows.append({
                    "timestamp_utc": stamp(day + hour if known else day),
                    "time_known": int(known), "currency": currency, "impact": impact,
                    "event": name, "actual": f"{actual}{unit}",
                    "forecast": f"{forecast}{unit}" if random.random() > 0.2 else "",
                    "previous": ""})
        for year in range(2007, 2019):
            rows.append({"timestamp_utc": f"{year}-12-25T00:00:00Z", "time_known": 0,
                         "currency": currency, "impact": "holiday", "event": "Bank Holiday",
                         "actual": "", "forecast": "", "previous": ""})
    return pd.DataFrame(rows).sort_values(["timestamp_utc", "currency", "event"], kind="stable")


def synthetic_series(random):
    rows = []

    def release(date, country, indicator, value, when):
        rows.append({"date": date.strftime("%Y-%m-%d"), "country": country, "indicator": indicator,
                     "value": f"{value:.4f}", "released_at": when})

    def moment(day, kind):
        """To the hour, as a date, or unknown."""
        if kind == 0:
            return stamp(day + pd.Timedelta(hours=13, minutes=30))
        return stamp(day) if kind == 1 else ""

    for country in ["EU", "US", "GB"]:
        level, prices, rate = 1000.0, 100.0, 3.0
        for quarter in pd.date_range("2006-01-01", "2018-10-01", freq="QS", tz="UTC"):
            level *= 1 + random.normal(0.004, 0.006)
            kind = int(random.integers(0, 3))
            end = quarter + pd.DateOffset(months=3)
            release(quarter, country, "gdp", level, moment(end + 30 * DAY, kind))
            if kind != 2:  # estimates are revised twice
                release(quarter, country, "gdp", level * 1.001, moment(end + 60 * DAY, 0))
                release(quarter, country, "gdp", level * 0.9985, moment(end + 90 * DAY, 1))
        for month in pd.date_range("2006-01-01", "2018-12-01", freq="MS", tz="UTC"):
            prices *= 1 + random.normal(0.0017, 0.002)
            if random.random() < 0.03:
                continue  # a month that is missing
            end = month + pd.DateOffset(months=1)
            release(month, country, "cpi", prices,
                    moment(end + DAY * int(random.integers(10, 20)), int(random.integers(0, 3))))
        day = pd.Timestamp("2006-01-10", tz="UTC")
        while day < pd.Timestamp("2018-12-01", tz="UTC"):
            release(day, country, "interest_rate", rate, moment(day, 0))
            rate = max(0.0, rate + 0.25 * int(random.integers(-1, 2)))
            day += DAY * int(random.integers(60, 300))
    return pd.DataFrame(rows)


def write(name, table):
    with open(HERE / name, "w", newline="\n", encoding="utf-8") as out:
        out.write("# Made by make_synthetic.py; no real figure.\n")
        table.to_csv(out, index=False, lineterminator="\n")


if __name__ == "__main__":
    numbers = np.random.default_rng(20070101)
    write("synthetic_calendar.csv", synthetic_calendar(numbers))
    write("synthetic_series.csv", synthetic_series(numbers))
