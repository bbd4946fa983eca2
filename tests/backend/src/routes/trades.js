// GET /training-data/trades, and the stand-in's own POST that fills it.
import { Router } from 'express';

import { TRADE_STATUSES } from '../domain.js';
import { sendSuccess } from '../envelope.js';
import { badRequest } from '../errors.js';
import { readSeedBatch, storeSeedBatch } from '../seed_batch.js';
import { queryPage, queryTime, requirePair } from '../validate.js';
import { isoTime, pagination } from '../wire.js';

const PAGE = { defaultLimit: 1000, maxLimit: 10000 };

const FILTER = `
  ($1::text IS NULL OR pair = $1) AND ($2::text IS NULL OR status = $2)
  AND ($3::timestamptz IS NULL OR opened_at >= $3) AND ($4::timestamptz IS NULL OR opened_at <= $4)`;

const tradeOnWire = (number) => (row) => ({
  id: row.id,
  pair: row.pair,
  signalId: row.signal_id,
  side: row.side,
  status: row.status,
  positionSize: number(row.position_size),
  entryPrice: number(row.entry_price),
  exitPrice: number(row.exit_price),
  stopLoss: number(row.stop_loss),
  takeProfit: number(row.take_profit),
  actualPnL: number(row.actual_pnl),
  actualPnLPercent: number(row.actual_pnl_percent),
  openedAt: isoTime(row.opened_at),
  closedAt: isoTime(row.closed_at),
  createdAt: isoTime(row.created_at),
});

function requireStatus(status) {
  if (!TRADE_STATUSES.includes(status)) throw badRequest('INVALID_STATUS', `status is '${status}', it must be one of ${TRADE_STATUSES.join(', ')}`);
  return status;
}

function listTrades(database, number) {
  return async (req, res) => {
    const { pair, status } = req.query;
    const filter = [
      pair ? requirePair(pair) : null, status ? requireStatus(status) : null,
      queryTime(req.query, 'startDate'), queryTime(req.query, 'endDate'),
    ];
    const page = queryPage(req.query, PAGE);
    const [{ total }] = await database.query(`SELECT count(*)::int AS total FROM trades WHERE ${FILTER}`, filter);
    const rows = await database.query(
      `SELECT * FROM trades WHERE ${FILTER} ORDER BY opened_at DESC, sequence DESC LIMIT $5 OFFSET $6`,
      [...filter, page.limit, page.offset],
    );
    sendSuccess(res, { trades: rows.map(tradeOnWire(number)), pagination: pagination(total, page, rows.length) });
  };
}

const INSERT = `
  INSERT INTO trades (pair, signal_id, side, status, position_size, entry_price, exit_price, stop_loss, take_profit,
                      actual_pnl, actual_pnl_percent, opened_at, closed_at)
  SELECT r.pair, r."signalId", r.side, COALESCE(r.status, CASE WHEN r."closedAt" IS NULL THEN 'open' ELSE 'closed' END),
         r."positionSize", r."entryPrice", r."exitPrice", r."stopLoss", r."takeProfit", r."actualPnL",
         r."actualPnLPercent", COALESCE(r."openedAt", now()), r."closedAt"
  FROM json_to_recordset($1::json) AS r (
    pair text, "signalId" uuid, side text, status text, "positionSize" numeric, "entryPrice" numeric,
    "exitPrice" numeric, "stopLoss" numeric, "takeProfit" numeric, "actualPnL" numeric, "actualPnLPercent" numeric,
    "openedAt" timestamptz, "closedAt" timestamptz)
  RETURNING id`;

/** Stores trades as they are given; what the table's own rules refuse is refused. */
export const storeTrades = (query, trades) =>
  storeSeedBatch(query, INSERT, readSeedBatch('trades', trades, ['openedAt', 'closedAt']));

export function tradeRoutes(database, number) {
  const router = Router();
  router.get('/', listTrades(database, number));
  router.post('/', async (req, res) => sendSuccess(res, await storeTrades(database.query, req.body?.trades), 201));
  return router;
}
