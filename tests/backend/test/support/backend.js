// A backend on a free port for one test file, on an embedded database or on a schema of its own of DATABASE_URL.
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { after, before, beforeEach } from 'node:test';

import pg from 'pg';

import { createApp } from '../../src/app.js';
import { openDatabase } from '../../src/database.js';

export const API_KEY = 'key-of-the-tests';
const TABLES = `market_data, predictions, trades, training_logs, ab_tests, model_versions, fundamental_data,
  economic_events`;

async function onServer(databaseUrl, sql) {
  const client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
  await client.query(sql);
  await client.end();
}

async function openIsolated() {
  const databaseUrl = process.env.DATABASE_URL;
  if (!databaseUrl) return openDatabase({});
  const schema = `test_${randomBytes(6).toString('hex')}`;
  await onServer(databaseUrl, `CREATE SCHEMA ${schema}`);
  const url = new URL(databaseUrl);
  url.searchParams.set('options', `-c search_path=${schema}`);
  const database = await openDatabase({ databaseUrl: url.href });
  const close = async () => {
    await database.close();
    await onServer(databaseUrl, `DROP SCHEMA ${schema} CASCADE`);
  };
  return { ...database, close };
}

async function listen(app) {
  const server = app.listen(0, '127.0.0.1');
  // The embedded database works in this process: a test that keeps it busy for longer than the usual 5 s would find its
  // idle connection closed under the next request.
  server.keepAliveTimeout = 0;
  await once(server, 'listening');
  return server;
}

/** Sends one request below /api/v1/ml, or to /control; the result has status, headers, body (parsed), data and code of either error shape. */
async function send(base, method, path, { body, headers, key = API_KEY, rawBody } = {}) {
  const response = await fetch(`${base}${path.startsWith('/control/') ? '' : '/api/v1/ml'}${path}`, {
    method,
    headers: {
      authorization: `Bearer ${key}`,
      'x-service-name': 'ml-engine',
      'content-type': 'application/json',
      ...headers,
    },
    body: rawBody ?? (body === undefined ? undefined : JSON.stringify(body)),
  });
  const json = await response.json();
  return { status: response.status, headers: response.headers, body: json, data: json.data, code: json.code ?? json.error?.code };
}

/**
 * Registers the hooks of a test file; every test begins with empty tables and the switches of the start. The handle is
 * usable inside tests.
 */
export function useBackend(options = {}) {
  const handle = {};
  let server;
  before(async () => {
    handle.database = await openIsolated();
    server = await listen(createApp(handle.database, { apiKey: API_KEY, ...options }));
    handle.url = `http://127.0.0.1:${server.address().port}`;
  });
  beforeEach(async () => {
    await handle.database.query(`TRUNCATE ${TABLES}`);
    await handle.control('DELETE', 'behaviour');
    await handle.control('DELETE', 'writes');
  });
  after(async () => {
    server.close();
    server.closeAllConnections();
    await handle.database.close();
  });
  handle.control = (method, what, body) => send(handle.url, method, `/control/${what}`, { body });
  handle.get = (path, extra) => send(handle.url, 'GET', path, extra);
  handle.post = (path, body, extra) => send(handle.url, 'POST', path, { body, ...extra });
  handle.put = (path, body, extra) => send(handle.url, 'PUT', path, { body, ...extra });
  return handle;
}
