import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { useBackend } from './support/backend.js';

const TIME = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/;

describe('as deployed', () => {
  const backend = useBackend();

  test('success has data, a null error and metadata', async () => {
    const { body } = await backend.get('/models');
    assert.deepEqual(Object.keys(body), ['success', 'data', 'error', 'metadata']);
    assert.equal(body.success, true);
    assert.equal(body.error, null);
    assert.match(body.metadata.timestamp, TIME);
    assert.equal(body.metadata.version, 'v1');
    assert.equal(typeof body.metadata.service, 'string');
  });

  test('a failure has its message as text, the code beside it, and no stack', async () => {
    const { status, body } = await backend.get('/training-data/market/eurusd');
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(body), ['success', 'data', 'error', 'code', 'timestamp']);
    assert.equal(body.success, false);
    assert.equal(body.data, null);
    assert.match(body.error, /eurusd/);
    assert.equal(body.code, 'INVALID_PAIR');
    assert.match(body.timestamp, TIME);
  });

  test('a body that is not JSON is 400 INVALID_JSON', async () => {
    const { status, code } = await backend.post('/predictions', undefined, { rawBody: '{"pair":' });
    assert.deepEqual([status, code], [400, 'INVALID_JSON']);
  });

  test('a malformed percent escape is a 400, in the envelope', async () => {
    const { status, body } = await backend.get('/training-data/market/EUR%ZZUSD');
    assert.equal(status, 400);
    assert.equal(body.success, false);
  });
});

describe('as documented', () => {
  const backend = useBackend({ errorShape: 'documented' });

  test('a failure has code and message inside error, and metadata', async () => {
    const { status, body } = await backend.get('/training-data/market/eurusd');
    assert.equal(status, 400);
    assert.deepEqual(Object.keys(body), ['success', 'data', 'error', 'metadata']);
    assert.equal(body.success, false);
    assert.equal(body.data, null);
    assert.equal(body.error.code, 'INVALID_PAIR');
    assert.match(body.error.message, /eurusd/);
    assert.equal(body.metadata.version, 'v1');
  });

  test('refused authentication and an unknown route take that shape too', async () => {
    assert.equal((await backend.get('/models', { key: 'wrong' })).body.error.code, 'INVALID_API_KEY');
    assert.equal((await backend.get('/nothing')).body.error.code, 'ROUTE_NOT_FOUND');
  });
});
