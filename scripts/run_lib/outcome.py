"""How a prediction ended, from the candles after it."""

import csv
import datetime

CANDLE = datetime.timedelta(hours=1)
# Far below a quoted step: 1.1018 + 0.0002 reaches 1.102 although its double does not.
ROUNDING = 1e-9


def parse_time(text):
    return datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))


def read_candles(path):
    """Candles of a CSV like examples/data/eurusd_1h.csv: bid prices, spread in price units."""
    with open(path, newline="", encoding="utf-8") as file:
        return [{"open_time": parse_time(row["timestamp"]),
                 **{name: float(row[name]) for name in ("open", "high", "low", "close", "spread")}}
                for row in csv.DictReader(file)]


def outcome_of(prediction, candles, pip=0.0001):
    """(outcome, pips, percent, how) of a BUY or SELL, from 1h candles up to its valid_until.

    A BUY enters at the ask (its entry_price) and leaves at the bid; a SELL the other way round.
    A price that jumps over the stop leaves at the worse price. Where one candle holds both levels
    its order is not known: the stop counts.
    """
    buy = prediction["signal"] == "SIGNAL_BUY"
    side = 1 if buy else -1
    entry, stop, take = (prediction[key] for key in ("entry_price", "stop_loss", "take_profit"))
    start, end = parse_time(prediction["as_of"]), parse_time(prediction["valid_until"])
    after = [c for c in candles if c["open_time"] >= start and c["open_time"] + CANDLE <= end]
    if not after or candles[-1]["open_time"] + CANDLE < end:
        raise ValueError(f"the candles end before {prediction['valid_until']}")
    leave, how = None, ""
    for candle in after:
        cost = 0 if buy else candle["spread"]  # a SELL is bought back at the ask
        worst = (candle["low"] if buy else candle["high"]) + cost
        best = (candle["high"] if buy else candle["low"]) + cost
        if side * (worst - stop) <= ROUNDING:
            leave = stop if side * (candle["open"] + cost - stop) > 0 else candle["open"] + cost
            how = "hit the stop level"
        elif side * (best - take) >= -ROUNDING:
            leave, how = take, "hit the take level"
        if leave is not None:
            how += f" in the hour from {candle['open_time']:%Y-%m-%d %H:%M} UTC"
            break
    if leave is None:
        leave = after[-1]["close"] + (0 if buy else after[-1]["spread"])
        how = "hit no level; closed at the end of its horizon"
    pips = round(side * (leave - entry) / pip, 1)
    outcome = "win" if pips > 0 else "loss" if pips < 0 else "breakeven"
    return outcome, pips, round(100 * side * (leave - entry) / entry, 3), how
