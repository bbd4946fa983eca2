import assert from 'node:assert/strict';
import { test } from 'node:test';

import { useBackend } from './support/backend.js';

const PATH = '/training-data/trades';
const SIGNAL = '7a0e6e0c-5f6d-4c6b-9a55-0f8b1f0f3c11';
const backend = useBackend();

const closed = (day, changes) => ({
  pair: 'EUR/USD', side: 'buy', entryPrice: 1.095, openedAt: `2024-01-0${day}T00:00:00Z`, closedAt: '2024-02-01T00:00:00Z', ...changes,
});
const open = (day, changes) => closed(day, { closedAt: null, ...changes });
const seed = (trades) => backend.post(PATH, { trades });
const days = async (query) => (await backend.get(`${PATH}?${query}`)).data.trades.map((row) => Number(row.openedAt.slice(8, 10)));

test('a trade comes back with its fields', async () => {
  const numbers = { positionSize: 2, exitPrice: 1.105, stopLoss: 1.09, takeProfit: 1.105, actualPnL: 200, actualPnLPercent: 0.91 };
  const { status, data: { ids } } = await seed([closed(1, { signalId: SIGNAL, ...numbers })]);
  assert.equal(status, 201);
  const [{ createdAt, ...trade }] = (await backend.get(PATH)).data.trades;
  assert.match(createdAt, /Z$/);
  assert.deepEqual(trade, {
    id: ids[0], pair: 'EUR/USD', signalId: SIGNAL, side: 'buy', status: 'closed', positionSize: '2.00', entryPrice: '1.09500',
    exitPrice: '1.10500', stopLoss: '1.09000', takeProfit: '1.10500', actualPnL: '200.00', actualPnLPercent: '0.91',
    openedAt: '2024-01-01T00:00:00.000Z', closedAt: '2024-02-01T00:00:00.000Z',
  });
});

test('trades come newest first, in pages; pair, status and dates select', async () => {
  await seed([closed(2), open(4), closed(1, { pair: 'GBP/USD' }), closed(3)]);
  const cases = {
    '': [4, 3, 2, 1],
    'limit=2&offset=1': [3, 2],
    'pair=GBP%2FUSD': [1],
    'status=open': [4],
    'status=closed': [3, 2, 1],
    'startDate=2024-01-02&endDate=2024-01-03': [3, 2],
  };
  for (const [query, expected] of Object.entries(cases)) assert.deepEqual(await days(query), expected, query);
  assert.deepEqual((await backend.get(`${PATH}?limit=2`)).data.pagination, { total: 4, limit: 2, offset: 0, hasMore: true });
});

test('a filter that is not understood is 400', async () => {
  assert.equal((await backend.get(`${PATH}?pair=EURUSD`)).code, 'INVALID_PAIR');
  assert.equal((await backend.get(`${PATH}?status=won`)).code, 'INVALID_STATUS');
  assert.equal((await backend.get(`${PATH}?startDate=x`)).code, 'INVALID_DATE');
});

test('seeding is all or nothing, and a trade is closed when it has a closing time', async () => {
  for (const wrong of [closed(2, { status: 'open' }), open(2, { status: 'closed' }), open(2, { side: 'long' })]) {
    const { status, body } = await seed([open(1), wrong]);
    assert.equal(status, 500);
    assert.match(body.error, /^Validation error/);
  }
  assert.equal((await backend.get(PATH)).data.pagination.total, 0);
});

test('stats count and date trades', async () => {
  await seed([closed(2), open(4), closed(1, { pair: 'GBP/USD' })]);
  assert.deepEqual((await backend.get('/training-data/stats?pair=EUR%2FUSD')).data.trades, {
    count: 2, oldestRecord: '2024-01-02T00:00:00.000Z', latestRecord: '2024-01-04T00:00:00.000Z',
  });
});
