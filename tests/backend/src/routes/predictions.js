import { Router } from 'express';

import { readAccuracy } from '../accuracy.js';
import { OUTCOMES } from '../domain.js';
import { sendSuccess } from '../envelope.js';
import { badRequest, notFound } from '../errors.js';
import { checkPrediction } from '../prediction_rules.js';
import { isUuid, queryNumber, queryPage, queryTime, requireFields, requirePair } from '../validate.js';
import { isoTime, jsonText, pagination } from '../wire.js';

const PAGE = { defaultLimit: 50, maxLimit: 100 };

const INSERT = `
  INSERT INTO predictions (pair, timeframe, signal, confidence, entry_price, factors, stop_loss, take_profit,
                           risk_reward_ratio, position_size, signal_strength, market_condition, technical_data,
                           model_version_id)
  VALUES ($1, $2, $3, $4, $5, $6::jsonb, $7, $8, $9, $10, $11, $12, $13::jsonb, $14)
  RETURNING id, pair, signal, confidence, entry_price`;

function createPrediction(database, number) {
  return async (req, res) => {
    const body = req.body ?? {};
    checkPrediction(body);
    const [row] = await database.query(INSERT, [
      body.pair, body.timeframe, body.signal, body.confidence, body.entryPrice, jsonText(body.factors),
      body.stopLoss ?? null, body.takeProfit ?? null, body.riskRewardRatio ?? null, body.positionSize ?? null,
      body.signalStrength ?? null, body.marketCondition ?? null, jsonText(body.technicalData),
      body.modelVersionId ?? null,
    ]);
    const stored = { predictionId: row.id, pair: row.pair, signal: row.signal };
    sendSuccess(res, { ...stored, confidence: number(row.confidence), entryPrice: number(row.entry_price) }, 201);
  };
}

const predictionOnWire = (number) => (row) => ({
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
  positionSize: number(row.position_size),
  source: row.source,
  signalStrength: row.signal_strength,
  marketCondition: row.market_condition,
  modelVersionId: row.model_version_id,
  status: row.status,
  actualOutcome: row.actual_outcome,
  actualPnL: number(row.actual_pnl),
  actualPnLPercent: number(row.actual_pnl_percent),
  durationMinutes: row.duration_minutes,
  createdAt: isoTime(row.created_at),
  triggeredAt: isoTime(row.triggered_at),
});

const FILTER = `
  ($1::text IS NULL OR pair = $1) AND ($2::text IS NULL OR status = $2)
  AND ($3::text IS NULL OR actual_outcome = $3) AND ($4::numeric IS NULL OR confidence >= $4)`;

function listPredictions(database, number) {
  return async (req, res) => {
    const { pair, status, outcome } = req.query;
    const filter = [pair ? requirePair(pair) : null, status || null, outcome || null, queryNumber(req.query, 'minConfidence')];
    const page = queryPage(req.query, PAGE);
    const [{ total }] = await database.query(`SELECT count(*)::int AS total FROM predictions WHERE ${FILTER}`, filter);
    const rows = await database.query(
      `SELECT * FROM predictions WHERE ${FILTER} ORDER BY created_at DESC, sequence DESC LIMIT $5 OFFSET $6`,
      [...filter, page.limit, page.offset],
    );
    const predictions = rows.map(predictionOnWire(number));
    sendSuccess(res, { predictions, pagination: pagination(total, page, rows.length) });
  };
}

// The duration is that of the first outcome: repeating the call changes nothing.
const SET_OUTCOME = `
  UPDATE predictions
  SET actual_outcome = $2, actual_pnl = COALESCE($3, actual_pnl), actual_pnl_percent = COALESCE($4, actual_pnl_percent),
      duration_minutes = COALESCE(duration_minutes, floor(extract(epoch FROM now() - created_at) / 60)::int)
  WHERE id = $1
  RETURNING id, actual_outcome, actual_pnl, actual_pnl_percent, duration_minutes`;

function setOutcome(database, number) {
  return async (req, res) => {
    const { outcome, actualPnL = null, actualPnLPercent = null } = req.body ?? {};
    requireFields({ outcome }, ['outcome']);
    if (!OUTCOMES.includes(outcome)) throw badRequest('INVALID_OUTCOME', `outcome is '${outcome}', it must be one of ${OUTCOMES.join(', ')}`);
    const { id } = req.params;
    const [row] = isUuid(id) ? await database.query(SET_OUTCOME, [id, outcome, actualPnL, actualPnLPercent]) : [];
    if (!row) throw notFound('PREDICTION_NOT_FOUND', `Prediction ${id} not found`);
    sendSuccess(res, {
      predictionId: row.id,
      outcome: row.actual_outcome,
      actualPnL: number(row.actual_pnl),
      actualPnLPercent: number(row.actual_pnl_percent),
      durationMinutes: row.duration_minutes,
    });
  };
}

function getAccuracy(database, number) {
  return async (req, res) => {
    const { modelVersionId, pair } = req.query;
    const filters = {
      modelVersionId: modelVersionId || null,
      pair: pair ? requirePair(pair) : null,
      startDate: isoTime(queryTime(req.query, 'startDate')),
      endDate: isoTime(queryTime(req.query, 'endDate')),
      minConfidence: queryNumber(req.query, 'minConfidence'),
    };
    sendSuccess(res, { filters, ...(await readAccuracy(database, filters, number)) });
  };
}

export function predictionRoutes(database, number) {
  const router = Router();
  router.post('/', createPrediction(database, number));
  router.get('/', listPredictions(database, number));
  router.get('/accuracy', getAccuracy(database, number));
  router.put('/:id/outcome', setOutcome(database, number));
  return router;
}
