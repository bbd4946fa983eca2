import assert from 'node:assert/strict';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, before, test } from 'node:test';

import { seedCandles } from '../src/seed.js';
import { useBackend } from './support/backend.js';

const backend = useBackend();
let folder;
before(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aifx-seed-'));
});
after(() => rm(folder, { recursive: true }));

async function seed(text) {
  const file = join(folder, 'candles.csv');
  await writeFile(file, text);
  return seedCandles(backend.database, { pair: 'EUR/USD', timeframe: '1h', file });
}

const stored = async () => (await backend.get('/training-data/market/EUR%2FUSD')).data.marketData;

const HEADER = 'timestamp,open,high,low,close,spread\n';
const ROWS = '2018-01-01T00:00:00Z,1.1,1.2,1.0,1.15,0.0001\n2018-01-01T01:00:00Z,1.15,1.2,1.1,1.12,\n';

test('a CSV is loaded, an empty cell is null', async () => {
  assert.deepEqual(await seed(HEADER + ROWS), { rows: 2, skipped: false });
  const rows = (await stored()).map(({ timestamp, open, close, volume, spread }) => [timestamp, open, close, volume, spread]);
  assert.deepEqual(rows, [
    ['2018-01-01T00:00:00.000Z', '1.10000', '1.15000', null, '0.00010'],
    ['2018-01-01T01:00:00.000Z', '1.15000', '1.12000', null, null],
  ]);
});

test('columns are found by name, and a volume is taken', async () => {
  await seed('volume,close,low,high,open,timestamp\r\n7,1.15,1.0,1.2,1.1,2018-01-01T00:00:00Z\r\n');
  const [row] = await stored();
  assert.deepEqual([row.volume, row.open, row.high, row.low, row.close], ['7', '1.10000', '1.20000', '1.00000', '1.15000']);
});

test('rows that are all there are skipped, so that a correction stays', async () => {
  await seed(HEADER + ROWS);
  const candles = [{ timestamp: '2018-01-01T00:00:00Z', open: 2, high: 2, low: 2, close: 2 }];
  await backend.post('/training-data/market', { pair: 'EUR/USD', timeframe: '1h', candles });
  assert.deepEqual(await seed(HEADER + ROWS), { rows: 2, skipped: true });
  assert.equal((await stored())[0].close, '2.00000');
});

test('one row more in the file loads it again', async () => {
  await seed(HEADER + ROWS);
  const more = `${HEADER}${ROWS}2018-01-01T02:00:00Z,1.12,1.2,1.1,1.13,0.0002\n`;
  assert.deepEqual(await seed(more), { rows: 3, skipped: false });
  assert.equal((await stored()).length, 3);
});

test('a bad file is refused with file, line and value, and loads nothing', async () => {
  const cases = [
    ['timestamp,open,high\n', /candles\.csv:1: the header lacks low, close/],
    [`${HEADER}${ROWS}noon,1,1,1,1,\n`, /candles\.csv:4: timestamp 'noon'/],
    [`${HEADER}2018-01-01T00:00:00Z,1,x,1,1,\n`, /candles\.csv:2: high 'x' is not a number/],
    [`${HEADER}2018-01-01T00:00:00Z,1,1\n`, /candles\.csv:2: 3 cells under 6 columns/],
    [HEADER + ROWS + ROWS, /2018-01-01T00:00:00\.000Z occurs twice/],
  ];
  for (const [text, message] of cases) await assert.rejects(seed(text), { message });
  assert.deepEqual(await stored(), []);
});
