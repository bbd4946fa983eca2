import { isPair, TIMEFRAMES } from './domain.js';
import { badRequest, validationError } from './errors.js';

const UUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const ISO_TIME = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?)?(Z|[+-]\d\d:?\d\d)?$/;

export const isUuid = (value) => typeof value === 'string' && UUID.test(value);

/** As the platform tests for presence: null, '', and 0 count as missing. */
export function requireFields(body, names) {
  const missing = names.filter((name) => !body[name]);
  if (missing.length > 0) throw badRequest('MISSING_FIELDS', `Missing required fields: ${missing.join(', ')}`);
}

export function requirePair(value) {
  if (!isPair(value)) throw badRequest('INVALID_PAIR', `pair is '${value}', it must look like EUR/USD`);
  return value;
}

/** A value outside an enumerated column is refused by the database layer, not by the route. */
export function requireEnum(name, value, allowed) {
  if (!allowed.includes(value)) throw validationError(`${name} is '${value}', it must be one of ${allowed.join(', ')}`);
  return value;
}

export const requireTimeframe = (value) => requireEnum('timeframe', value, TIMEFRAMES);

/** A finite number from a number or its text; undefined for anything else. */
export function finiteNumber(value) {
  const isNumeric = typeof value === 'number' || (typeof value === 'string' && value.trim() !== '');
  const number = isNumeric ? Number(value) : NaN;
  return Number.isFinite(number) ? number : undefined;
}

/** ISO 8601 text as a Date, undefined if it is none; without a zone it is UTC. */
export function parseTime(text) {
  const [matched, time, , , zone] = (typeof text === 'string' && ISO_TIME.exec(text)) || [];
  if (!matched) return undefined;
  const date = new Date(time && !zone ? `${text}Z` : text);
  return Number.isNaN(date.getTime()) ? undefined : date;
}

/** An optional time of the query string; null if absent. */
export function queryTime(query, name) {
  if (query[name] === undefined || query[name] === '') return null;
  const time = parseTime(query[name]);
  if (!time) throw badRequest('INVALID_DATE', `${name} is '${query[name]}', it must be an ISO 8601 time`);
  return time;
}

/** An optional finite number of the query string; null if absent or not a number. */
export const queryNumber = (query, name) => finiteNumber(query[name]) ?? null;

const wholeNumber = (text) => (/^\d{1,9}$/.test(text ?? '') ? Number(text) : undefined);

/** limit and offset; a limit above the maximum is lowered to it, nonsense takes the default. */
export function queryPage(query, { defaultLimit, maxLimit }) {
  return {
    limit: Math.min(wholeNumber(query.limit) || defaultLimit, maxLimit),
    offset: wholeNumber(query.offset) ?? 0,
  };
}
