// The program as others start it: arguments, READY line, seeds, data directory, signals. Always the embedded database.
import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, test } from 'node:test';

const SERVER = fileURLToPath(new URL('../server.js', import.meta.url));
const DEFAULT_KEY = 'dev_ml_engine_key_replace_in_production';

let folder;
let running;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'aifx-program-'));
  running = [];
});
afterEach(async () => {
  for (const child of running) child.kill('SIGKILL');
  await rm(folder, { recursive: true, force: true });
});

function launch(args, env = {}) {
  const { DATABASE_URL, ML_ENGINE_API_KEY, ...inherited } = process.env;
  const child = spawn(process.execPath, [SERVER, ...args], { env: { ...inherited, ...env } });
  running.push(child);
  const output = { stdout: '', stderr: '' };
  for (const name of ['stdout', 'stderr']) child[name].on('data', (chunk) => { output[name] += chunk; });
  const exited = once(child, 'close').then(([code]) => ({ code, ...output }));
  return { child, exited };
}

/** Starts and waits for READY; the result has url, stop() -> exit code and output. */
async function start(args, env) {
  const { child, exited } = launch(args, env);
  const [line] = await Promise.race([
    once(createInterface(child.stdout), 'line'),
    exited.then(({ stderr }) => assert.fail(`ended before READY: ${stderr}`)),
  ]);
  const [, url] = /^READY (http:\/\/\S+:\d+)$/.exec(line) ?? assert.fail(`not a READY line: ${line}`);
  const stop = (signal = 'SIGTERM') => {
    child.kill(signal);
    return exited;
  };
  return { url, stop, child };
}

const run = (args, env) => launch(args, env).exited;

async function request(url, path, { key = DEFAULT_KEY, ...init } = {}) {
  const headers = { authorization: `Bearer ${key}`, 'x-service-name': 'ml-engine', 'content-type': 'application/json' };
  const response = await fetch(`${url}/api/v1/ml${path}`, { headers, ...init });
  return { status: response.status, body: await response.json() };
}

async function writeCsv(rows) {
  const file = join(folder, 'candles.csv');
  const lines = Array.from({ length: rows }, (_, hour) =>
    `${new Date(Date.UTC(2016, 0, 1, hour)).toISOString()},1.1,1.2,1.0,1.15,0.0001`);
  await writeFile(file, ['timestamp,open,high,low,close,spread', ...lines].join('\n'));
  return file;
}

const badArguments = [
  [['--port', 'http'], /--port is 'http'/],
  [['--port', '65536'], /--port is '65536'/],
  [['--error-shape', 'old'], /--error-shape: errorShape is 'old'.*deployed/],
  [['--number-form', 'text'], /--number-form: numberForm is 'text'.*string, number/],
  [['--without', 'spread,models'], /--without: without is 'models'/],
  [['--rate-limit', '100'], /--rate-limit is '100'.*N\/SECONDS/],
  [['--rate-limit', '0/60'], /--rate-limit: rateLimit\.requests is 0/],
  [['--rate-limit-headers', 'four'], /--rate-limit-headers: .*'four'.*retry-after/],
  [['--fault', 'fail'], /--fault has 'fail'.*KEY=VALUE/],
  [['--fault', 'action=explode'], /--fault: faults\.action is 'explode'/],
  [['--fault', 'action=delay,delayMs=soon'], /--fault: faults\.delayMs/],
  [['--random-seed', '-1'], /--random-seed/],
  [['--seed', 'EUR/USD:1h'], /--seed is 'EUR\/USD:1h'.*PAIR:TIMEFRAME:FILE/],
  [['--seed', 'EURUSD:1h:x.csv'], /'EURUSD'/],
  [['--seed', 'EUR/USD:2h:x.csv'], /'2h'/],
  [['--api-key', ''], /--api-key/],
  [['--nonsense'], /--nonsense/],
  [['stray'], /stray/],
];
for (const [args, message] of badArguments) {
  test(`${args.join(' ')} is refused with exit code 2`, async () => {
    const { code, stderr, stdout } = await run(args);
    assert.equal(code, 2);
    assert.match(stderr, message);
    assert.equal(stdout, '');
  });
}

test('--data-dir beside DATABASE_URL is refused', async () => {
  const { code, stderr } = await run(['--data-dir', folder], { DATABASE_URL: 'postgresql://nowhere' });
  assert.equal(code, 2);
  assert.match(stderr, /--data-dir and DATABASE_URL/);
});

test('--help lists every option', async () => {
  const { code, stdout } = await run(['--help']);
  assert.equal(code, 0);
  for (const flag of [
    'host', 'port', 'data-dir', 'api-key', 'seed', 'error-shape', 'number-form', 'without', 'rate-limit', 'rate-limit-headers',
    'fault', 'random-seed',
  ]) {
    assert.match(stdout, new RegExp(`--${flag} `));
  }
});

