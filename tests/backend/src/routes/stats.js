import { Router } from 'express';

import { sendSuccess } from '../envelope.js';
import { requirePair } from '../validate.js';
import { isoTime } from '../wire.js';

function recordStats({ count, oldest, latest }) {
  return count === 0 ? { count } : { count, oldestRecord: isoTime(oldest), latestRecord: isoTime(latest) };
}

async function statsOf(database, table, timeColumn, pair) {
  const [row] = await database.query(
    `SELECT count(*)::int AS count, min(${timeColumn}) AS oldest, max(${timeColumn}) AS latest
     FROM ${table} WHERE $1::text IS NULL OR pair = $1`,
    [pair],
  );
  return recordStats(row);
}

export function statsRoutes(database) {
  const router = Router();
  router.get('/', async (req, res) => {
    const pair = req.query.pair ? requirePair(req.query.pair) : null;
    sendSuccess(res, {
      marketData: await statsOf(database, 'market_data', '"timestamp"', pair),
      signals: await statsOf(database, 'predictions', 'created_at', pair),
      trades: await statsOf(database, 'trades', 'opened_at', pair),
    });
  });
  return router;
}
