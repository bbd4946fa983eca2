import assert from 'node:assert/strict';
import { beforeEach, test } from 'node:test';

import { useBackend } from './support/backend.js';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';
const backend = useBackend();
let modelAId;
let modelBId;

const register = async (version) =>
  (await backend.post('/models/version', { modelName: 'm', version, algorithm: 'lstm' })).data.modelId;
const create = (changes) => backend.post('/models/ab-test', { name: 'first', modelAId, modelBId, ...changes });

beforeEach(async () => {
  [modelAId, modelBId] = [await register('1'), await register('2')];
});

test('a test is created, running, and listed with its fields', async () => {
  const { status, data } = await create({ trafficSplit: 30, targetMetric: 'winRate', description: 'new levels' });
  assert.equal(status, 201);
  assert.match(data.testId, /^[0-9a-f-]{36}$/);
  assert.equal(data.status, 'running');
  const { tests: [{ createdAt, ...listed }], pagination } = (await backend.get('/models/ab-tests')).data;
  assert.match(createdAt, /Z$/);
  assert.deepEqual(listed, {
    id: data.testId, name: 'first', modelAId, modelBId, trafficSplit: '30.00', targetMetric: 'winRate', description: 'new levels',
    status: 'running',
  });
  assert.deepEqual(pagination, { total: 1, limit: 50, offset: 0, hasMore: false });
});

test('the traffic is split in halves unless said otherwise; 0 is a split', async () => {
  await create();
  await create({ trafficSplit: 0 });
  const { tests } = (await backend.get('/models/ab-tests')).data;
  assert.deepEqual(tests.map((each) => each.trafficSplit), ['0.00', '50.00']);
});

test('tests come newest first, in pages, selected by status', async () => {
  for (const name of ['a', 'b', 'c']) await create({ name });
  await backend.database.query("UPDATE ab_tests SET status = 'completed' WHERE name = 'b'");
  const names = async (query) => (await backend.get(`/models/ab-tests?${query}`)).data.tests.map((each) => each.name);
  assert.deepEqual(await names('limit=2'), ['c', 'b']);
  assert.deepEqual(await names('limit=2&offset=2'), ['a']);
  assert.deepEqual(await names('status=running'), ['c', 'a']);
  assert.equal((await backend.get('/models/ab-tests?status=paused')).code, 'INVALID_STATUS');
});

test('what is missing or wrong is refused with its name', async () => {
  assert.match((await backend.post('/models/ab-test', {})).body.error, /name, modelAId, modelBId/);
  for (const wrong of [{ modelAId: UNKNOWN }, { modelBId: UNKNOWN }, { modelBId: 'no-uuid' }]) {
    assert.equal((await create(wrong)).code, 'MODEL_NOT_FOUND');
  }
  for (const trafficSplit of [-1, 101, 'half']) {
    assert.match((await create({ trafficSplit })).body.error, /^Validation error: trafficSplit/);
  }
  assert.match((await create({ modelBId: modelAId })).body.error, /^Validation error: modelAId and modelBId/);
  assert.equal((await backend.get('/models/ab-tests')).data.pagination.total, 0);
});
