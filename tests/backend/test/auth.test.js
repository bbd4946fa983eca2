import assert from 'node:assert/strict';
import { test } from 'node:test';

import { API_KEY, useBackend } from './support/backend.js';

const backend = useBackend();

const GOOD = { authorization: `Bearer ${API_KEY}`, 'x-service-name': 'ml-engine' };

async function get(path, headers) {
  const response = await fetch(`${backend.url}${path}`, { headers });
  return { status: response.status, headers: response.headers, body: await response.json() };
}

const refusals = [
  ['no Authorization', { 'x-service-name': 'ml-engine' }, 401, 'UNAUTHORIZED'],
  ['another scheme', { ...GOOD, authorization: 'Basic abc' }, 401, 'INVALID_AUTH_FORMAT'],
  ['a key without a scheme', { ...GOOD, authorization: API_KEY }, 401, 'INVALID_AUTH_FORMAT'],
  ['Bearer without a key', { ...GOOD, authorization: 'Bearer ' }, 401, 'MISSING_API_KEY'],
  ['a wrong key', { ...GOOD, authorization: 'Bearer wrong' }, 403, 'INVALID_API_KEY'],
  ['a key that only begins right', { ...GOOD, authorization: `Bearer ${API_KEY}x` }, 403, 'INVALID_API_KEY'],
  ['no service name', { authorization: GOOD.authorization }, 403, 'FORBIDDEN_SERVICE'],
  ['another service', { ...GOOD, 'x-service-name': 'web' }, 403, 'FORBIDDEN_SERVICE'],
];
for (const [name, headers, status, code] of refusals) {
  test(`${name} is refused with ${status} ${code}`, async () => {
    const answer = await get('/api/v1/ml/models', headers);
    assert.deepEqual([answer.status, answer.body.code], [status, code]);
  });
}

test('the right key and service name are let in', async () => {
  assert.equal((await get('/api/v1/ml/models', GOOD)).status, 200);
});

test('health needs no key', async () => {
  const { status, body } = await get('/api/v1/ml/health', {});
  assert.equal(status, 200);
  assert.equal(body.data.status, 'healthy');
  assert.match(body.data.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.equal(typeof body.data.service, 'string');
});

test('an unknown route is 404 ROUTE_NOT_FOUND inside and outside the base path', async () => {
  for (const path of ['/api/v1/ml/training-data/nothing', '/api/v1/ml/nothing', '/elsewhere']) {
    const answer = await get(path, GOOD);
    assert.deepEqual([answer.status, answer.body.code], [404, 'ROUTE_NOT_FOUND'], path);
  }
});

test('x-request-id is echoed on success and failure, and every answer has a Date', async () => {
  for (const path of ['/api/v1/ml/health', '/elsewhere']) {
    const { headers } = await get(path, { 'x-request-id': 'abc-123' });
    assert.equal(headers.get('x-request-id'), 'abc-123');
    assert.ok(!Number.isNaN(Date.parse(headers.get('date'))));
  }
  assert.equal((await get('/api/v1/ml/health', {})).headers.get('x-request-id'), null);
});
