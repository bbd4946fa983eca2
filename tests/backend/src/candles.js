import { finiteNumber, parseTime } from './validate.js';

/** The most candles of one upsert. */
export const MAX_BATCH = 10000;

const PRICES = ['open', 'high', 'low', 'close'];
const OPTIONAL = ['volume', 'spread'];

/**
 * A candle in the form that upsertCandles stores. Calls fail(message) with the field and value that is not a time or
 * a number. Prices are not judged any further: tests seed bad candles on purpose.
 */
export function readCandle(raw, fail) {
  const time = parseTime(raw?.timestamp);
  if (!time) return fail(`timestamp '${raw?.timestamp}' is not an ISO 8601 time`);
  const candle = { timestamp: time.toISOString() };
  for (const name of PRICES) {
    if (finiteNumber(raw[name]) === undefined) return fail(`${name} '${raw[name]}' is not a number`);
    candle[name] = raw[name];
  }
  for (const name of OPTIONAL) {
    const absent = raw[name] === undefined || raw[name] === null || raw[name] === '';
    if (!absent && finiteNumber(raw[name]) === undefined) return fail(`${name} '${raw[name]}' is not a number`);
    candle[name] = absent ? null : raw[name];
  }
  return candle;
}

const UPSERT = `
  INSERT INTO market_data (pair, timeframe, "timestamp", open, high, low, close, volume, spread)
  SELECT $1, $2, r."timestamp", r.open, r.high, r.low, r.close, r.volume, r.spread
  FROM json_to_recordset($3::json) AS r ("timestamp" timestamptz, open numeric, high numeric, low numeric,
                                         close numeric, volume bigint, spread numeric)
  ON CONFLICT (pair, timeframe, "timestamp") DO UPDATE
    SET open = EXCLUDED.open, high = EXCLUDED.high, low = EXCLUDED.low, close = EXCLUDED.close,
        volume = EXCLUDED.volume, spread = EXCLUDED.spread
  RETURNING (xmax = 0) AS inserted`;

/** Stores candles of readCandle, whose timestamps differ; returns {inserted, updated}. */
export async function upsertCandles(query, pair, timeframe, candles) {
  const rows = await query(UPSERT, [pair, timeframe, JSON.stringify(candles)]);
  const inserted = rows.filter((row) => row.inserted).length;
  return { inserted, updated: rows.length - inserted };
}

/** The first timestamp that occurs twice, or undefined. */
export function repeatedTimestamp(candles) {
  const seen = new Set();
  return candles.find(({ timestamp }) => seen.size === seen.add(timestamp).size)?.timestamp;
}
