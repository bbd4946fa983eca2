import assert from 'node:assert/strict';
import { test } from 'node:test';

import { useBackend } from './support/backend.js';

const NO_SUCH_ID = '00000000-0000-4000-8000-000000000000';

const backend = useBackend();

const register = (changes) => backend.post('/models/version', {
  modelName: 'eurusd-lstm', version: '20240101000000', algorithm: 'lstm',
  hyperparameters: { hidden: 64 }, trainingMetrics: { accuracy: 0.61 }, trainingDataInfo: { rows: 20000 },
  description: 'weekly', ...changes,
});
const registerVersion = async (version, modelName = 'eurusd-lstm') => (await register({ version, modelName })).data.modelId;
const activate = (id) => backend.put(`/models/${id}/status`, { status: 'deployed', isActive: true });
const activeVersions = async (query = '') =>
  (await backend.get(`/models?isActive=true${query}`)).data.models.map((model) => `${model.name}/${model.version}`).sort();

test('a version is registered inactive', async () => {
  const { status, data } = await register();
  assert.equal(status, 201);
  const { modelId, ...rest } = data;
  assert.match(modelId, /^[0-9a-f-]{36}$/);
  assert.deepEqual(rest, { modelName: 'eurusd-lstm', version: '20240101000000', modelType: 'lstm', isActive: false });
});

test('one model is answered with all that was registered', async () => {
  const { modelId } = (await register()).data;
  const { trainedAt, ...model } = (await backend.get(`/models/${modelId}`)).data;
  assert.match(trainedAt, /Z$/);
  assert.deepEqual(model, {
    id: modelId, name: 'eurusd-lstm', version: '20240101000000', description: 'weekly', modelType: 'lstm',
    hyperparameters: { hidden: 64 }, trainingMetrics: { accuracy: 0.61 }, trainingDataInfo: { rows: 20000 },
    status: 'trained', isActive: false,
  });
});

test('the same version again is 409 VERSION_EXISTS, another name or version is not', async () => {
  await register();
  const again = await register();
  assert.deepEqual([again.status, again.code], [409, 'VERSION_EXISTS']);
  assert.equal((await register({ modelName: 'other' })).status, 201);
  assert.equal((await register({ version: '2' })).status, 201);
});

test('modelName, version and algorithm are required', async () => {
  for (const field of ['modelName', 'version', 'algorithm']) {
    const { status, code, body } = await register({ [field]: undefined });
    assert.deepEqual([status, code], [400, 'MISSING_FIELDS']);
    assert.match(body.error, new RegExp(field));
  }
});

test('an unknown model is 404 MODEL_NOT_FOUND on every route', async () => {
  for (const id of [NO_SUCH_ID, 'v1']) {
    const answers = [
      await backend.get(`/models/${id}`),
      await activate(id),
      await backend.post(`/models/${id}/training-logs`, {}),
    ];
    for (const { status, code } of answers) assert.deepEqual([status, code], [404, 'MODEL_NOT_FOUND']);
  }
});

test('models are listed newest first, by pages, and by filter', async () => {
  const ids = [];
  for (const version of ['1', '2', '3']) ids.unshift(await registerVersion(version));
  await registerVersion('1', 'other');
  await activate(ids[0]);
  const list = async (query) => (await backend.get(`/models?${query}`)).data;
  const all = await list('modelName=eurusd-lstm');
  assert.deepEqual(all.models.map((model) => model.id), ids);
  assert.deepEqual(all.pagination, { total: 3, limit: 50, offset: 0, hasMore: false });
  const page = await list('modelName=eurusd-lstm&limit=2&offset=1');
  assert.deepEqual(page.models.map((model) => model.id), ids.slice(1));
  assert.equal((await list('')).pagination.total, 4);
  assert.equal((await list('limit=500')).pagination.limit, 100);
  assert.deepEqual((await list('status=deployed')).models.map((model) => model.id), [ids[0]]);
  assert.equal((await list('isActive=false')).pagination.total, 3);
});

