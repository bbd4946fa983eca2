// What the two routes of macro data share: parameters under both of their names, and batches.
import { badRequest, validationError } from '../errors.js';
import { finiteNumber, parseTime, queryTime } from '../validate.js';

/** The most records of one POST. */
export const MAX_BATCH = 1000;

export const PAGE = { defaultLimit: 1000, maxLimit: 10000 };

const isAbsent = (value) => value === undefined || value === null || value === '';

const parameter = (query, name, alias) => (isAbsent(query[name]) ? query[alias] : query[name]);

/** A comma separated list of the query string; null if absent, which means all. */
export function queryList(query, name, alias) {
  const text = parameter(query, name, alias);
  if (isAbsent(text)) return null;
  return String(text).split(',').map((part) => part.trim()).filter((part) => part !== '');
}

/** startDate and endDate, also as start_date and end_date; null where absent. */
export function queryRange(query) {
  const time = (name, alias) => queryTime({ [name]: parameter(query, name, alias) }, name);
  return [time('startDate', 'start_date'), time('endDate', 'end_date')];
}

/** The list `name` of a POST's body, each entry read by `read(entry, where)`; entries of the same key become one. */
export function readBatch(body, name, { read, keyOf, merge }) {
  const list = body?.[name];
  if (isAbsent(list)) throw badRequest('MISSING_FIELDS', `Missing required fields: ${name}`);
  if (!Array.isArray(list)) throw badRequest('INVALID_BATCH', `${name} is not a list`);
  if (list.length > MAX_BATCH) throw badRequest('INVALID_BATCH', `${name} has ${list.length}, at most ${MAX_BATCH}`);
  const byKey = new Map();
  list.forEach((entry, index) => {
    const record = read(entry ?? {}, `${name}[${index}]`);
    const key = JSON.stringify(keyOf(record));
    byKey.set(key, byKey.has(key) ? merge(byKey.get(key), record) : record);
  });
  return [...byKey.values()];
}

/** Unlike the platform's usual test for presence, 0 is a value here. */
export function requirePresent(entry, names, where) {
  const missing = names.filter((name) => isAbsent(entry[name]));
  if (missing.length > 0) throw badRequest('MISSING_FIELDS', `Missing required fields: ${missing.map((name) => `${where}.${name}`).join(', ')}`);
}

/** A time as ISO 8601 text in UTC, null if absent. */
export function readTime(entry, name, where) {
  if (isAbsent(entry[name])) return null;
  const time = parseTime(entry[name]);
  if (!time) throw validationError(`${where}.${name} is ${JSON.stringify(entry[name])}, it must be an ISO 8601 time`);
  return time.toISOString();
}

/** A number or its text, null if absent. */
export function readNumber(entry, name, where) {
  if (isAbsent(entry[name])) return null;
  if (finiteNumber(entry[name]) === undefined) throw validationError(`${where}.${name} is ${JSON.stringify(entry[name])}, it must be a number`);
  return entry[name];
}

/** A text, null if absent. */
export function readText(entry, name, where) {
  if (isAbsent(entry[name])) return null;
  if (typeof entry[name] !== 'string') throw validationError(`${where}.${name} is ${JSON.stringify(entry[name])}, it must be text`);
  return entry[name];
}

/** Runs an upsert of a JSON list that returns `inserted` for each row; the result is {inserted, updated}. */
export async function upsert(query, sql, records) {
  const rows = await query(sql, [JSON.stringify(records)]);
  const inserted = rows.filter((row) => row.inserted).length;
  return { inserted, updated: rows.length - inserted };
}
