import { Router } from 'express';

import { candlesJson, selectCandles } from '../candle_json.js';
import { MAX_BATCH, readCandle, repeatedTimestamp, upsertCandles } from '../candles.js';
import { sendSuccess, sendSuccessList } from '../envelope.js';
import { badRequest } from '../errors.js';
import { queryPage, queryTime, requireFields, requirePair, requireTimeframe } from '../validate.js';
import { pagination } from '../wire.js';

const PAGE = { defaultLimit: 1000, maxLimit: 10000 };

const RANGE = `
  pair = $1 AND timeframe = $2
  AND ($3::timestamptz IS NULL OR "timestamp" >= $3) AND ($4::timestamptz IS NULL OR "timestamp" <= $4)`;

const PAGE_OF_CANDLES = selectCandles(`FROM market_data WHERE ${RANGE} ORDER BY "timestamp" LIMIT $5 OFFSET $6`);

function listCandles(database, behaviour) {
  return async (req, res) => {
    const pair = requirePair(req.params.pair);
    const timeframe = requireTimeframe(req.query.timeframe || '1h');
    const range = [pair, timeframe, queryTime(req.query, 'startDate'), queryTime(req.query, 'endDate')];
    const page = queryPage(req.query, PAGE);
    const [{ total }] = await database.query(`SELECT count(*)::int AS total FROM market_data WHERE ${RANGE}`, range);
    const [{ received, lines }] = await database.query(PAGE_OF_CANDLES, [...range, page.limit, page.offset]);
    const { numberForm } = behaviour.current;
    const marketData = candlesJson(lines, { pair, timeframe, numberForm, withSpread: behaviour.has('spread') });
    sendSuccessList(res, { pair, timeframe, marketData: [], pagination: pagination(total, page, received) }, 'marketData', marketData);
  };
}

function readBatch(candles) {
  if (!Array.isArray(candles)) throw badRequest('INVALID_CANDLES', 'candles is not a list');
  if (candles.length > MAX_BATCH) throw badRequest('INVALID_CANDLES', `candles has ${candles.length}, at most ${MAX_BATCH}`);
  const batch = candles.map((raw, index) =>
    readCandle(raw, (message) => {
      throw badRequest('INVALID_CANDLES', `candles[${index}].${message}`);
    }),
  );
  const repeated = repeatedTimestamp(batch);
  if (repeated) throw badRequest('INVALID_CANDLES', `candles has the timestamp ${repeated} twice`);
  return batch;
}

/** The stand-in's own route: the platform fills this table itself. */
function storeCandles(database) {
  return async (req, res) => {
    const body = req.body ?? {};
    requireFields(body, ['pair', 'timeframe', 'candles']);
    const pair = requirePair(body.pair);
    const timeframe = requireTimeframe(body.timeframe);
    sendSuccess(res, await upsertCandles(database.query, pair, timeframe, readBatch(body.candles)), 201);
  };
}

export function marketDataRoutes(database, behaviour) {
  const router = Router();
  router.get('/:pair', listCandles(database, behaviour));
  router.post('/', storeCandles(database));
  return router;
}
