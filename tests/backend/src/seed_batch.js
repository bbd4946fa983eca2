// Rows of signals and trades as a test or a seed file gives them, stored in one statement.
import { badRequest } from './errors.js';
import { isPair } from './domain.js';
import { parseTime } from './validate.js';

const MAX_BATCH = 10000;

const isAbsent = (value) => value === undefined || value === null;

function readRow(row, where, timeFields) {
  if (!isPair(row?.pair)) throw badRequest('INVALID_PAIR', `${where}.pair is '${row?.pair}', it must look like EUR/USD`);
  const read = { ...row };
  for (const name of timeFields.filter((each) => !isAbsent(row[each]))) {
    const time = parseTime(row[name]);
    if (!time) throw badRequest('INVALID_DATE', `${where}.${name} is '${row[name]}', it must be an ISO 8601 time`);
    read[name] = time.toISOString();
  }
  return read;
}

/** The rows with their times in UTC; throws 400 naming the row and field that is not right. */
export function readSeedBatch(name, rows, timeFields) {
  if (!Array.isArray(rows)) throw badRequest('MISSING_FIELDS', `Missing required fields: ${name}, a list`);
  if (rows.length > MAX_BATCH) throw badRequest('INVALID_BATCH', `${name} has ${rows.length}, at most ${MAX_BATCH}`);
  return rows.map((row, index) => readRow(row, `${name}[${index}]`, timeFields));
}

/** Runs an insert of a JSON list; the result is {inserted, ids} in the order of the rows. */
export async function storeSeedBatch(query, sql, rows) {
  const ids = (await query(sql, [JSON.stringify(rows)])).map((row) => row.id);
  return { inserted: ids.length, ids };
}
