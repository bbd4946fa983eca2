import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { useBackend } from './support/backend.js';

const PATH = '/training-data/economic-events';

const payrolls = (changes) => ({
  eventDate: '2024-02-02T13:30:00.000Z', currency: 'USD', eventName: 'Non-Farm Employment Change', impactLevel: 'high',
  forecastValue: 187, actualValue: 353, previousValue: 333, source: 'calendar', timeKnown: true, ...changes,
});

describe('with DECIMALs as strings', () => {
  const backend = useBackend();
  const store = (events) => backend.post(PATH, { events });
  const list = async (query = '') => (await backend.get(`${PATH}?${query}`)).data.events;
  const names = async (query) => (await list(query)).map((row) => row.eventName);

  test('an event comes back with every field of the contract', async () => {
    const { status, data } = await store([payrolls()]);
    assert.deepEqual([status, data], [200, { inserted: 1, updated: 0 }]);
    assert.deepEqual((await backend.get(PATH)).data, {
      events: [payrolls({ forecastValue: '187.000000', actualValue: '353.000000', previousValue: '333.000000' })],
      pagination: { total: 1, limit: 1000, offset: 0, hasMore: false },
    });
  });

  test('optional values are null, 0 is a value, and the time counts as known unless said otherwise', async () => {
    const { eventDate, currency, eventName, impactLevel } = payrolls();
    await store([{ eventDate, currency, eventName, impactLevel, actualValue: 0 }]);
    await store([payrolls({ eventName: 'Holiday', impactLevel: 'holiday', timeKnown: false })]);
    const [holiday, first] = await list();
    assert.equal(holiday.timeKnown, false);
    assert.deepEqual(first, {
      eventDate, currency, eventName, impactLevel, forecastValue: null, actualValue: '0.000000', previousValue: null,
      source: null, timeKnown: true,
    });
  });

  test('a null or an absent field never overwrites a known value, a value does', async () => {
    const { eventDate, currency, eventName } = payrolls();
    await store([payrolls({ actualValue: null, timeKnown: false })]);
    const later = { eventDate, currency, eventName, impactLevel: 'medium', actualValue: 353, forecastValue: null, source: null, timeKnown: null };
    assert.deepEqual((await store([later])).data, { inserted: 0, updated: 1 });
    assert.deepEqual(await list(), [payrolls({
      impactLevel: 'medium', forecastValue: '187.000000', actualValue: '353.000000', previousValue: '333.000000', timeKnown: false,
    })]);
    await store([payrolls({ actualValue: -1, timeKnown: true })]);
    const [{ actualValue, timeKnown }] = await list();
    assert.deepEqual([actualValue, timeKnown], ['-1.000000', true]);
  });

  test('the same key twice in one request is one event; there too a null overwrites nothing', async () => {
    const { data } = await store([payrolls(), payrolls({ actualValue: null, forecastValue: 190 })]);
    assert.deepEqual(data, { inserted: 1, updated: 0 });
    const [{ actualValue, forecastValue }] = await list();
    assert.deepEqual([actualValue, forecastValue], ['353.000000', '190.000000']);
  });

  test('another time, currency or name is another event', async () => {
    const events = [payrolls(), payrolls({ eventDate: '2024-03-08T13:30:00Z' }), payrolls({ currency: 'CAD' }), payrolls({ eventName: 'X' })];
    assert.deepEqual((await store(events)).data, { inserted: 4, updated: 0 });
  });

  test('currency, impact levels and dates select, under either name', async () => {
    await store([
      payrolls({ eventName: 'a' }),
      payrolls({ eventName: 'b', currency: 'EUR', impactLevel: 'low', eventDate: '2024-02-03T00:00:00Z' }),
      payrolls({ eventName: 'c', currency: 'JPY', impactLevel: 'medium', eventDate: '2024-02-04T00:00:00Z' }),
    ]);
    const cases = {
      '': ['a', 'b', 'c'],
      'currency=EUR': ['b'],
      'currency=USD,JPY': ['a', 'c'],
      'impactLevels=high,medium': ['a', 'c'],
      'impact_level=low': ['b'],
      'startDate=2024-02-03T00:00:00Z': ['b', 'c'],
      'start_date=2024-02-03T00:00:00.001Z': ['c'],
      'endDate=2024-02-03': ['a', 'b'],
      'end_date=2024-02-02': [],
      'currency=USD,EUR&impactLevels=high': ['a'],
    };
    for (const [query, expected] of Object.entries(cases)) assert.deepEqual(await names(query), expected, query);
  });

  test('rows ascend by time, in pages', async () => {
    await store(['c', 'a', 'b'].map((eventName) => payrolls({ eventName })));
    await store([payrolls({ eventName: 'first', eventDate: '2024-02-01' })]);
    assert.deepEqual([...await names('limit=2'), ...await names('limit=2&offset=2')], ['first', 'a', 'b', 'c']);
    assert.deepEqual((await backend.get(`${PATH}?limit=2`)).data.pagination, { total: 4, limit: 2, offset: 0, hasMore: true });
  });

  test('a request that is refused stores nothing and names the field', async () => {
    const cases = [
      [[payrolls(), payrolls({ currency: '' })], 400, /events\[1\]\.currency/],
      [[{}], 400, /events\[0\]\.eventDate, events\[0\]\.currency, events\[0\]\.eventName, events\[0\]\.impactLevel/],
      [[payrolls({ impactLevel: 'huge' })], 500, /^Validation error: events\[0\]\.impactLevel is 'huge'/],
      [[payrolls({ actualValue: '353K' })], 500, /^Validation error: events\[0\]\.actualValue is "353K"/],
      [[payrolls({ timeKnown: 'no' })], 500, /^Validation error: events\[0\]\.timeKnown is 'no'/],
      [[payrolls({ eventDate: 'Friday' })], 500, /^Validation error: events\[0\]\.eventDate is "Friday"/],
      [{}, 400, /events is not a list/],
      [undefined, 400, /Missing required fields: events/],
      [Array.from({ length: 1001 }, () => payrolls()), 400, /events has 1001, at most 1000/],
    ];
    for (const [events, status, message] of cases) {
      const answer = await store(events);
      assert.equal(answer.status, status, String(message));
      assert.match(answer.body.error, message);
    }
    assert.deepEqual(await list(), []);
  });

  test('a filter that is not understood is refused', async () => {
    assert.match((await backend.get(`${PATH}?impactLevels=high,huge`)).body.error, /^Validation error: impactLevels is 'huge'/);
    assert.equal((await backend.get(`${PATH}?startDate=Friday`)).code, 'INVALID_DATE');
  });
});

describe('with numbers', () => {
  const backend = useBackend({ numberForm: 'number' });

  test('the values are numbers, null stays null', async () => {
    await backend.post(PATH, { events: [payrolls({ actualValue: null })] });
    const [{ forecastValue, actualValue }] = (await backend.get(PATH)).data.events;
    assert.deepEqual([forecastValue, actualValue], [187, null]);
  });
});
