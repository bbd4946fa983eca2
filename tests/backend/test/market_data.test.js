import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { useBackend } from './support/backend.js';
import { hourlyCandles } from './support/samples.js';

const PATH = '/training-data/market/EUR%2FUSD';

describe('with DECIMALs as strings', () => {
  const backend = useBackend();
  const store = (candles, changes) => backend.post('/training-data/market', { pair: 'EUR/USD', timeframe: '1h', candles, ...changes });
  const times = async (query) => (await backend.get(`${PATH}?${query}`)).data.marketData.map((row) => row.timestamp);

  test('a candle comes back with every field of the contract', async () => {
    assert.deepEqual((await store(hourlyCandles(1))).data, { inserted: 1, updated: 0 });
    const { status, data } = await backend.get(PATH);
    assert.equal(status, 200);
    const { id, createdAt, ...candle } = data.marketData[0];
    assert.match(id, /^[0-9a-f-]{36}$/);
    assert.match(createdAt, /Z$/);
    assert.deepEqual(candle, {
      pair: 'EUR/USD', timeframe: '1h', timestamp: '2018-01-01T00:00:00.000Z',
      open: '1.10000', high: '1.10100', low: '1.09900', close: '1.10050',
      volume: '1000', spread: '0.00012', technicalIndicators: null,
    });
    assert.equal(data.pair, 'EUR/USD');
    assert.equal(data.timeframe, '1h');
    assert.deepEqual(data.pagination, { total: 1, limit: 1000, offset: 0, hasMore: false });
  });

  test('prices are rounded to 5 decimals', async () => {
    await store([{ timestamp: '2018-01-01T00:00:00Z', open: 1.234564, high: 1.2345678, low: '1.2', close: 150 }]);
    const { open, high, low, close } = (await backend.get(PATH)).data.marketData[0];
    assert.deepEqual([open, high, low, close], ['1.23456', '1.23457', '1.20000', '150.00000']);
  });

  test('times have milliseconds, and technical indicators any text', async () => {
    await store(hourlyCandles(2));
    const indicators = { note: 'tab\t "quoted"\nline', values: [1.5, null], name: 'größe' };
    await backend.database.query(
      `UPDATE market_data SET technical_indicators = $1::jsonb, "timestamp" = '2018-01-01T00:00:00.25Z', created_at = '2018-01-02T03:04:05.6789Z'
       WHERE "timestamp" = '2018-01-01T00:00:00Z'`, [JSON.stringify(indicators)]);
    const [first, second] = (await backend.get(PATH)).data.marketData;
    assert.deepEqual(first.technicalIndicators, indicators);
    assert.deepEqual([first.timestamp, first.createdAt], ['2018-01-01T00:00:00.250Z', '2018-01-02T03:04:05.678Z']);
    assert.deepEqual([second.timestamp, second.technicalIndicators], ['2018-01-01T01:00:00.000Z', null]);
    assert.match(second.createdAt, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  });

  test('absent volume and spread are null', async () => {
    await store([{ timestamp: '2018-01-01T00:00:00Z', open: 1, high: 1, low: 1, close: 1 }]);
    const [{ volume, spread }] = (await backend.get(PATH)).data.marketData;
    assert.deepEqual([volume, spread], [null, null]);
  });

  test('rows ascend by time whatever the order they came in', async () => {
    await store(hourlyCandles(5).reverse());
    assert.deepEqual(await times(''), hourlyCandles(5).map((candle) => candle.timestamp));
  });

  test('startDate and endDate are inclusive, with or without a zone', async () => {
    await store(hourlyCandles(30));
    const range = await times('startDate=2018-01-01T03:00:00Z&endDate=2018-01-01T05:00:00.000Z');
    assert.deepEqual(range, [3, 4, 5].map((hour) => `2018-01-01T0${hour}:00:00.000Z`));
    assert.deepEqual(await times('startDate=2018-01-02T05:00:00'), ['2018-01-02T05:00:00.000Z']);
    assert.equal((await times('startDate=2018-01-02')).length, 6);
    assert.deepEqual(await times('endDate=2018-01-01T01:00:00%2B01:00'), ['2018-01-01T00:00:00.000Z']);
  });

  test('pages by limit and offset, with the total of the range', async () => {
    await store(hourlyCandles(10));
    const page = async (offset) => (await backend.get(`${PATH}?startDate=2018-01-01T02:00:00Z&limit=5&offset=${offset}`)).data;
    const [first, second, beyond] = [await page(0), await page(5), await page(50)];
    assert.deepEqual(first.pagination, { total: 8, limit: 5, offset: 0, hasMore: true });
    assert.deepEqual(second.pagination, { total: 8, limit: 5, offset: 5, hasMore: false });
    assert.deepEqual(beyond.pagination, { total: 8, limit: 5, offset: 50, hasMore: false });
    const seen = [...first.marketData, ...second.marketData].map((row) => row.timestamp);
    assert.deepEqual(seen, hourlyCandles(10).slice(2).map((candle) => candle.timestamp));
    assert.deepEqual(beyond.marketData, []);
  });

  test('the limit is 1000 by default and at most 10000', async () => {
    await store(hourlyCandles(1001));
    assert.equal((await backend.get(PATH)).data.marketData.length, 1000);
    assert.equal((await backend.get(`${PATH}?limit=20000`)).data.pagination.limit, 10000);
    assert.equal((await backend.get(`${PATH}?limit=20000`)).data.marketData.length, 1001);
    assert.equal((await backend.get(`${PATH}?limit=abc`)).data.pagination.limit, 1000);
  });

  test('pair and timeframe select; unknown ones are empty', async () => {
    await store(hourlyCandles(3));
    await store(hourlyCandles(2), { pair: 'GBP/USD' });
    await store(hourlyCandles(1), { timeframe: '4h' });
    const total = async (path) => (await backend.get(path)).data.pagination.total;
    assert.equal(await total(PATH), 3);
    assert.equal(await total('/training-data/market/GBP%2FUSD?timeframe=1h'), 2);
    assert.equal(await total(`${PATH}?timeframe=4h`), 1);
    assert.equal(await total('/training-data/market/USD%2FJPY'), 0);
  });

  test('a pair that is not AAA/BBB is 400 INVALID_PAIR', async () => {
    for (const pair of ['EURUSD', 'eur%2Fusd', 'EUR%2FUSDT', 'EUR-USD']) {
      const { status, code } = await backend.get(`/training-data/market/${pair}`);
      assert.deepEqual([status, code], [400, 'INVALID_PAIR'], pair);
    }
  });

  test('a timeframe outside the enumeration is a database validation error, a bad date 400', async () => {
    const { status, code, body } = await backend.get(`${PATH}?timeframe=2h`);
    assert.deepEqual([status, code], [500, 'INTERNAL_ERROR']);
    assert.match(body.error, /^Validation error: timeframe is '2h'/);
    const date = await backend.get(`${PATH}?startDate=yesterday`);
    assert.deepEqual([date.status, date.code], [400, 'INVALID_DATE']);
  });

  test('storing the same time again corrects the row and keeps its id', async () => {
    await store(hourlyCandles(3));
    const before = (await backend.get(PATH)).data.marketData;
    const corrected = { ...hourlyCandles(3)[2], close: '1.23450', spread: null };
    assert.deepEqual((await store([corrected, hourlyCandles(4)[3]])).data, { inserted: 1, updated: 1 });
    const after = (await backend.get(PATH)).data.marketData;
    assert.equal(after.length, 4);
    assert.equal(after[2].id, before[2].id);
    assert.deepEqual([after[2].close, after[2].spread], ['1.23450', null]);
    assert.deepEqual(after.slice(0, 2), before.slice(0, 2));
  });

  test('10,000 candles fit in one request, 10,001 do not', async () => {
    const { status, data } = await store(hourlyCandles(10000));
    assert.deepEqual([status, data.inserted], [201, 10000]);
    assert.equal((await store(hourlyCandles(10001))).code, 'INVALID_CANDLES');
  });

  test('a batch that is refused stores nothing and names the field', async () => {
    const [first, second] = hourlyCandles(2);
    const cases = [
      [[first, { ...second, close: 'abc' }], /candles\[1\]\.close 'abc'/],
      [[first, { ...second, timestamp: 'noon' }], /candles\[1\]\.timestamp 'noon'/],
      [[first, { ...second, spread: 'x' }], /candles\[1\]\.spread 'x'/],
      [[first, null], /candles\[1\]\.timestamp/],
      [[first, first], /2018-01-01T00:00:00\.000Z twice/],
    ];
    for (const [candles, message] of cases) {
      const { status, body } = await store(candles);
      assert.equal(status, 400);
      assert.match(body.error, message);
    }
    const overflow = await store([first, { ...second, high: 1e9 }]);
    assert.equal(overflow.status, 500);
    assert.match(overflow.body.error, /^Validation error/);
    assert.equal((await store(hourlyCandles(1), { pair: undefined })).code, 'MISSING_FIELDS');
    assert.equal((await backend.get(PATH)).data.pagination.total, 0);
  });

  test('stats count and date what is there, and leave out dates of nothing', async () => {
    await store(hourlyCandles(3));
    await store(hourlyCandles(5), { pair: 'GBP/USD' });
    const one = (await backend.get('/training-data/stats?pair=EUR%2FUSD')).data;
    assert.deepEqual(one.marketData, {
      count: 3, oldestRecord: '2018-01-01T00:00:00.000Z', latestRecord: '2018-01-01T02:00:00.000Z',
    });
    assert.deepEqual(one.signals, { count: 0 });
    assert.deepEqual(one.trades, { count: 0 });
    assert.equal((await backend.get('/training-data/stats')).data.marketData.count, 8);
  });
});

describe('with numbers', () => {
  const backend = useBackend({ numberForm: 'number' });

  test('the same columns are numbers, null stays null', async () => {
    const [candle] = hourlyCandles(1);
    await backend.post('/training-data/market', { pair: 'EUR/USD', timeframe: '1h', candles: [{ ...candle, spread: null }] });
    const [row] = (await backend.get(PATH)).data.marketData;
    assert.deepEqual([row.open, row.high, row.low, row.close], [1.1, 1.101, 1.099, 1.1005]);
    assert.equal(row.volume, 1000);
    assert.equal(row.spread, null);
  });
});
