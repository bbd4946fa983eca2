// GET and POST /training-data/fundamental: macroeconomic series with their vintages.
import { Router } from 'express';

import { sendSuccess } from '../envelope.js';
import { queryPage, queryTime, requireEnum } from '../validate.js';
import { isoTime, pagination } from '../wire.js';
import { PAGE, queryList, queryRange, readBatch, readNumber, readText, readTime, requirePresent, upsert } from './request.js';

const INDICATORS = ['interest_rate', 'gdp', 'cpi', 'unemployment', 'inflation', 'pmi', 'trade_balance'];

// A date counts as its midnight, UTC.
const FILTER = `
  ($1::text IS NULL OR indicator = $1) AND ($2::text[] IS NULL OR country = ANY ($2))
  AND ($3::timestamptz IS NULL OR date >= ($3 AT TIME ZONE 'UTC')) AND ($4::timestamptz IS NULL OR date <= ($4 AT TIME ZONE 'UTC'))`;

const ALL_VINTAGES = `SELECT * FROM fundamental_data WHERE ${FILTER} AND $5::timestamptz IS NULL`;

// What was known at a moment: of each value the newest vintage released by then. A row without a release time cannot
// be shown to have been known.
const KNOWN_THEN = `
  SELECT DISTINCT ON (indicator, country, date) * FROM fundamental_data
  WHERE ${FILTER} AND released_at <= $5::timestamptz
  ORDER BY indicator, country, date, released_at DESC`;

const COLUMNS = `to_char(date, 'YYYY-MM-DD') AS day, country, indicator, value, unit, source, released_at`;
const ORDER = 'ORDER BY date, released_at NULLS FIRST, country, indicator';

const recordOnWire = (number) => (row) => ({
  date: row.day,
  country: row.country,
  indicator: row.indicator,
  value: number(row.value),
  unit: row.unit,
  source: row.source,
  releasedAt: isoTime(row.released_at),
});

function listRecords(database, number) {
  return async (req, res) => {
    const indicator = req.query.indicator ? requireEnum('indicator', req.query.indicator, INDICATORS) : null;
    const asOf = queryTime(req.query, 'asOf');
    const filter = [indicator, queryList(req.query, 'countries', 'country'), ...queryRange(req.query), asOf];
    const page = queryPage(req.query, PAGE);
    const source = asOf ? KNOWN_THEN : ALL_VINTAGES;
    const [{ total }] = await database.query(`SELECT count(*)::int AS total FROM (${source}) AS matching`, filter);
    const rows = await database.query(
      `SELECT ${COLUMNS} FROM (${source}) AS matching ${ORDER} LIMIT $6 OFFSET $7`,
      [...filter, page.limit, page.offset],
    );
    sendSuccess(res, { fundamentalData: rows.map(recordOnWire(number)), pagination: pagination(total, page, rows.length) });
  };
}

function readRecord(entry, where) {
  requirePresent(entry, ['date', 'country', 'indicator', 'value'], where);
  return {
    date: readTime(entry, 'date', where).slice(0, 10),
    country: readText(entry, 'country', where),
    indicator: requireEnum(`${where}.indicator`, entry.indicator, INDICATORS),
    value: readNumber(entry, 'value', where),
    unit: readText(entry, 'unit', where),
    source: readText(entry, 'source', where),
    released_at: readTime(entry, 'releasedAt', where),
  };
}

const UPSERT = `
  INSERT INTO fundamental_data (date, country, indicator, value, unit, source, released_at)
  SELECT r.date, r.country, r.indicator, r.value, r.unit, r.source, r.released_at
  FROM json_to_recordset($1::json) AS r (date date, country text, indicator text, value numeric, unit text, source text,
                                         released_at timestamptz)
  ON CONFLICT (indicator, country, date, released_at) DO UPDATE
    SET value = EXCLUDED.value, unit = EXCLUDED.unit, source = EXCLUDED.source, updated_at = now()
  RETURNING (xmax = 0) AS inserted`;

const BATCH = {
  read: readRecord,
  keyOf: (record) => [record.date, record.country, record.indicator, record.released_at],
  merge: (_earlier, later) => later,
};

function storeRecords(database) {
  return async (req, res) => {
    sendSuccess(res, await upsert(database.query, UPSERT, readBatch(req.body, 'records', BATCH)));
  };
}

/** `database` has query(sql, params) -> rows; `number` gives the text of a DECIMAL column its wire form. */
export function fundamentalRoutes(database, number) {
  const router = Router();
  router.get('/', listRecords(database, number));
  router.post('/', storeRecords(database));
  return router;
}