test('SIGTERM and SIGINT end it with 0, also with a connection kept open', async () => {
  for (const signal of ['SIGTERM', 'SIGINT']) {
    const backend = await start([]);
    assert.equal((await request(backend.url, '/models')).status, 200);
    assert.equal((await backend.stop(signal)).code, 0);
  }
});

test('the key comes from --api-key, then ML_ENGINE_API_KEY', async () => {
  const byEnvironment = await start([], { ML_ENGINE_API_KEY: 'from-env' });
  assert.equal((await request(byEnvironment.url, '/models', { key: 'from-env' })).status, 200);
  assert.equal((await request(byEnvironment.url, '/models')).status, 403);
  const byFlag = await start(['--api-key', 'from-flag'], { ML_ENGINE_API_KEY: 'from-env' });
  assert.equal((await request(byFlag.url, '/models', { key: 'from-flag' })).status, 200);
  assert.equal((await request(byFlag.url, '/models', { key: 'from-env' })).status, 403);
});

test('--error-shape and --number-form reach the answers', async () => {
  const csv = await writeCsv(1);
  const backend = await start(['--error-shape', 'documented', '--number-form', 'number', '--seed', `EUR/USD:1h:${csv}`]);
  assert.equal((await request(backend.url, '/training-data/market/X')).body.error.code, 'INVALID_PAIR');
  const { data } = (await request(backend.url, '/training-data/market/EUR%2FUSD')).body;
  assert.equal(data.marketData[0].open, 1.1);
});

test('the other switches reach the answers, and the control routes bring them back', async () => {
  const backend = await start([
    '--without', 'fundamental,economic-events', '--rate-limit', '100/60', '--rate-limit-headers', 'combined',
    '--fault', 'route=GET /models,action=fail,status=502,count=1', '--fault', 'route=/health,action=delay,delayMs=1', '--random-seed', '9',
  ]);
  assert.equal((await request(backend.url, '/training-data/fundamental')).body.code, 'ROUTE_NOT_FOUND');
  assert.equal((await request(backend.url, '/models')).status, 502);
  assert.equal((await request(backend.url, '/models')).status, 200);
  const response = await fetch(`${backend.url}/api/v1/ml/health`);
  assert.match(response.headers.get('ratelimit'), /^limit=100, remaining=96, reset=\d+$/);
  const headers = { authorization: `Bearer ${DEFAULT_KEY}`, 'x-service-name': 'ml-engine' };
  const control = await fetch(`${backend.url}/control/behaviour`, { method: 'DELETE', headers });
  const { data } = await control.json();
  assert.deepEqual([data.without, data.rateLimit, data.randomSeed], [['fundamental', 'economic-events'], { requests: 100, seconds: 60 }, 9]);
});

test('a data directory keeps rows over a restart, and its seed is skipped then', async () => {
  const dataDir = join(folder, 'data');
  const args = ['--data-dir', dataDir, '--seed', `EUR/USD:1h:${await writeCsv(10005)}`];
  const first = await start(args);
  const body = JSON.stringify({ modelName: 'm', version: '1', algorithm: 'lstm' });
  assert.equal((await request(first.url, '/models/version', { method: 'POST', body })).status, 201);
  assert.match((await first.stop()).stderr, /10005 candles loaded/);

  const second = await start(args);
  assert.equal((await request(second.url, '/models')).body.data.models[0].name, 'm');
  const page = await request(second.url, '/training-data/market/EUR%2FUSD?limit=1&offset=10004');
  assert.equal(page.body.data.pagination.total, 10005);
  assert.match((await second.stop()).stderr, /10005 candles already there/);
});

test('a data directory has one owner; that of a killed process is taken over', async () => {
  const dataDir = join(folder, 'data');
  const owner = await start(['--data-dir', dataDir]);
  const { code, stderr } = await run(['--data-dir', dataDir]);
  assert.equal(code, 1);
  assert.match(stderr, new RegExp(`in use by process ${owner.child.pid}`));
  await owner.stop('SIGKILL');
  const heir = await start(['--data-dir', dataDir]);
  assert.equal((await heir.stop()).code, 0);
});

test('without --data-dir nothing is kept', async () => {
  const csv = await writeCsv(3);
  const first = await start(['--seed', `EUR/USD:1h:${csv}`, '--seed', `GBP/USD:4h:${csv}`]);
  assert.match((await first.stop()).stderr, /EUR\/USD 1h: 3 candles loaded\n.*GBP\/USD 4h: 3 candles loaded/);
  const second = await start([]);
  assert.equal((await request(second.url, '/training-data/stats')).body.data.marketData.count, 0);
});

test('a seed that cannot be read and a port in use end it with 1', async () => {
  const missing = await run(['--seed', `EUR/USD:1h:${join(folder, 'none.csv')}`]);
  assert.equal(missing.code, 1);
  assert.match(missing.stderr, /none\.csv/);
  const { url } = await start([]);
  const taken = await run(['--port', new URL(url).port]);
  assert.equal(taken.code, 1);
  assert.match(taken.stderr, /EADDRINUSE/);
});
