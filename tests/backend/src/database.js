import { openEmbedded } from './database_embedded.js';
import { openServer } from './database_server.js';
import { migrate } from './migrate.js';

/**
 * Opens and migrates the database: a PostgreSQL server if `databaseUrl` is given, else the embedded one in
 * `dataDir` or in memory.
 *
 * The result has query(sql, params) -> rows, transaction(work(query)) and close(). DECIMAL and BIGINT columns come as
 * their text, timestamps as Date, JSON parsed.
 */
export async function openDatabase({ databaseUrl, dataDir }) {
  const database = databaseUrl ? await openServer(databaseUrl) : await openEmbedded(dataDir);
  try {
    await migrate(database);
  } catch (error) {
    await database.close();
    throw error;
  }
  return database;
}
