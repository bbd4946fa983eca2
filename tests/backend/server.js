#!/usr/bin/env node
// Command line of the reference backend: opens the database, loads seeds, serves until SIGTERM or SIGINT.
import { once } from 'node:events';
import { isIPv6 } from 'node:net';

import { createApp } from './src/app.js';
import { openDatabase } from './src/database.js';
import { parseOptions, UsageError, USAGE } from './src/options.js';
import { seedCandles } from './src/seed.js';

const DRAIN_MS = 2000;

async function listen(app, host, port) {
  const server = app.listen(port, host);
  await once(server, 'listening');
  return server;
}

async function closeServer(server) {
  const closed = new Promise((resolve) => server.close(resolve));
  server.closeIdleConnections();
  const force = setTimeout(() => server.closeAllConnections(), DRAIN_MS);
  await closed;
  clearTimeout(force);
}

async function main() {
  const options = parseOptions(process.argv.slice(2), process.env);
  if (options.help) {
    process.stdout.write(USAGE);
    return;
  }
  // Installed before the start-up work, so that an early signal still closes the database cleanly.
  const stopRequested = new Promise((resolve) => {
    process.on('SIGTERM', resolve);
    process.on('SIGINT', resolve);
  });

  const database = await openDatabase(options);
  try {
    for (const seed of options.seeds) {
      const { rows, skipped } = await seedCandles(database, seed);
      console.error(`seed ${seed.pair} ${seed.timeframe}: ${rows} candles ${skipped ? 'already there' : 'loaded'}`);
    }
    const server = await listen(createApp(database, { apiKey: options.apiKey, ...options.switches }), options.host, options.port);
    const host = isIPv6(options.host) ? `[${options.host}]` : options.host;
    console.log(`READY http://${host}:${server.address().port}`);
    await stopRequested;
    await closeServer(server);
  } finally {
    await database.close();
  }
}

main().then(
  () => process.exit(0),
  (error) => {
    console.error(`aifx-reference-backend: ${error.message}`);
    process.exit(error instanceof UsageError ? 2 : 1);
  },
);
