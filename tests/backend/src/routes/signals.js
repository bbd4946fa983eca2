// GET /training-data/signals, and the stand-in's own POST that fills it. The signals are the rows of `predictions`.
import { Router } from 'express';

import { OUTCOMES } from '../domain.js';
import { sendSuccess } from '../envelope.js';
import { badRequest } from '../errors.js';
import { readSeedBatch, storeSeedBatch } from '../seed_batch.js';
import { queryNumber, queryPage, queryTime, requirePair } from '../validate.js';
import { isoTime, pagination } from '../wire.js';

const PAGE = { defaultLimit: 1000, maxLimit: 10000 };

const FILTER = `
  ($1::text IS NULL OR pair = $1) AND ($2::text IS NULL OR actual_outcome = $2)
  AND ($3::numeric IS NULL OR confidence >= $3)
  AND ($4::timestamptz IS NULL OR created_at >= $4) AND ($5::timestamptz IS NULL OR created_at <= $5)`;

const signalOnWire = (number) => (row) => ({
  id: row.id,
  pair: row.pair,
  timeframe: row.timeframe,
  signal: row.signal,
  confidence: number(row.confidence),
  factors: row.factors,
  entryPrice: number(row.entry_price),
  stopLoss: number(row.stop_loss),
  takeProfit: number(row.take_profit),
  riskRewardRatio: number(row.risk_reward_ratio),
  source: row.source,
  signalStrength: row.signal_strength,
  marketCondition: row.market_condition,
  technicalData: row.technical_data,
  status: row.status,
  actualOutcome: row.actual_outcome,
  actualPnL: number(row.actual_pnl),
  actualPnLPercent: number(row.actual_pnl_percent),
  durationMinutes: row.duration_minutes,
  createdAt: isoTime(row.created_at),
  triggeredAt: isoTime(row.triggered_at),
});

function requireOutcome(outcome) {
  const known = [...OUTCOMES, 'pending'];
  if (!known.includes(outcome)) throw badRequest('INVALID_OUTCOME', `outcome is '${outcome}', it must be one of ${known.join(', ')}`);
  return outcome;
}

function listSignals(database, number) {
  return async (req, res) => {
    const { pair, outcome } = req.query;
    const filter = [
      pair ? requirePair(pair) : null, outcome ? requireOutcome(outcome) : null, queryNumber(req.query, 'minConfidence'),
      queryTime(req.query, 'startDate'), queryTime(req.query, 'endDate'),
    ];
    const page = queryPage(req.query, PAGE);
    const [{ total }] = await database.query(`SELECT count(*)::int AS total FROM predictions WHERE ${FILTER}`, filter);
    const rows = await database.query(
      `SELECT * FROM predictions WHERE ${FILTER} ORDER BY created_at DESC, sequence DESC LIMIT $6 OFFSET $7`,
      [...filter, page.limit, page.offset],
    );
    sendSuccess(res, { signals: rows.map(signalOnWire(number)), pagination: pagination(total, page, rows.length) });
  };
}

const INSERT = `
  INSERT INTO predictions (pair, timeframe, signal, confidence, factors, entry_price, stop_loss, take_profit,
                           risk_reward_ratio, source, signal_strength, market_condition, technical_data, status,
                           actual_outcome, actual_pnl, actual_pnl_percent, duration_minutes, created_at, triggered_at)
  SELECT r.pair, COALESCE(r.timeframe, '1h'), r.signal, r.confidence, COALESCE(r.factors, '{}'), r."entryPrice",
         r."stopLoss", r."takeProfit", r."riskRewardRatio", COALESCE(r.source, 'manual'), r."signalStrength",
         r."marketCondition", r."technicalData", COALESCE(r.status, 'active'), COALESCE(r."actualOutcome", 'pending'),
         r."actualPnL", r."actualPnLPercent", r."durationMinutes", COALESCE(r."createdAt", now()), r."triggeredAt"
  FROM json_to_recordset($1::json) AS r (
    pair text, timeframe text, signal text, confidence numeric, factors jsonb, "entryPrice" numeric, "stopLoss" numeric,
    "takeProfit" numeric, "riskRewardRatio" numeric, source text, "signalStrength" text, "marketCondition" text,
    "technicalData" jsonb, status text, "actualOutcome" text, "actualPnL" numeric, "actualPnLPercent" numeric,
    "durationMinutes" integer, "createdAt" timestamptz, "triggeredAt" timestamptz)
  RETURNING id`;

/** Stores signals as they are given, also with an outcome; what the table's own rules refuse is refused. */
export const storeSignals = (query, signals) =>
  storeSeedBatch(query, INSERT, readSeedBatch('signals', signals, ['createdAt', 'triggeredAt']));

export function signalRoutes(database, number) {
  const router = Router();
  router.get('/', listSignals(database, number));
  router.post('/', async (req, res) => sendSuccess(res, await storeSignals(database.query, req.body?.signals), 201));
  return router;
}
