import { existsSync } from 'node:fs';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

import { PGlite, types } from '@electric-sql/pglite';
import { dataDir as emptyCluster } from '@electric-sql/pglite-prepopulatedfs';

import { lockDirectory } from './directory_lock.js';

const PARSERS = { [types.INT8]: (text) => text, [types.NUMERIC]: (text) => text };

// An unpacked empty cluster is there in a third of the time that initdb takes.
const createInMemory = async () => PGlite.create({ parsers: PARSERS, loadDataDir: await emptyCluster() });

// The marker says that the cluster was unpacked whole: a start that was killed before it begins anew.
async function createInDirectory(directory) {
  const cluster = join(directory, 'pgdata');
  const marker = join(directory, 'initialized');
  if (existsSync(marker)) return PGlite.create({ dataDir: cluster, parsers: PARSERS });
  await rm(cluster, { recursive: true, force: true });
  const pglite = await PGlite.create({ dataDir: cluster, parsers: PARSERS, loadDataDir: await emptyCluster() });
  await writeFile(marker, '');
  return pglite;
}

function wrap(pglite, unlock) {
  const queryWith = (executor) => async (sql, params) => (await executor.query(sql, params)).rows;
  return {
    query: queryWith(pglite),
    transaction: (work) => pglite.transaction((tx) => work(queryWith(tx), (sql) => tx.exec(sql))),
    close: async () => {
      await pglite.close();
      await unlock();
    },
  };
}

export async function openEmbedded(directory) {
  if (!directory) return wrap(await createInMemory(), async () => {});
  await mkdir(directory, { recursive: true });
  const unlock = await lockDirectory(directory);
  try {
    return wrap(await createInDirectory(directory), unlock);
  } catch (error) {
    await unlock();
    throw error;
  }
}
