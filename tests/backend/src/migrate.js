import { readdir, readFile } from 'node:fs/promises';

const MIGRATIONS = new URL('./migrations/', import.meta.url);
// Any constant does: it keeps two backends that start on one server from migrating at once.
const LOCK_KEY = 7240113;

/** Applies, in one transaction, the files of src/migrations that this database has not had yet, by file name. */
export async function migrate(database) {
  const names = (await readdir(MIGRATIONS)).filter((name) => name.endsWith('.sql')).sort();
  await database.transaction(async (query, execute) => {
    await query('SELECT pg_advisory_xact_lock($1)', [LOCK_KEY]);
    await query('CREATE TABLE IF NOT EXISTS schema_migrations (name text PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())');
    const applied = new Set((await query('SELECT name FROM schema_migrations')).map((row) => row.name));
    for (const name of names.filter((each) => !applied.has(each))) {
      await execute(await readFile(new URL(name, MIGRATIONS), 'utf8'));
      await query('INSERT INTO schema_migrations (name) VALUES ($1)', [name]);
    }
  });
}
