"""Makes the golden vectors of the macro column sets fundamental-v1 and event-v1.

An implementation of docs/macro.md in pandas that shares nothing with the engine and looks at every
row anew for every moment.

  make_macro.py cut CALENDAR_CSV SERIES_CSV   writes real_calendar.csv and real_series.csv: a part
                                              of real files (run once; the result is committed)
  make_macro.py compute                       writes *_expected.csv from those and from what
                                              make_synthetic.py made

Versions: pandas 3.1.1, numpy 2.4.6 (also in the first line of each result).
"""

import pathlib
import re
import sys

import numpy as np
import pandas as pd

HERE = pathlib.Path(__file__).resolve().parent
DAY = pd.Timedelta(days=1)
PUBLISHED = pd.Timedelta(minutes=1)  # from a release to the first row that may use it
SCORES = {"high": 3, "medium": 2, "low": 1, "holiday": 0}
SCALES = {"": 1, "%": 1, "K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}
LAGS = {"interest_rate": (1, 1), "gdp": (3, 60), "cpi": (1, 35)}  # months, days
LAGGED_COUNTRIES = ["US", "EU", "GB", "JP"]
OTHER_LAG = (3, 90)  # of any other country; later than all of the above

CALENDAR_SOURCE = """\
# Events of USD and EUR. Source: fizahkhalid/forex_factory_calendar_news_scraper@d5bcef8 (MIT).
"""
SERIES_SOURCE = """\
# United States, reference periods, latest revisions. Sources: datasets/cpi-us@a1f785a4 and
# datasets/gdp-us@bb5921d6 (PDDL 1.0), QuantConnect/Lean@24863901 (Apache-2.0; primary credit rate).
"""


def write(name, head, table):
    with open(HERE / name, "w", newline="\n", encoding="utf-8") as out:
        out.write(head)
        table.to_csv(out, index=False, lineterminator="\n")


def stamp(time):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def cut(calendar, series):
    events = pd.read_csv(calendar, dtype=str, keep_default_na=False)
    events = events[events.currency.isin(["USD", "EUR"])]
    write("real_calendar.csv", CALENDAR_SOURCE, events)
    table = pd.read_csv(series, dtype=str)
    names = {"US_CPI_NSA": "cpi", "US_GDP_REAL": "gdp", "US_PRIMARY_CREDIT": "interest_rate"}
    table = table[table.series.isin(names) & (table.reference_date >= "2004")
                  & (table.reference_date < "2013")]
    write("real_series.csv", SERIES_SOURCE, pd.DataFrame({
        "date": table.reference_date, "country": "US", "indicator": table.series.map(names),
        "value": table.value, "released_at": ""}))


# ---- the columns

def number(text):
    match = re.fullmatch(r"<?(-?[0-9]+(?:\.[0-9]+)?)([%KMBT]?)", text)
    return float(match[1]) * SCALES[match[2]] if match else np.nan


def event_row(events, t):
    high = events[events.impact == "high"]
    row = {}

    def within(table, start, end):
        return table[(table.time > t + start * DAY) & (table.time <= t + end * DAY)]

    row["event_within_24h"] = int(len(within(high, 0, 1)) > 0)
    row["event_within_48h"] = int(len(within(high, 0, 2)) > 0)
    past = high[(high.time <= t) & (high.time_known == 1)].time
    row["hours_since_last_high"] = (t - past.max()) / pd.Timedelta(hours=1) if len(past) else np.nan
    row["hours_since_last_high_known"] = int(len(past) > 0)
    row["cumulative_event_score"] = sum(SCORES[impact] for impact in within(events, 0, 7).impact)
    row["event_density_7d"] = len(within(events, -3, 4))
    ahead = high[high.time > t].time
    days = (ahead.min() - t) / DAY if len(ahead) else np.inf
    row["days_to_next_high_event"] = min(days, 30.0)
    row["no_high_event_30d"] = int(days > 30)
    row["high_events_next_7d"] = len(within(high, 0, 7))
    row["last_surprise"] = last_surprise(events[events.known_from <= t])
    row["last_surprise_known"] = int(not np.isnan(row["last_surprise"]))
    return row


def last_surprise(known):
    known = known.dropna(subset=["actual", "forecast"]).copy()
    if known.empty:
        return np.nan
    known["score"] = -known.impact.map(SCORES)
    # Newest first; at one moment the highest impact, then currency and name.
    order = known.sort_values(["known_from", "score", "currency", "event"],
                              ascending=[False, True, True, True], kind="stable")
    for _, event in order.iterrows():
        same = known[(known.currency == event.currency) & (known.event == event.event)]
        earlier = same[same.known_from < event.known_from]
        surprises = earlier.actual - earlier.forecast
        scale = earlier[["actual", "forecast"]].abs().to_numpy().max(initial=0)
        if len(surprises) >= 2 and surprises.std(ddof=1) > 1e-9 * scale:
            return (event.actual - event.forecast) / surprises.std(ddof=1)
    return np.nan


def load_calendar(name):
    events = pd.read_csv(HERE / name, comment="#", dtype=str, keep_default_na=False)
    events["time"] = pd.to_datetime(events.timestamp_utc, utc=True)
    events["time_known"] = events.time_known.astype(int)
    for column in ["actual", "forecast"]:
        events[column] = events[column].map(number)
    events["known_from"] = events.time + events.time_known.map({1: PUBLISHED, 0: DAY})
    return events


def event_moments(events, grid, random):
    """The grid, and the moments around some events where columns change."""
    some = events.time.iloc[random.choice(len(events), 24, replace=False)]
    second = pd.Timedelta(seconds=1)
    edges = [time + days * DAY + step for time in some for days in (-7, -4, -2, -1, 0, 1, 3)
             for step in (-second, 0 * second)]
    edges += [time + PUBLISHED + step for time in some for step in (-second, 0 * second)]
    return sorted(set(grid) | set(edges))


def fundamental_row(series, base, quote, t):
    known = series[series.known_from <= t].sort_values(["known_from", "date", "value"])

    def vintage(country, indicator):
        one = known[(known.country == country) & (known.indicator == indicator)]
        return one.drop_duplicates("date", keep="last").set_index("date").value.sort_index()

    def newest(country, indicator):
        values = vintage(country, indicator)
        return values.iloc[-1] if len(values) else np.nan

    def yoy(country, indicator):
        values = vintage(country, indicator)
        if not len(values):
            return np.nan
        date = values.index[-1]
        return (values.iloc[-1] / values.get(date - pd.DateOffset(years=1), np.nan) - 1) * 100

    row = {"interest_rate_diff": newest(base, "interest_rate") - newest(quote, "interest_rate"),
           "gdp_growth_base_yoy": yoy(base, "gdp"), "gdp_growth_quote_yoy": yoy(quote, "gdp"),
           "inflation_diff": yoy(base, "cpi") - yoy(quote, "cpi")}
    return row | {f"{name}_known": int(not np.isnan(value)) for name, value in row.items()}


def load_series(name):
    series = pd.read_csv(HERE / name, comment="#", keep_default_na=False)
    series["date"] = pd.to_datetime(series.date, utc=True)

    def known_from(row):
        if not row.released_at:
            listed = row.country in LAGGED_COUNTRIES
            months, days = LAGS[row.indicator] if listed else OTHER_LAG
            # A date without an hour, as one that is stored.
            return row.date + pd.DateOffset(months=months) + (days + 1) * DAY
        released = pd.Timestamp(row.released_at)
        return released + (DAY if released == released.normalize() else PUBLISHED)

    series["known_from"] = series.apply(known_from, axis=1)
    return series


def fundamental_moments(series, grid, random):
    some = series.known_from.iloc[random.choice(len(series), 40, replace=False)]
    second = pd.Timedelta(seconds=1)
    return sorted(set(grid) | {time + step for time in some for step in (-second, 0 * second)})


def save(name, rows):
    table = pd.DataFrame(rows)
    with open(HERE / name, "w", newline="\n", encoding="utf-8") as out:
        out.write(f"# pandas {pd.__version__}, numpy {np.__version__}\n")
        table.to_csv(out, index=False, float_format="%.17g", lineterminator="\n", na_rep="nan")


def compute():
    random = np.random.default_rng(1)
    events = load_calendar("real_calendar.csv")
    grid = pd.date_range("2025-03-29", "2025-07-30", freq="17h", tz="UTC")
    save("real_events_expected.csv", [{"pair": "EUR/USD", "time": stamp(t)} | event_row(events, t)
                                      for t in event_moments(events, grid, random)])
    events = load_calendar("synthetic_calendar.csv")
    grid = pd.date_range("2006-12-01", "2019-02-01", freq="31D", tz="UTC")
    rows = []
    for pair, currencies in [("EUR/USD", ["EUR", "USD"]), ("USD/JPY", ["USD"])]:
        ours = events[events.currency.isin(currencies)]
        rows += [{"pair": pair, "time": stamp(t)} | event_row(ours, t)
                 for t in event_moments(ours, grid, random)]
    save("synthetic_events_expected.csv", rows)
    for name, pairs, grid in [
            ("real", [("EUR/USD", "EU", "US"), ("USD/JPY", "US", "JP")],
             pd.date_range("2003-12-15", "2013-09-01", freq="41D", tz="UTC")),
            ("synthetic", [("EUR/USD", "EU", "US"), ("GBP/USD", "GB", "US"),
                           ("USD/JPY", "US", "JP")],
             pd.date_range("2006-01-01", "2019-03-01", freq="37D", tz="UTC"))]:
        series = load_series(f"{name}_series.csv")
        save(f"{name}_fundamentals_expected.csv",
             [{"pair": pair, "time": stamp(t)} | fundamental_row(series, base, quote, t)
              for pair, base, quote in pairs for t in fundamental_moments(series, grid, random)])


if __name__ == "__main__":
    if sys.argv[1:2] == ["cut"] and len(sys.argv) == 4:
        cut(*sys.argv[2:])
    elif sys.argv[1:] == ["compute"]:
        compute()
    else:
        sys.exit(__doc__)
