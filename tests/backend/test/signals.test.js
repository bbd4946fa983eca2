import assert from 'node:assert/strict';
import { test } from 'node:test';

import { useBackend } from './support/backend.js';
import { buyPrediction } from './support/samples.js';

const PATH = '/training-data/signals';
const backend = useBackend();

const closed = (day, changes) => ({
  ...buyPrediction(), createdAt: `2024-01-0${day}T00:00:00Z`, actualOutcome: 'win', actualPnL: 12.5, ...changes,
});
const seed = (signals) => backend.post(PATH, { signals });
const days = async (query) => (await backend.get(`${PATH}?${query}`)).data.signals.map((row) => Number(row.createdAt.slice(8, 10)));

test('a signal comes back with every field of the contract', async () => {
  const signal = closed(1, {
    riskRewardRatio: 2, source: 'manual', signalStrength: 'strong', marketCondition: 'trending', technicalData: { rsi: 31.5 },
    status: 'triggered', actualPnLPercent: 1.14, durationMinutes: 90, triggeredAt: '2024-01-01T01:00:00Z',
  });
  const { status, data: { inserted, ids } } = await seed([signal]);
  assert.deepEqual([status, inserted], [201, 1]);
  const { data } = await backend.get(PATH);
  assert.deepEqual(data.signals, [{
    id: ids[0], pair: 'EUR/USD', timeframe: '1h', signal: 'buy', confidence: '0.85',
    factors: { technical: 0.8, sentiment: 0.5, pattern: 0.6 }, entryPrice: '1.09500', stopLoss: '1.09000', takeProfit: '1.10500',
    riskRewardRatio: '2.00', source: 'manual', signalStrength: 'strong', marketCondition: 'trending', technicalData: { rsi: 31.5 },
    status: 'triggered', actualOutcome: 'win', actualPnL: '12.50', actualPnLPercent: '1.14', durationMinutes: 90,
    createdAt: '2024-01-01T00:00:00.000Z', triggeredAt: '2024-01-01T01:00:00.000Z',
  }]);
  assert.deepEqual(data.pagination, { total: 1, limit: 1000, offset: 0, hasMore: false });
});

test('a submitted prediction is a signal, with its technical data', async () => {
  await backend.post('/predictions', buyPrediction({ technicalData: { note: 'x' } }));
  const [{ technicalData, actualOutcome, source }] = (await backend.get(PATH)).data.signals;
  assert.deepEqual([technicalData, actualOutcome, source], [{ note: 'x' }, 'pending', 'ml_model']);
});

test('signals come newest first, in pages', async () => {
  await seed([closed(2), closed(4), closed(1), closed(3)]);
  assert.deepEqual([await days('limit=3'), await days('limit=3&offset=3')], [[4, 3, 2], [1]]);
  assert.deepEqual((await backend.get(`${PATH}?limit=3`)).data.pagination, { total: 4, limit: 3, offset: 0, hasMore: true });
});

test('pair, outcome, confidence and dates select; there is no timeframe filter', async () => {
  await seed([
    closed(1),
    closed(2, { pair: 'GBP/USD' }),
    closed(3, { actualOutcome: 'loss', confidence: 0.6 }),
    closed(4, { actualOutcome: undefined, timeframe: '4h' }),
  ]);
  const cases = {
    'pair=EUR%2FUSD': [4, 3, 1],
    'outcome=win': [2, 1],
    'outcome=pending': [4],
    'minConfidence=0.61': [4, 2, 1],
    'startDate=2024-01-02&endDate=2024-01-03T00:00:00Z': [3, 2],
    'timeframe=4h': [4, 3, 2, 1],
  };
  for (const [query, expected] of Object.entries(cases)) assert.deepEqual(await days(query), expected, query);
});

test('a filter that is not understood is 400', async () => {
  assert.equal((await backend.get(`${PATH}?pair=EURUSD`)).code, 'INVALID_PAIR');
  assert.equal((await backend.get(`${PATH}?outcome=won`)).code, 'INVALID_OUTCOME');
  assert.equal((await backend.get(`${PATH}?endDate=x`)).code, 'INVALID_DATE');
});

test('seeding is all or nothing', async () => {
  const cases = [
    [[closed(1), closed(2, { pair: 'eurusd' })], 400, /signals\[1\]\.pair is 'eurusd'/],
    [[closed(1), closed(2, { triggeredAt: 'x' })], 400, /signals\[1\]\.triggeredAt is 'x'/],
    [[closed(1), closed(2, { signal: 'wait' })], 500, /^Validation error/],
    [[closed(1), closed(2, { entryPrice: null })], 500, /^Validation error/],
    [undefined, 400, /Missing required fields: signals/],
  ];
  for (const [signals, status, message] of cases) {
    const answer = await seed(signals);
    assert.equal(answer.status, status, String(message));
    assert.match(answer.body.error, message);
  }
  assert.equal((await backend.get(PATH)).data.pagination.total, 0);
});
