// The queries that the routes send find their rows by an index once the tables are filled.
import assert from 'node:assert/strict';
import { test } from 'node:test';

import { useBackend } from './support/backend.js';

const PAIRS = "(ARRAY['EUR/USD', 'GBP/USD', 'USD/JPY', 'AUD/USD'])[1 + i % 4]";

const FILL = [
  `INSERT INTO market_data (pair, timeframe, "timestamp", open, high, low, close)
   SELECT ${PAIRS}, '1h', timestamptz '2018-01-01Z' + i * interval '1 hour', 1.1, 1.1, 1.1, 1.1 FROM generate_series(1, 10000) AS i`,
  `INSERT INTO predictions (pair, timeframe, signal, confidence, factors, entry_price, created_at)
   SELECT ${PAIRS}, '1h', 'buy', 0.5, '{}', 1.1, timestamptz '2018-01-01Z' + i * interval '1 hour' FROM generate_series(1, 10000) AS i`,
  `INSERT INTO trades (pair, side, status, entry_price, opened_at)
   SELECT ${PAIRS}, 'buy', 'open', 1.1, timestamptz '2018-01-01Z' + i * interval '1 hour' FROM generate_series(1, 10000) AS i`,
  `INSERT INTO fundamental_data (date, country, indicator, value, released_at)
   SELECT date '2000-01-01' + i / 28, (ARRAY['US', 'EU', 'GB', 'JP'])[1 + i % 4], (ARRAY['gdp', 'cpi', 'pmi', 'inflation',
          'unemployment', 'interest_rate', 'trade_balance'])[1 + i / 4 % 7], 1, timestamptz '2000-02-01Z' + i / 28 * interval '1 day'
   FROM generate_series(1, 10000) AS i`,
  `INSERT INTO economic_events (event_date, currency, event_name, impact_level)
   SELECT timestamptz '2010-01-01Z' + i * interval '3 hours', CASE WHEN i % 100 = 0 THEN 'NZD' ELSE 'USD' END, 'event', 'low'
   FROM generate_series(1, 10000) AS i`,
];

const backend = useBackend();

const nodesOf = (plan) => [plan, ...(plan.Plans ?? []).flatMap(nodesOf)];

async function queriesOf(path) {
  const { database } = backend;
  const { query } = database;
  const sent = [];
  database.query = (sql, params) => {
    sent.push([sql, params]);
    return query(sql, params);
  };
  const { status, data } = await backend.get(path);
  database.query = query;
  assert.equal(status, 200, path);
  assert.ok(data.pagination.total > 0, `${path} finds rows`);
  return sent;
}

/** The queries of one request, each with the nodes of its plan. */
async function plansOf(path) {
  const plans = [];
  for (const [sql, params] of await queriesOf(path)) {
    const [row] = await backend.database.query(`EXPLAIN (FORMAT JSON) ${sql}`, params);
    plans.push({ sql, nodes: nodesOf(row['QUERY PLAN'][0].Plan) });
  }
  return plans;
}

const WINDOW = 'startDate=2018-06-01&endDate=2018-06-08';
const routes = {
  [`/training-data/market/EUR%2FUSD?${WINDOW}`]: 'market_data_pair_timeframe_timestamp_key',
  [`/training-data/signals?pair=EUR%2FUSD&${WINDOW}`]: 'predictions_newest_of_pair',
  [`/training-data/signals?${WINDOW}`]: 'predictions_newest',
  [`/training-data/trades?pair=EUR%2FUSD&${WINDOW}`]: 'trades_newest_of_pair',
  [`/training-data/trades?${WINDOW}`]: 'trades_newest',
  '/training-data/fundamental?indicator=cpi&countries=US':
    'fundamental_data_indicator_country_date_released_at_key',
  '/training-data/fundamental?indicator=cpi&countries=US&asOf=2000-12-01':
    'fundamental_data_indicator_country_date_released_at_key',
  '/training-data/fundamental?startDate=2000-06-01&endDate=2000-06-08': 'fundamental_data_by_date',
  '/training-data/economic-events?currency=NZD': 'economic_events_by_currency',
  '/training-data/economic-events?startDate=2011-01-01&endDate=2011-01-08': 'economic_events_event_date_currency_event_name_key',
};

const newest = {
  '/predictions?limit=20': 'predictions_newest',
  '/predictions?pair=EUR%2FUSD&limit=20': 'predictions_newest_of_pair',
  '/training-data/signals?limit=20': 'predictions_newest',
};

// One test, as every test begins with empty tables and filling them takes seconds.
test('filled tables are read by index', async () => {
  for (const sql of FILL) await backend.database.query(sql);
  await backend.database.query('ANALYZE');
  for (const [path, index] of Object.entries(routes)) {
    const plans = await plansOf(path);
    assert.equal(plans.length, 2, path);
    for (const { sql, nodes } of plans) {
      assert.deepEqual(nodes.filter((node) => node['Node Type'] === 'Seq Scan'), [], `${path}: ${sql}`);
      assert.ok(nodes.some((node) => node['Index Name'] === index), `${path}: ${index} in the plan of ${sql}`);
    }
  }
  for (const [path, index] of Object.entries(newest)) {
    const [, { nodes }] = await plansOf(path);
    assert.ok(nodes.some((node) => node['Index Name'] === index), `${path}: ${index}`);
    assert.ok(!nodes.some((node) => node['Node Type'] === 'Sort'), `${path} needs no sorting`);
  }
});
