import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { useBackend } from './support/backend.js';
import { buyPrediction, hourlyCandles } from './support/samples.js';

const MARKET = '/training-data/market/EUR%2FUSD';

describe('switches', () => {
  const backend = useBackend();
  const change = (switches) => backend.control('PUT', 'behaviour', switches);

  test('GET tells them all, PUT changes those given, DELETE brings back the start', async () => {
    const start = (await backend.control('GET', 'behaviour')).data;
    assert.deepEqual(start, {
      errorShape: 'deployed', numberForm: 'string', without: [], rateLimit: null, rateLimitHeaders: ['retry-after', 'three'],
      faults: [], randomSeed: 1,
    });
    const changed = await change({ errorShape: 'documented', without: ['spread'] });
    assert.deepEqual([changed.status, changed.data], [200, { ...start, errorShape: 'documented', without: ['spread'] }]);
    assert.deepEqual((await backend.control('DELETE', 'behaviour')).data, start);
  });

  test('the error shape changes from one answer to the next', async () => {
    assert.equal((await backend.get('/nothing')).body.code, 'ROUTE_NOT_FOUND');
    await change({ errorShape: 'documented' });
    assert.equal((await backend.get('/nothing')).body.error.code, 'ROUTE_NOT_FOUND');
  });

  test('the number form changes from one answer to the next', async () => {
    await backend.post('/training-data/market', { pair: 'EUR/USD', timeframe: '1h', candles: hourlyCandles(1) });
    await backend.post('/predictions', buyPrediction());
    const seen = async () => [
      (await backend.get(MARKET)).data.marketData[0].open, (await backend.get('/predictions')).data.predictions[0].entryPrice,
    ];
    assert.deepEqual(await seen(), ['1.10000', '1.09500']);
    await change({ numberForm: 'number' });
    assert.deepEqual(await seen(), [1.1, 1.095]);
  });

  test('a route that the deployment lacks is 404 ROUTE_NOT_FOUND, the others stay', async () => {
    const routes = {
      fundamental: [['get', '/training-data/fundamental'], ['post', '/training-data/fundamental']],
      'economic-events': [['get', '/training-data/economic-events'], ['post', '/training-data/economic-events']],
      'ab-tests': [['post', '/models/ab-test'], ['get', '/models/ab-tests']],
      signals: [['get', '/training-data/signals']],
      trades: [['get', '/training-data/trades']],
    };
    for (const [feature, lacking] of Object.entries(routes)) {
      await change({ without: [feature] });
      for (const [name, all] of Object.entries(routes)) {
        for (const [method, path] of all) {
          const { status, code } = await backend[method](path, method === 'post' ? {} : undefined);
          assert.equal(code === 'ROUTE_NOT_FOUND' && status === 404, name === feature, `${method} ${path} without ${feature}`);
        }
      }
      assert.equal((await backend.get('/models')).status, 200);
    }
  });

  test('without spread, candles have no such field', async () => {
    await backend.post('/training-data/market', { pair: 'EUR/USD', timeframe: '1h', candles: hourlyCandles(1) });
    const fields = async () => Object.keys((await backend.get(MARKET)).data.marketData[0]);
    const all = await fields();
    assert.ok(all.includes('spread'));
    await change({ without: ['spread'] });
    assert.deepEqual(await fields(), all.filter((name) => name !== 'spread'));
  });

  test('a switch that is not understood changes nothing and is named', async () => {
    const cases = [
      [{ errorShape: 'old' }, /errorShape is 'old'/],
      [{ numberForm: 'number', without: ['models'] }, /without is 'models'/],
      [{ without: 'spread' }, /without is "spread", it must be a list/],
      [{ speed: 1 }, /no switch 'speed'/],
      [{ rateLimit: { requests: 0, seconds: 1 } }, /rateLimit\.requests is 0/],
      [{ rateLimitHeaders: ['combined', 'policy'] }, /two forms of one header/],
      [{ faults: [{ action: 'explode' }] }, /faults\.action is 'explode'/],
      [{ faults: [{}] }, /faults\.action is 'undefined'/],
      [{ faults: [{ action: 'fail', status: 200 }] }, /faults\.status is 200/],
      [{ faults: [{ action: 'fail', times: 1 }] }, /faults has 'times'/],
      [{ faults: [{ action: 'fail', route: 'predictions' }] }, /faults\.route is 'predictions'/],
      [[], /not an object/],
    ];
    const start = (await backend.control('GET', 'behaviour')).data;
    for (const [switches, message] of cases) {
      const { status, code, body } = await change(switches);
      assert.deepEqual([status, code], [400, 'INVALID_BEHAVIOUR'], String(message));
      assert.match(body.error, message);
    }
    assert.deepEqual((await backend.control('GET', 'behaviour')).data, start);
  });

  test('the key is needed', async () => {
    for (const what of ['behaviour', 'writes']) assert.equal((await fetch(`${backend.url}/control/${what}`)).status, 401);
  });
});