test('activating one version deactivates the others of that model only', async () => {
  const [first, second] = [await registerVersion('1'), await registerVersion('2')];
  const other = await registerVersion('1', 'other');
  await activate(first);
  await activate(other);
  const { status, data } = await activate(second);
  assert.equal(status, 200);
  assert.deepEqual(data, { modelId: second, modelName: 'eurusd-lstm', version: '2', status: 'deployed', isActive: true });
  assert.deepEqual(await activeVersions(), ['eurusd-lstm/2', 'other/1']);
});

test('of many activations at once exactly one version stays active', async () => {
  const ids = [];
  for (let version = 1; version <= 6; version += 1) ids.push(await registerVersion(String(version)));
  const answers = await Promise.all(ids.map(activate));
  assert.deepEqual(answers.map(({ status }) => status), ids.map(() => 200));
  assert.equal((await activeVersions()).length, 1);
});

test('status and isActive change independently', async () => {
  const id = await registerVersion('1');
  const put = async (body) => (await backend.put(`/models/${id}/status`, body)).data;
  await activate(id);
  const retired = await put({ status: 'retired' });
  assert.deepEqual([retired.status, retired.isActive], ['retired', true]);
  const inactive = await put({ isActive: false });
  assert.deepEqual([inactive.status, inactive.isActive], ['retired', false]);
  assert.deepEqual(await activeVersions(), []);
});

test('a refused status changes nothing', async () => {
  const id = await registerVersion('1');
  const put = async (body) => {
    const { status, code } = await backend.put(`/models/${id}/status`, body);
    return [status, code];
  };
  assert.deepEqual(await put({ status: 'live', isActive: true }), [400, 'INVALID_STATUS']);
  assert.deepEqual(await put({}), [400, 'MISSING_FIELDS']);
  assert.deepEqual(await put({ isActive: 'yes' }), [500, 'INTERNAL_ERROR']);
  const model = (await backend.get(`/models/${id}`)).data;
  assert.deepEqual([model.status, model.isActive], ['trained', false]);
});

const LOG = {
  modelVersion: '1', trainingType: 'full', dataStartDate: '2018-01-01T00:00:00Z', dataEndDate: '2018-06-30',
  numSamples: 3000, trainingMetrics: { loss: 0.6, accuracy: 0.6, trainSamples: 2500 },
  validationMetrics: { loss: 0.65, accuracy: 0.58, valSamples: 500 }, hyperparameters: { epochs: 5 },
  duration: 42, notes: 'first',
};

test('a training log is stored with its model', async () => {
  const id = await registerVersion('1');
  const { status, data } = await backend.post(`/models/${id}/training-logs`, LOG);
  assert.equal(status, 201);
  const [row] = await backend.database.query('SELECT * FROM training_logs WHERE id = $1', [data.logId]);
  assert.equal(row.model_id, id);
  assert.equal(row.data_end_date.toISOString(), '2018-06-30T00:00:00.000Z');
  assert.deepEqual([row.num_samples, row.duration_seconds, row.training_type], [3000, 42, 'full']);
  assert.deepEqual(row.validation_metrics, LOG.validationMetrics);
});

test('a refused training log', async () => {
  const id = await registerVersion('1');
  const post = async (changes) => {
    const { status, code, body } = await backend.post(`/models/${id}/training-logs`, { ...LOG, ...changes });
    return [status, code, body.error];
  };
  for (const field of ['modelVersion', 'trainingType', 'dataStartDate', 'dataEndDate', 'numSamples']) {
    assert.deepEqual(await post({ [field]: undefined }), [400, 'MISSING_FIELDS', `Missing required fields: ${field}`]);
  }
  for (const changes of [{ trainingType: 'partial' }, { duration: 1.5 }, { dataEndDate: 'June' }, { numSamples: -1 }]) {
    const [status, code, message] = await post(changes);
    assert.deepEqual([status, code], [500, 'INTERNAL_ERROR'], JSON.stringify(changes));
    assert.match(message, /^Validation error/);
  }
  assert.deepEqual(await backend.database.query('SELECT id FROM training_logs'), []);
});
