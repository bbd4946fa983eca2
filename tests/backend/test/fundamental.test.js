import assert from 'node:assert/strict';
import { describe, test } from 'node:test';

import { useBackend } from './support/backend.js';

const PATH = '/training-data/fundamental';

const gdp = (changes) => ({
  date: '2024-01-01', country: 'US', indicator: 'gdp', value: 27956.998, unit: 'billions', source: 'FRED:GDP',
  releasedAt: '2024-04-25T12:30:00.000Z', ...changes,
});

describe('with DECIMALs as strings', () => {
  const backend = useBackend();
  const store = (records) => backend.post(PATH, { records });
  const list = async (query = '') => (await backend.get(`${PATH}?${query}`)).data.fundamentalData;
  const values = async (query) => (await list(query)).map((row) => Number(row.value));

  test('a record comes back with every field of the contract', async () => {
    const { status, data } = await store([gdp()]);
    assert.deepEqual([status, data], [200, { inserted: 1, updated: 0 }]);
    const page = await backend.get(PATH);
    assert.deepEqual(page.data, {
      fundamentalData: [gdp({ value: '27956.998000' })],
      pagination: { total: 1, limit: 1000, offset: 0, hasMore: false },
    });
  });

  test('optional fields are null, and 0 is a value', async () => {
    await store([{ date: '2024-01-01', country: 'JP', indicator: 'interest_rate', value: 0 }]);
    assert.deepEqual(await list(), [
      { date: '2024-01-01', country: 'JP', indicator: 'interest_rate', value: '0.000000', unit: null, source: null, releasedAt: null },
    ]);
  });

  test('a revision is a new row, the same release an update', async () => {
    await store([gdp({ value: 1 })]);
    assert.deepEqual((await store([gdp({ value: 2, releasedAt: '2024-05-30T12:30:00Z' })])).data, { inserted: 1, updated: 0 });
    assert.deepEqual((await store([gdp({ value: 3, unit: null })])).data, { inserted: 0, updated: 1 });
    assert.deepEqual((await list()).map((row) => [row.releasedAt, row.value, row.unit]), [
      ['2024-04-25T12:30:00.000Z', '3.000000', null],
      ['2024-05-30T12:30:00.000Z', '2.000000', 'billions'],
    ]);
  });

  test('a row without a release time is one row, however often it is stored', async () => {
    await store([gdp({ releasedAt: null, value: 1 })]);
    assert.deepEqual((await store([gdp({ releasedAt: undefined, value: 2 })])).data, { inserted: 0, updated: 1 });
    assert.deepEqual(await values(), [2]);
  });

  test('the same key twice in one request is one row with the later value', async () => {
    const { data } = await store([gdp({ value: 1 }), gdp({ value: 2, date: '2024-01-01T00:00:00.000Z' })]);
    assert.deepEqual(data, { inserted: 1, updated: 0 });
    assert.deepEqual(await values(), [2]);
  });

  test('asOf answers what was known then: of each value the newest release until that moment', async () => {
    await store([
      gdp({ value: 1, releasedAt: '2024-04-25T12:30:00Z' }),
      gdp({ value: 2, releasedAt: '2024-05-30T12:30:00Z' }),
      gdp({ value: 3, date: '2023-10-01', releasedAt: '2024-01-25T13:30:00Z' }),
      gdp({ value: 4, country: 'EU', releasedAt: '2024-06-01T00:00:00Z' }),
      gdp({ value: 5, country: 'GB', releasedAt: null }),
    ]);
    assert.deepEqual(await values('asOf=2024-01-25T13:29:59.999Z'), []);
    assert.deepEqual(await values('asOf=2024-01-25T13:30:00Z'), [3]);
    assert.deepEqual(await values('asOf=2024-04-25T12:30:00Z'), [3, 1]);
    assert.deepEqual(await values('asOf=2024-05-30T12:30:00Z'), [3, 2]);
    assert.deepEqual(await values('asOf=2025-01-01'), [3, 2, 4]);
    const { pagination } = (await backend.get(`${PATH}?asOf=2025-01-01&limit=2`)).data;
    assert.deepEqual(pagination, { total: 3, limit: 2, offset: 0, hasMore: true });
  });

  test('indicator, countries and dates select, under either name', async () => {
    await store([
      gdp({ value: 1 }),
      gdp({ value: 2, indicator: 'cpi' }),
      gdp({ value: 3, country: 'EU', date: '2024-02-01' }),
      gdp({ value: 4, country: 'GB', date: '2024-03-01' }),
    ]);
    const cases = {
      '': [1, 2, 3, 4],
      'indicator=cpi': [2],
      'countries=US': [1, 2],
      'countries=EU,%20GB': [3, 4],
      'country=EU,GB': [3, 4],
      'countries=JP': [],
      'startDate=2024-02-01': [3, 4],
      'start_date=2024-02-01T00:00:00.001Z': [4],
      'endDate=2024-02-01': [1, 2, 3],
      'end_date=2024-01-31&indicator=gdp': [1],
    };
    for (const [query, expected] of Object.entries(cases)) assert.deepEqual((await values(query)).sort(), expected, query);
  });

  test('rows ascend by date, then release, in pages', async () => {
    await store([
      gdp({ value: 3, date: '2024-02-01' }),
      gdp({ value: 2, releasedAt: '2024-05-01T00:00:00Z' }),
      gdp({ value: 1 }),
      gdp({ value: 0, releasedAt: null }),
    ]);
    assert.deepEqual([...await values('limit=3'), ...await values('limit=3&offset=3')], [0, 1, 2, 3]);
    assert.deepEqual((await backend.get(`${PATH}?limit=3`)).data.pagination, { total: 4, limit: 3, offset: 0, hasMore: true });
  });

  test('a request that is refused stores nothing and names the field', async () => {
    const cases = [
      [[gdp(), gdp({ value: null })], 400, /records\[1\]\.value/],
      [[gdp(), { country: 'US' }], 400, /records\[1\]\.date, records\[1\]\.indicator, records\[1\]\.value/],
      [[gdp({ value: 'high' })], 500, /^Validation error: records\[0\]\.value is "high"/],
      [[gdp({ indicator: 'retail' })], 500, /^Validation error: records\[0\]\.indicator is 'retail'/],
      [[gdp({ date: 'Q1' })], 500, /^Validation error: records\[0\]\.date is "Q1"/],
      [[gdp({ releasedAt: 'soon' })], 500, /^Validation error: records\[0\]\.releasedAt is "soon"/],
      [[gdp({ country: 7 })], 500, /^Validation error: records\[0\]\.country is 7/],
      [[gdp({ value: 1e20 })], 500, /^Validation error/],
      ['gdp', 400, /records is not a list/],
      [undefined, 400, /Missing required fields: records/],
    ];
    for (const [records, status, message] of cases) {
      const answer = await store(records);
      assert.equal(answer.status, status, String(message));
      assert.match(answer.body.error, message);
    }
    assert.deepEqual(await list(), []);
  });

  test('a request holds at most 1,000 records', async () => {
    const days = (count) => Array.from({ length: count }, (_, day) => gdp({ date: new Date(Date.UTC(2000, 0, 1 + day)).toISOString() }));
    assert.deepEqual((await store(days(1000))).data, { inserted: 1000, updated: 0 });
    assert.match((await store(days(1001))).body.error, /records has 1001, at most 1000/);
  });

  test('a filter that is not understood is refused', async () => {
    assert.match((await backend.get(`${PATH}?indicator=retail`)).body.error, /^Validation error: indicator is 'retail'/);
    for (const name of ['startDate', 'end_date', 'asOf']) {
      assert.equal((await backend.get(`${PATH}?${name}=Q1`)).code, 'INVALID_DATE', name);
    }
  });
});

describe('with numbers', () => {
  const backend = useBackend({ numberForm: 'number' });

  test('value is a number', async () => {
    await backend.post(PATH, { records: [gdp({ value: '-0.1' })] });
    assert.equal((await backend.get(PATH)).data.fundamentalData[0].value, -0.1);
  });
});
