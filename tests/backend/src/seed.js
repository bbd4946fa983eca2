import { readFile } from 'node:fs/promises';

import { MAX_BATCH, readCandle, repeatedTimestamp, upsertCandles } from './candles.js';

const REQUIRED_COLUMNS = ['timestamp', 'open', 'high', 'low', 'close'];

/** Candles of a CSV with a header line; columns may be in any order, an empty cell is null. */
export function parseCandleCsv(text, file) {
  const [header, ...lines] = text.replace(/^\uFEFF/, '').trimEnd().split(/\r?\n/);
  const columns = header.split(',').map((name) => name.trim());
  const missing = REQUIRED_COLUMNS.filter((name) => !columns.includes(name));
  if (missing.length > 0) throw new Error(`${file}:1: the header lacks ${missing.join(', ')}`);
  const candles = lines.map((line, index) => {
    const fail = (message) => {
      throw new Error(`${file}:${index + 2}: ${message}`);
    };
    const cells = line.split(',');
    if (cells.length !== columns.length) fail(`${cells.length} cells under ${columns.length} columns`);
    return readCandle(Object.fromEntries(columns.map((name, column) => [name, cells[column].trim()])), fail);
  });
  const repeated = repeatedTimestamp(candles);
  if (repeated) throw new Error(`${file}: the timestamp ${repeated} occurs twice`);
  return candles;
}

const COUNT_PRESENT = `
  SELECT count(*)::int AS present FROM market_data
  WHERE pair = $1 AND timeframe = $2
    AND "timestamp" IN (SELECT value::timestamptz FROM json_array_elements_text($3::json))`;

/**
 * Loads a CSV of candles, all or nothing. Where every timestamp is there already it does nothing, so that later
 * corrections stay. Returns {rows, skipped}.
 */
export async function seedCandles(database, { pair, timeframe, file }) {
  const candles = parseCandleCsv(await readFile(file, 'utf8'), file);
  const timestamps = JSON.stringify(candles.map((candle) => candle.timestamp));
  const [{ present }] = await database.query(COUNT_PRESENT, [pair, timeframe, timestamps]);
  if (present === candles.length) return { rows: candles.length, skipped: true };
  await database.transaction(async (query) => {
    for (let start = 0; start < candles.length; start += MAX_BATCH) {
      await upsertCandles(query, pair, timeframe, candles.slice(start, start + MAX_BATCH));
    }
  });
  // The planner's first statistics: without them the first pages of a fresh table are planned as if it were empty.
  await database.query('ANALYZE market_data');
  return { rows: candles.length, skipped: false };
}
