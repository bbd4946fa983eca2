import assert from 'node:assert/strict';
import { test } from 'node:test';

import { useBackend } from './support/backend.js';
import { buyPrediction } from './support/samples.js';

const backend = useBackend();
const faults = (...rules) => backend.control('PUT', 'behaviour', { faults: rules });
const predictions = async () => (await backend.get('/predictions')).data.pagination.total;
const submit = () => backend.post('/predictions', buyPrediction());
const statuses = async (count, path = '/models') => {
  const seen = [];
  while (seen.length < count) seen.push((await backend.get(path)).status);
  return seen;
};

test('a failure has the status, code and message of its rule, in the error shape', async () => {
  await faults({ action: 'fail', status: 500, code: 'INTERNAL_ERROR', message: 'Validation error: on purpose' });
  const { status, code, body } = await backend.get('/models');
  assert.deepEqual([status, code, body.error], [500, 'INTERNAL_ERROR', 'Validation error: on purpose']);
  await backend.control('PUT', 'behaviour', { errorShape: 'documented' });
  assert.equal((await backend.get('/models')).body.error.message, 'Validation error: on purpose');
});

test('skip and count choose which requests fail', async () => {
  await faults({ action: 'fail', skip: 1, count: 2 });
  assert.deepEqual(await statuses(5), [200, 503, 503, 200, 200]);
});

test('the route chooses method and path, * any of them', async () => {
  const cases = {
    '*': [503, 503, 503, 503],
    'GET *': [503, 503, 503, 404],
    '/models': [200, 503, 200, 404],
    'GET /models': [200, 503, 200, 404],
    'PUT /models/*': [200, 200, 200, 503],
    '* /models/*': [200, 200, 503, 503],
    '/health': [503, 200, 200, 404],
  };
  for (const [route, expected] of Object.entries(cases)) {
    await faults({ action: 'fail', route });
    const answers = [
      await backend.get('/health'), await backend.get('/models'), await backend.get('/models/ab-tests'),
      await backend.put('/models/x/status', { isActive: true }),
    ];
    assert.deepEqual(answers.map((each) => each.status), expected, route);
  }
});

test('a probability is drawn from a seeded generator: the same seed, the same failures', async () => {
  const draw = async (randomSeed) => {
    await backend.control('PUT', 'behaviour', { randomSeed, faults: [{ action: 'fail', probability: 0.5 }] });
    return statuses(40);
  };
  const first = await draw(7);
  assert.deepEqual(await draw(7), first);
  assert.notDeepEqual(await draw(8), first);
  const failed = first.filter((status) => status === 503).length;
  assert.ok(failed > 8 && failed < 32, `${failed} of 40`);
  await faults({ action: 'fail', probability: 0 });
  assert.deepEqual(await statuses(3), [200, 200, 200]);
});

test('a connection that is closed or reset before the route: no answer, nothing stored', async () => {
  for (const action of ['close', 'reset']) {
    await faults({ action, route: 'POST /predictions', count: 1 });
    await assert.rejects(submit());
    assert.equal(await predictions(), 0, action);
    assert.equal((await submit()).status, 201);
    await backend.database.query('TRUNCATE predictions');
  }
});

test('a connection that is closed after the route: no answer, but stored', async () => {
  for (const action of ['close', 'reset']) {
    await backend.control('DELETE', 'writes');
    await faults({ action, when: 'after', route: 'POST /predictions', count: 1 });
    await assert.rejects(submit());
    assert.equal(await predictions(), 1, action);
    const { writes: [{ stored, answered }] } = (await backend.control('GET', 'writes')).data;
    assert.deepEqual([stored, answered], [true, null]);
    await backend.database.query('TRUNCATE predictions');
  }
});

test('a failure after the route: a 5xx, but stored', async () => {
  await faults({ action: 'fail', when: 'after', status: 502, count: 1 });
  const { status, code } = await submit();
  assert.deepEqual([status, code], [502, 'INTERNAL_ERROR']);
  assert.equal(await predictions(), 1);
});

test('a hanging request is never answered, before or after the route', async () => {
  for (const [when, stored] of [['before', 0], ['after', 1]]) {
    await faults({ action: 'hang', when, route: 'POST /predictions' });
    const abort = new AbortController();
    const hanging = fetch(`${backend.url}/api/v1/ml/predictions`, {
      method: 'POST', signal: abort.signal, body: JSON.stringify(buyPrediction()),
      headers: { authorization: 'Bearer key-of-the-tests', 'x-service-name': 'ml-engine', 'content-type': 'application/json' },
    });
    let settled = false;
    hanging.catch(() => {}).then(() => { settled = true; });
    // Others are served meanwhile, until the hanging one has come as far as it goes.
    while ((await backend.control('GET', 'writes')).data.total === 0 || (await predictions()) < stored) assert.equal(settled, false);
    assert.equal(settled, false);
    assert.equal(await predictions(), stored);
    abort.abort();
    await assert.rejects(hanging);
    await backend.control('DELETE', 'writes');
  }
});

test('delays of all rules that match add up and leave the answer as it is', async () => {
  await faults({ action: 'delay', delayMs: 40 }, { action: 'delay', delayMs: 30, when: 'after', route: 'GET /models' });
  const start = performance.now();
  const { status, data } = await backend.get('/models');
  assert.ok(performance.now() - start >= 69);
  assert.deepEqual([status, data.models], [200, []]);
});

test('a rule may delay and then fail', async () => {
  await faults({ action: 'fail', delayMs: 30, count: 1 });
  const start = performance.now();
  assert.equal((await backend.get('/models')).status, 503);
  assert.ok(performance.now() - start >= 29);
});
