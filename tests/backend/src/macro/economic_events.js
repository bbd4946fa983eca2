// GET and POST /training-data/economic-events: the economic calendar.
import { Router } from 'express';

import { sendSuccess } from '../envelope.js';
import { queryPage, requireEnum } from '../validate.js';
import { isoTime, pagination } from '../wire.js';
import { PAGE, queryList, queryRange, readBatch, readNumber, readText, readTime, requirePresent, upsert } from './request.js';

const IMPACT_LEVELS = ['holiday', 'low', 'medium', 'high'];

const FILTER = `
  ($1::text[] IS NULL OR currency = ANY ($1)) AND ($2::text[] IS NULL OR impact_level = ANY ($2))
  AND ($3::timestamptz IS NULL OR event_date >= $3) AND ($4::timestamptz IS NULL OR event_date <= $4)`;

const eventOnWire = (number) => (row) => ({
  eventDate: isoTime(row.event_date),
  currency: row.currency,
  eventName: row.event_name,
  impactLevel: row.impact_level,
  forecastValue: number(row.forecast_value),
  actualValue: number(row.actual_value),
  previousValue: number(row.previous_value),
  source: row.source,
  timeKnown: row.time_known ?? true,
});

function listEvents(database, number) {
  return async (req, res) => {
    const impactLevels = queryList(req.query, 'impactLevels', 'impact_level');
    impactLevels?.forEach((level) => requireEnum('impactLevels', level, IMPACT_LEVELS));
    const filter = [queryList(req.query, 'currency'), impactLevels, ...queryRange(req.query)];
    const page = queryPage(req.query, PAGE);
    const [{ total }] = await database.query(`SELECT count(*)::int AS total FROM economic_events WHERE ${FILTER}`, filter);
    const rows = await database.query(
      `SELECT * FROM economic_events WHERE ${FILTER} ORDER BY event_date, currency, event_name LIMIT $5 OFFSET $6`,
      [...filter, page.limit, page.offset],
    );
    sendSuccess(res, { events: rows.map(eventOnWire(number)), pagination: pagination(total, page, rows.length) });
  };
}

function readTimeKnown({ timeKnown = null }, where) {
  return timeKnown === null ? null : requireEnum(`${where}.timeKnown`, timeKnown, [true, false]);
}

function readEvent(entry, where) {
  requirePresent(entry, ['eventDate', 'currency', 'eventName', 'impactLevel'], where);
  return {
    event_date: readTime(entry, 'eventDate', where),
    currency: readText(entry, 'currency', where),
    event_name: readText(entry, 'eventName', where),
    impact_level: requireEnum(`${where}.impactLevel`, entry.impactLevel, IMPACT_LEVELS),
    forecast_value: readNumber(entry, 'forecastValue', where),
    actual_value: readNumber(entry, 'actualValue', where),
    previous_value: readNumber(entry, 'previousValue', where),
    source: readText(entry, 'source', where),
    time_known: readTimeKnown(entry, where),
  };
}

// A null never overwrites a known value.
const UPSERT = `
  INSERT INTO economic_events AS e (event_date, currency, event_name, impact_level, forecast_value, actual_value,
                                    previous_value, source, time_known)
  SELECT r.event_date, r.currency, r.event_name, r.impact_level, r.forecast_value, r.actual_value, r.previous_value,
         r.source, r.time_known
  FROM json_to_recordset($1::json) AS r (event_date timestamptz, currency text, event_name text, impact_level text,
                                         forecast_value numeric, actual_value numeric, previous_value numeric,
                                         source text, time_known boolean)
  ON CONFLICT (event_date, currency, event_name) DO UPDATE
    SET impact_level = EXCLUDED.impact_level,
        forecast_value = COALESCE(EXCLUDED.forecast_value, e.forecast_value),
        actual_value = COALESCE(EXCLUDED.actual_value, e.actual_value),
        previous_value = COALESCE(EXCLUDED.previous_value, e.previous_value),
        source = COALESCE(EXCLUDED.source, e.source),
        time_known = COALESCE(EXCLUDED.time_known, e.time_known),
        updated_at = now()
  RETURNING (xmax = 0) AS inserted`;

function mergeEvents(earlier, later) {
  const known = Object.entries(later).filter(([, value]) => value !== null);
  return { ...earlier, ...Object.fromEntries(known) };
}

const BATCH = {
  read: readEvent,
  keyOf: (event) => [event.event_date, event.currency, event.event_name],
  merge: mergeEvents,
};

function storeEvents(database) {
  return async (req, res) => {
    sendSuccess(res, await upsert(database.query, UPSERT, readBatch(req.body, 'events', BATCH)));
  };
}

/** `database` has query(sql, params) -> rows; `number` gives the text of a DECIMAL column its wire form. */
export function economicEventRoutes(database, number) {
  const router = Router();
  router.get('/', listEvents(database, number));
  router.post('/', storeEvents(database));
  return router;
}
