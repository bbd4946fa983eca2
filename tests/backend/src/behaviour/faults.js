// Failures on purpose: rules that say which requests are answered late, wrongly or not at all.
import { setTimeout as sleep } from 'node:timers/promises';

import { failureBody } from '../envelope.js';
import { ApiError } from '../errors.js';
import { seededRandom } from './random.js';
import { InvalidBehaviour, readChoice, readInteger, readReal, readText } from './read.js';

export const ACTIONS = ['delay', 'fail', 'hang', 'close', 'reset'];

const MAX_COUNT = 1e9;
const MAX_DELAY_MS = 600000;
const ROUTE = /^(?:(\*|[A-Z]+) )?(\*|\/\S*)$/;

const READERS = {
  // "POST /predictions", "GET /training-data/*", "/models" (any method), "*" (all).
  route: (value) => {
    if (!ROUTE.test(value)) throw new InvalidBehaviour(`faults.route is '${value}', it must look like 'POST /predictions' or 'GET /models/*'`);
    return value;
  },
  action: (value) => readChoice('faults.action', value, ACTIONS),
  // after: the request is carried out, and only its answer is lost.
  when: (value) => readChoice('faults.when', value, ['before', 'after']),
  delayMs: (value) => readInteger('faults.delayMs', value, { from: 0, to: MAX_DELAY_MS }),
  status: (value) => readInteger('faults.status', value, { from: 400, to: 599 }),
  code: (value) => readText('faults.code', value),
  message: (value) => readText('faults.message', value),
  skip: (value) => readInteger('faults.skip', value, { from: 0, to: MAX_COUNT }),
  count: (value) => readInteger('faults.count', value, { from: 1, to: MAX_COUNT }),
  probability: (value) => readReal('faults.probability', value, { from: 0, to: 1 }),
};

const DEFAULTS = {
  route: '*', when: 'before', delayMs: 0, status: 503, code: 'INTERNAL_ERROR', message: 'Failure on purpose', skip: 0, count: null,
  probability: 1,
};

/** A rule with its defaults; throws InvalidBehaviour. */
export function readFault(given) {
  const entries = Object.entries(given ?? {}).filter(([, value]) => value !== null);
  const read = entries.map(([name, value]) => {
    if (!READERS[name]) throw new InvalidBehaviour(`faults has '${name}', a rule has only ${Object.keys(READERS).join(', ')}`);
    return [name, READERS[name](value)];
  });
  const rule = { ...DEFAULTS, ...Object.fromEntries(read) };
  readChoice('faults.action', rule.action, ACTIONS);
  return rule;
}

function matches(route, { method, path }) {
  const [, wantedMethod = '*', wantedPath] = ROUTE.exec(route);
  if (wantedMethod !== '*' && wantedMethod !== method) return false;
  return wantedPath.endsWith('*') ? path.startsWith(wantedPath.slice(0, -1)) : path === wantedPath;
}

/** Answers in place of the route, or breaks the connection; a delay leaves the answer as it is. */
function act(rule, req, errorShape, send) {
  if (rule.action === 'close') req.socket.destroy();
  if (rule.action === 'reset') req.socket.resetAndDestroy();
  if (rule.action === 'fail') send(rule.status, failureBody(new ApiError(rule.status, rule.code, rule.message), errorShape));
}

/** Lets the route work, and does to its finished answer what the rule says. */
function actAfter(rule, req, res, errorShape) {
  const end = res.end;
  const replace = (status, body) => {
    const text = JSON.stringify(body);
    res.statusCode = status;
    res.set('Content-Length', Buffer.byteLength(text));
    end.call(res, text);
  };
  res.end = (...args) => {
    setTimeout(() => {
      if (rule.action === 'delay') end.apply(res, args);
      else act(rule, req, errorShape, replace);
    }, rule.delayMs);
    return res;
  };
}

/** Middleware that applies the rules in order: delays add up, and the first other rule that strikes is the last. */
export function injectFaults(behaviour) {
  let random;
  // How often each rule was met, and how often it struck.
  let met;
  const begin = () => {
    random = seededRandom(behaviour.current.randomSeed);
    met = behaviour.current.faults.map(() => ({ requests: 0, strikes: 0 }));
  };
  begin();
  behaviour.onChange((names) => {
    if (names.includes('faults') || names.includes('randomSeed')) begin();
  });

  const strikes = (rule, index, req) => {
    if (!matches(rule.route, req)) return false;
    const counts = met[index];
    counts.requests += 1;
    if (counts.requests <= rule.skip || (rule.count !== null && counts.strikes >= rule.count)) return false;
    if (rule.probability < 1 && random() >= rule.probability) return false;
    counts.strikes += 1;
    return true;
  };

  return async (req, res, next) => {
    const { faults, errorShape } = behaviour.current;
    const struck = faults.filter((rule, index) => strikes(rule, index, req));
    for (const rule of struck.filter((each) => each.when === 'before')) {
      if (rule.delayMs > 0) await sleep(rule.delayMs);
      if (rule.action === 'delay') continue;
      act(rule, req, errorShape, (status, body) => res.status(status).json(body));
      return;
    }
    for (const rule of struck.filter((each) => each.when === 'after')) actAfter(rule, req, res, errorShape);
    next();
  };
}
