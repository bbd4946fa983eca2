import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { useBackend } from './support/backend.js';
import { buyPrediction } from './support/samples.js';

const NO_SUCH_ID = '00000000-0000-4000-8000-000000000000';

describe('with DECIMALs as strings', () => {
  const backend = useBackend();
  const submit = (changes) => backend.post('/predictions', buyPrediction(changes));
  const list = async (query = '') => (await backend.get(`/predictions${query}`)).data;

  async function assertRefused(changes, status, code, message) {
    const answer = await submit(changes);
    assert.deepEqual([answer.status, answer.code], [status, code], JSON.stringify(changes));
    assert.match(answer.body.error, message);
    assert.equal((await list()).pagination.total, 0);
  }
  const assertValidationError = (changes, message) =>
    assertRefused(changes, 500, 'INTERNAL_ERROR', new RegExp(`^Validation error: .*${message}`));

  test('a prediction is answered with 201 and its id', async () => {
    const { status, data } = await submit();
    assert.equal(status, 201);
    const { predictionId, ...rest } = data;
    assert.match(predictionId, /^[0-9a-f-]{36}$/);
    assert.deepEqual(rest, { pair: 'EUR/USD', signal: 'buy', confidence: '0.85', entryPrice: '1.09500' });
  });

  test('a listed prediction has every field but technicalData', async () => {
    const model = await backend.post('/models/version', { modelName: 'm', version: '1', algorithm: 'lstm' });
    const { modelId } = model.data;
    const { data } = await submit({
      riskRewardRatio: 2, positionSize: 0.5, signalStrength: 'very_strong', marketCondition: 'calm',
      technicalData: { atr: 0.0012 }, modelVersionId: modelId,
    });
    const { createdAt, ...row } = (await list()).predictions[0];
    assert.ok(Math.abs(Date.parse(createdAt) - Date.now()) < 60_000);
    assert.deepEqual(row, {
      id: data.predictionId, pair: 'EUR/USD', timeframe: '1h', signal: 'buy', confidence: '0.85',
      factors: { technical: 0.8, sentiment: 0.5, pattern: 0.6 }, entryPrice: '1.09500', stopLoss: '1.09000',
      takeProfit: '1.10500', riskRewardRatio: '2.00', positionSize: '0.50', source: 'ml_model',
      signalStrength: 'very_strong', marketCondition: 'calm', modelVersionId: modelId, status: 'active',
      actualOutcome: 'pending', actualPnL: null, actualPnLPercent: null, durationMinutes: null, triggeredAt: null,
    });
  });

  test('columns round: prices to 5 decimals, the rest to 2', async () => {
    await submit({ confidence: 0.857, entryPrice: 1.0949961, stopLoss: '1.0899949', riskRewardRatio: 1.999, positionSize: 0.125 });
    const [row] = (await list()).predictions;
    assert.deepEqual(
      [row.confidence, row.entryPrice, row.stopLoss, row.riskRewardRatio, row.positionSize],
      ['0.86', '1.09500', '1.08999', '2.00', '0.13'],
    );
  });

  test('extra keys of factors, client_request_id among them, are kept as they are', async () => {
    const factors = {
      ...buyPrediction().factors,
      client_request_id: '0b0e7f3c-5d1e-4a51-9b0c-0d6f4f3f2a11',
      note: { nested: [1, 'two', null], share: 0.123456789 },
    };
    await submit({ factors });
    assert.deepEqual((await list()).predictions[0].factors, factors);
  });

  test('an Idempotency-Key is ignored: the same POST twice is stored twice', async () => {
    const headers = { 'idempotency-key': 'same' };
    const first = await backend.post('/predictions', buyPrediction(), { headers });
    const second = await backend.post('/predictions', buyPrediction(), { headers });
    assert.notEqual(first.data.predictionId, second.data.predictionId);
    assert.equal((await list()).pagination.total, 2);
  });

  for (const field of ['pair', 'timeframe', 'signal', 'confidence', 'entryPrice']) {
    test(`without ${field}: 400 MISSING_FIELDS`, () => assertRefused({ [field]: undefined }, 400, 'MISSING_FIELDS', new RegExp(`: ${field}$`)));
  }

  test('no body at all is MISSING_FIELDS', async () => {
    assert.equal((await backend.post('/predictions')).code, 'MISSING_FIELDS');
  });

  test('a confidence of exactly 0 is refused as missing, 0.01 and 1 are taken', async () => {
    await assertRefused({ confidence: 0 }, 400, 'MISSING_FIELDS', /confidence/);
    assert.equal((await submit({ confidence: 0.01 })).data.confidence, '0.01');
    assert.equal((await submit({ confidence: 1 })).data.confidence, '1.00');
  });

  test('INVALID_PAIR, INVALID_SIGNAL and INVALID_CONFIDENCE', async () => {
    await assertRefused({ pair: 'EURUSD' }, 400, 'INVALID_PAIR', /EURUSD/);
    await assertRefused({ signal: 'BUY' }, 400, 'INVALID_SIGNAL', /BUY/);
    for (const confidence of [1.01, -0.5, 'high', true]) {
      await assertRefused({ confidence }, 400, 'INVALID_CONFIDENCE', new RegExp(String(confidence)));
    }
  });

  test('each factor is required and within 0..1', async () => {
    const factors = buyPrediction().factors;
    await assertValidationError({ factors: undefined }, 'factors.technical');
    for (const name of ['technical', 'sentiment', 'pattern']) {
      for (const value of [undefined, null, -0.01, 1.01, '0.5']) {
        await assertValidationError({ factors: { ...factors, [name]: value } }, `factors.${name}`);
      }
    }
    assert.equal((await submit({ factors: { technical: 0, sentiment: 1, pattern: 0 } })).status, 201);
  });

  test('levels on the wrong side of the entry are a database validation error', async () => {
    await assertValidationError({ stopLoss: 1.1 }, 'stopLoss 1.1 must be below entryPrice 1.095 for buy');
    await assertValidationError({ stopLoss: 1.095 }, 'stopLoss');
    await assertValidationError({ takeProfit: 1.09 }, 'takeProfit 1.09 must be above');
    await assertValidationError({ takeProfit: '1.095' }, 'takeProfit');
    const sell = { signal: 'sell', stopLoss: 1.1, takeProfit: 1.085 };
    await assertValidationError({ ...sell, stopLoss: 1.09 }, 'stopLoss 1.09 must be above entryPrice 1.095 for sell');
    await assertValidationError({ ...sell, takeProfit: 1.1 }, 'takeProfit 1.1 must be below');
    await assertValidationError({ signal: 'sell' }, 'stopLoss');
    assert.equal((await submit(sell)).status, 201);
  });

  test('levels are optional, each alone, and not judged for hold', async () => {
    assert.equal((await submit({ stopLoss: undefined, takeProfit: undefined })).status, 201);
    assert.equal((await submit({ stopLoss: null })).status, 201);
    assert.equal((await submit({ takeProfit: null })).status, 201);
    assert.equal((await submit({ signal: 'hold', stopLoss: 2, takeProfit: 1 })).status, 201);
  });

  test('what a column cannot hold is a database validation error', async () => {
    await assertValidationError({ riskRewardRatio: 100 }, 'overflow');
    await assertValidationError({ entryPrice: 1e8, takeProfit: null }, 'overflow');
    await assertValidationError({ timeframe: '2h' }, "timeframe is '2h'");
    await assertValidationError({ signalStrength: 'huge' }, 'signalStrength');
    await assertValidationError({ marketCondition: 'wild' }, 'marketCondition');
    await assertValidationError({ positionSize: 'much' }, 'positionSize');
    await assertValidationError({ modelVersionId: 'v1' }, 'uuid');
    await assertValidationError({ modelVersionId: NO_SUCH_ID }, 'foreign key');
    assert.equal((await submit({ riskRewardRatio: 99.99 })).status, 201);
  });

  test('the list is newest first, at most 100 a page, and pages to the total', async () => {
    const ids = [];
    for (let i = 0; i < 103; i += 1) ids.unshift((await submit()).data.predictionId);
    const first = await list('?limit=1000');
    assert.deepEqual(first.pagination, { total: 103, limit: 100, offset: 0, hasMore: true });
    const second = await list('?limit=100&offset=100');
    assert.deepEqual(second.pagination, { total: 103, limit: 100, offset: 100, hasMore: false });
    assert.deepEqual([...first.predictions, ...second.predictions].map((row) => row.id), ids);
  });

  test('the list filters by pair, status, outcome and confidence', async () => {
    const won = (await submit({ confidence: 0.9 })).data.predictionId;
    const other = (await submit({ pair: 'GBP/USD', confidence: 0.6 })).data.predictionId;
    await backend.put(`/predictions/${won}/outcome`, { outcome: 'win' });
    const ids = async (query) => (await list(query)).predictions.map((row) => row.id);
    assert.deepEqual(await ids('?pair=GBP%2FUSD'), [other]);
    assert.deepEqual(await ids('?outcome=win'), [won]);
    assert.deepEqual(await ids('?outcome=pending'), [other]);
    assert.deepEqual(await ids('?minConfidence=0.9'), [won]);
    assert.deepEqual(await ids('?status=active'), [other, won]);
    assert.deepEqual(await ids('?status=expired'), []);
    assert.equal((await backend.get('/predictions?pair=GBPUSD')).code, 'INVALID_PAIR');
  });

  test('an outcome is stored, rounded, and shows in the list', async () => {
    const id = (await submit()).data.predictionId;
    const { status, data } = await backend.put(`/predictions/${id}/outcome`, { outcome: 'win', actualPnL: 24.556, actualPnLPercent: 0.314 });
    assert.equal(status, 200);
    assert.deepEqual(data, { predictionId: id, outcome: 'win', actualPnL: '24.56', actualPnLPercent: '0.31', durationMinutes: 0 });
    const [row] = (await list()).predictions;
    assert.deepEqual([row.actualOutcome, row.actualPnL, row.actualPnLPercent, row.durationMinutes], ['win', '24.56', '0.31', 0]);
  });

  test('the duration runs from creation to the first outcome; repeating it changes nothing', async () => {
    const id = (await submit()).data.predictionId;
    const age = (minutes) => backend.database.query(
      `UPDATE predictions SET created_at = now() - make_interval(secs => $2) WHERE id = $1`, [id, minutes * 60 + 30]);
    const body = { outcome: 'loss', actualPnL: -10, actualPnLPercent: -0.1 };
    await age(90);
    const first = await backend.put(`/predictions/${id}/outcome`, body);
    assert.equal(first.data.durationMinutes, 90);
    await age(500);
    assert.deepEqual((await backend.put(`/predictions/${id}/outcome`, body)).data, first.data);
  });

  test('a refused outcome', async () => {
    const id = (await submit()).data.predictionId;
    const put = async (target, body) => {
      const { status, code } = await backend.put(`/predictions/${target}/outcome`, body);
      return [status, code];
    };
    assert.deepEqual(await put(id, { outcome: 'won' }), [400, 'INVALID_OUTCOME']);
    assert.deepEqual(await put(id, { outcome: 'pending' }), [400, 'INVALID_OUTCOME']);
    assert.deepEqual(await put(id, {}), [400, 'MISSING_FIELDS']);
    assert.deepEqual(await put(id, { outcome: 'win', actualPnLPercent: 10000 }), [500, 'INTERNAL_ERROR']);
    assert.deepEqual(await put(NO_SUCH_ID, { outcome: 'win' }), [404, 'PREDICTION_NOT_FOUND']);
    assert.deepEqual(await put('17', { outcome: 'win' }), [404, 'PREDICTION_NOT_FOUND']);
    assert.equal((await list()).predictions[0].actualOutcome, 'pending');
  });
});

describe('with numbers', () => {
  const backend = useBackend({ numberForm: 'number' });

  test('the same columns are numbers', async () => {
    const created = await backend.post('/predictions', buyPrediction());
    assert.deepEqual([created.data.confidence, created.data.entryPrice], [0.85, 1.095]);
    const body = { outcome: 'win', actualPnL: 24.5, actualPnLPercent: 0.31 };
    const { data } = await backend.put(`/predictions/${created.data.predictionId}/outcome`, body);
    assert.deepEqual([data.actualPnL, data.actualPnLPercent], [24.5, 0.31]);
    const [row] = (await backend.get('/predictions')).data.predictions;
    assert.deepEqual([row.stopLoss, row.takeProfit, row.riskRewardRatio], [1.09, 1.105, null]);
  });
});