describe('writes', () => {
  const backend = useBackend();
  const writes = async (query = '') => (await backend.control('GET', `writes${query}`)).data;

  test('every POST and PUT is logged with its ids and what came of it, a GET is not', async () => {
    const headers = { 'x-request-id': 'r1', 'idempotency-key': 'i1' };
    const factors = { ...buyPrediction().factors, client_request_id: 'c1' };
    const { data: { predictionId } } = await backend.post('/predictions', buyPrediction({ factors }), { headers });
    await backend.put(`/predictions/${predictionId}/outcome`, { outcome: 'win' });
    await backend.get('/predictions');
    const { writes: [post, put], total, stored, dropped } = await writes();
    assert.deepEqual([total, stored, dropped], [2, 2, 0]);
    const { receivedAt, ...logged } = post;
    assert.match(receivedAt, /Z$/);
    assert.deepEqual(logged, {
      method: 'POST', path: '/predictions', requestId: 'r1', idempotencyKey: 'i1', clientRequestId: 'c1', stored: true, answered: 201,
    });
    assert.deepEqual([put.method, put.path, put.requestId, put.answered], ['PUT', `/predictions/${predictionId}/outcome`, null, 200]);
  });

  test('a refused POST is logged too, as not stored', async () => {
    await backend.post('/predictions', buyPrediction({ confidence: 7 }));
    await backend.post('/predictions', buyPrediction(), { key: 'wrong' });
    await backend.post('/predictions', undefined, { rawBody: '{' });
    assert.deepEqual((await writes()).writes.map(({ stored, answered }) => [stored, answered]), [[false, 400], [false, 403], [false, 400]]);
  });

  test('duplicates are counted by the id of the submission and by that of the request', async () => {
    const submit = (clientId, requestId, changes) => backend.post(
      '/predictions', buyPrediction({ factors: { ...buyPrediction().factors, client_request_id: clientId }, ...changes }),
      { headers: { 'x-request-id': requestId } });
    await submit('a', 'r1');
    await submit('a', 'r2');
    await submit('b', 'r3', { signal: 'wait' });
    const { byClientRequestId, byRequestId, total, stored } = await writes();
    assert.deepEqual(byClientRequestId, { a: { received: 2, stored: 2 }, b: { received: 1, stored: 0 } });
    assert.deepEqual(byRequestId.r3, { received: 1, stored: 0 });
    assert.deepEqual([total, stored], [3, 2]);
  });

  test('method and path select; DELETE forgets', async () => {
    await backend.post('/predictions', buyPrediction());
    await backend.post('/models/version', { modelName: 'm', version: '1', algorithm: 'lstm' });
    await backend.put('/models/x/status', { isActive: true });
    assert.equal((await writes('?method=POST')).total, 2);
    assert.equal((await writes('?path=/models/version')).total, 1);
    await backend.control('DELETE', 'writes');
    assert.equal((await writes()).total, 0);
  });
});
