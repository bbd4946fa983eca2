import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { createLimiter } from '../src/behaviour/rate_limit.js';
import { useBackend } from './support/backend.js';

const NAMES = ['retry-after', 'ratelimit-limit', 'ratelimit-remaining', 'ratelimit-reset', 'ratelimit', 'ratelimit-policy'];

describe('the limiter', () => {
  test('lets so many through in each window, for each address', () => {
    let time = 1000;
    const take = createLimiter({ requests: 2, seconds: 10 }, () => time);
    const allowed = (address) => take(address).allowed;
    assert.deepEqual([allowed('a'), allowed('a'), allowed('a'), allowed('b')], [true, true, false, true]);
    time += 9999;
    assert.equal(allowed('a'), false);
    time += 1;
    assert.deepEqual([allowed('a'), allowed('a'), allowed('a')], [true, true, false]);
  });

  test('tells what remains and when the window ends', () => {
    let time = 5000;
    const take = createLimiter({ requests: 2, seconds: 10 }, () => time);
    const told = () => {
      const { remaining, reset, resetAt } = take('a');
      return [remaining, reset, resetAt];
    };
    assert.deepEqual(told(), [1, 10, 15000]);
    time += 1;
    assert.deepEqual(told(), [0, 10, 15000]);
    time += 8999;
    assert.deepEqual(told(), [0, 1, 15000]);
  });
});

describe('behind the limiter', () => {
  let time = Date.UTC(2024, 0, 1);
  const backend = useBackend({ now: () => time });
  const limit = (requests, ...rateLimitHeaders) =>
    backend.control('PUT', 'behaviour', { rateLimit: { requests, seconds: 60 }, rateLimitHeaders });
  const told = ({ headers }) => Object.fromEntries(NAMES.filter((name) => headers.has(name)).map((name) => [name, headers.get(name)]));

  test('the request beyond the limit is 429, until the window ends', async () => {
    await limit(2, 'retry-after');
    const answers = [await backend.get('/models'), await backend.get('/health'), await backend.get('/models'), await backend.get('/health')];
    assert.deepEqual(answers.map((each) => each.status), [200, 200, 429, 429]);
    assert.equal(answers[2].code, 'RATE_LIMIT_EXCEEDED');
    time += 60000;
    assert.equal((await backend.get('/models')).status, 200);
  });

  test('a refused POST stores nothing', async () => {
    await limit(1);
    await backend.get('/models');
    assert.equal((await backend.post('/models/version', { modelName: 'm', version: '1', algorithm: 'lstm' })).status, 429);
    assert.deepEqual((await backend.control('GET', 'writes')).data.stored, 0);
  });

  const forms = {
    none: [[], {}, {}],
    'retry-after': [['retry-after'], {}, { 'retry-after': '60' }],
    'retry-after-date': [['retry-after-date'], {}, { 'retry-after': 'Mon, 01 Jan 2024 00:02:00 GMT' }],
    three: [
      ['three'],
      { 'ratelimit-limit': '1', 'ratelimit-remaining': '0', 'ratelimit-reset': '60' },
      { 'ratelimit-limit': '1', 'ratelimit-remaining': '0', 'ratelimit-reset': '60' },
    ],
    combined: [
      ['combined'],
      { ratelimit: 'limit=1, remaining=0, reset=60', 'ratelimit-policy': '1;w=60' },
      { ratelimit: 'limit=1, remaining=0, reset=60', 'ratelimit-policy': '1;w=60' },
    ],
    policy: [
      ['policy'],
      { ratelimit: '"default";r=0;t=60', 'ratelimit-policy': '"default";q=1;w=60' },
      { ratelimit: '"default";r=0;t=60', 'ratelimit-policy': '"default";q=1;w=60' },
    ],
    'two at once': [
      ['retry-after', 'three'],
      { 'ratelimit-limit': '1', 'ratelimit-remaining': '0', 'ratelimit-reset': '60' },
      { 'retry-after': '60', 'ratelimit-limit': '1', 'ratelimit-remaining': '0', 'ratelimit-reset': '60' },
    ],
  };
  for (const [name, [headers, allowed, refused]] of Object.entries(forms)) {
    test(`headers: ${name}`, async () => {
      time = Date.UTC(2024, 0, 1, 0, 1);
      await limit(1, ...headers);
      assert.deepEqual(told(await backend.get('/models')), allowed);
      const second = await backend.get('/models');
      assert.equal(second.status, 429);
      assert.deepEqual(told(second), refused);
    });
  }

  test('the control routes are not limited, and without a limit nothing tells of one', async () => {
    await limit(1);
    await backend.get('/models');
    assert.equal((await backend.control('PUT', 'behaviour', { rateLimit: null })).status, 200);
    assert.deepEqual(told(await backend.get('/models')), {});
  });
});
