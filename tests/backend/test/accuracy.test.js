import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { useBackend } from './support/backend.js';
import { buyPrediction } from './support/samples.js';

// What is asserted below is worked out by hand from this table.
const RECORDS = [
  { confidence: 0.55, outcome: 'win', actualPnL: 10 },
  { confidence: 0.55, outcome: 'loss', actualPnL: -20.5 },
  { confidence: 0.8, outcome: 'win', actualPnL: 30 },
  { confidence: 0.85, outcome: 'win' },
  { confidence: 0.89, outcome: 'breakeven', actualPnL: 0 },
  { confidence: 1, outcome: 'win', actualPnL: 5.25, pair: 'GBP/USD' },
  { confidence: 0.99 },
];

async function record(backend, { outcome, actualPnL, ...changes }) {
  const id = (await backend.post('/predictions', buyPrediction(changes))).data.predictionId;
  if (outcome) await backend.put(`/predictions/${id}/outcome`, { outcome, actualPnL });
  return id;
}

async function recordAll(backend) {
  const ids = [];
  for (const each of RECORDS) ids.push(await record(backend, each));
  return ids;
}

describe('with DECIMALs as strings', () => {
  const backend = useBackend();
  const accuracy = async (query = '') => (await backend.get(`/predictions/accuracy${query}`)).data;

  test('counts the predictions that have an outcome', async () => {
    await recordAll(backend);
    assert.deepEqual(await accuracy(), {
      filters: { modelVersionId: null, pair: null, startDate: null, endDate: null, minConfidence: null },
      // 4 wins of 6; 10 - 20.5 + 30 + 0 + 5.25 = 24.75 over the 5 with a profit.
      overall: { totalPredictions: 6, winRate: 66.67, averagePnL: '4.95', totalPnL: '24.75' },
      outcomeDistribution: { wins: 4, losses: 1, breakeven: 1 },
      accuracyByConfidence: [
        { confidenceRange: '0.5-0.6', totalPredictions: 2, accuracy: 50 },
        { confidenceRange: '0.8-0.9', totalPredictions: 3, accuracy: 66.67 },
        { confidenceRange: '0.9-1.0', totalPredictions: 1, accuracy: 100 },
      ],
      performance: { totalTrades: 5, avgPnL: '4.95', totalPnL: '24.75' },
    });
  });

  test('nothing recorded gives zeros', async () => {
    const { overall, outcomeDistribution, accuracyByConfidence, performance } = await accuracy();
    assert.deepEqual(overall, { totalPredictions: 0, winRate: 0, averagePnL: '0.00', totalPnL: '0.00' });
    assert.deepEqual(outcomeDistribution, { wins: 0, losses: 0, breakeven: 0 });
    assert.deepEqual(accuracyByConfidence, []);
    assert.deepEqual(performance, { totalTrades: 0, avgPnL: '0.00', totalPnL: '0.00' });
  });

  test('filters by pair and by confidence, both inclusive, and says so', async () => {
    await recordAll(backend);
    const gbp = await accuracy('?pair=GBP%2FUSD');
    assert.equal(gbp.filters.pair, 'GBP/USD');
    assert.deepEqual(gbp.overall, { totalPredictions: 1, winRate: 100, averagePnL: '5.25', totalPnL: '5.25' });
    const confident = await accuracy('?minConfidence=0.85');
    assert.equal(confident.filters.minConfidence, 0.85);
    assert.deepEqual(confident.outcomeDistribution, { wins: 2, losses: 0, breakeven: 1 });
  });

  test('filters by the time of creation, inclusive', async () => {
    const ids = await recordAll(backend);
    const date = (index, time) => backend.database.query('UPDATE predictions SET created_at = $2 WHERE id = $1', [ids[index], time]);
    await date(0, '2020-01-01T00:00:00Z');
    await date(1, '2020-01-02T00:00:00Z');
    await date(2, '2020-01-03T00:00:00Z');
    const range = await accuracy('?startDate=2020-01-02T00:00:00Z&endDate=2020-01-03T00:00:00Z');
    assert.deepEqual(range.filters, {
      modelVersionId: null, pair: null, startDate: '2020-01-02T00:00:00.000Z', endDate: '2020-01-03T00:00:00.000Z',
      minConfidence: null,
    });
    assert.deepEqual(range.outcomeDistribution, { wins: 1, losses: 1, breakeven: 0 });
  });

  test('filters by model version', async () => {
    const create = async (version) =>
      (await backend.post('/models/version', { modelName: 'm', version, algorithm: 'lstm' })).data.modelId;
    const [one, two] = [await create('1'), await create('2')];
    await record(backend, { modelVersionId: one, outcome: 'win', actualPnL: 1 });
    await record(backend, { modelVersionId: two, outcome: 'loss', actualPnL: -2 });
    const data = await accuracy(`?modelVersionId=${two}`);
    assert.equal(data.filters.modelVersionId, two);
    assert.deepEqual(data.overall, { totalPredictions: 1, winRate: 0, averagePnL: '-2.00', totalPnL: '-2.00' });
  });

  test('bad filters are refused', async () => {
    assert.equal((await backend.get('/predictions/accuracy?pair=EUR')).code, 'INVALID_PAIR');
    assert.equal((await backend.get('/predictions/accuracy?endDate=soon')).code, 'INVALID_DATE');
    assert.match((await backend.get('/predictions/accuracy?modelVersionId=v1')).body.error, /^Validation error/);
  });
});

describe('with numbers', () => {
  const backend = useBackend({ numberForm: 'number' });

  test('sums of profit are numbers', async () => {
    await recordAll(backend);
    const { overall, performance } = (await backend.get('/predictions/accuracy')).data;
    assert.deepEqual([overall.averagePnL, overall.totalPnL], [4.95, 24.75]);
    assert.deepEqual([performance.avgPnL, performance.totalPnL], [4.95, 24.75]);
  });
});
