import pg from 'pg';

const CONNECTIONS = 8;

async function inTransaction(pool, work) {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(
      async (sql, params) => (await client.query(sql, params)).rows,
      (script) => client.query(script),
    );
    await client.query('COMMIT');
    return result;
  } catch (error) {
    await client.query('ROLLBACK').catch(() => {});
    throw error;
  } finally {
    client.release();
  }
}

export async function openServer(connectionString) {
  const pool = new pg.Pool({ connectionString, max: CONNECTIONS });
  // Without a listener, a connection that the server drops while idle would end the process.
  pool.on('error', (error) => console.error(`database connection lost: ${error.message}`));
  return {
    query: async (sql, params) => (await pool.query(sql, params)).rows,
    transaction: (work) => inTransaction(pool, work),
    close: () => pool.end(),
  };
}
