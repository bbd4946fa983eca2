// A limiter with fixed windows for each client address, and the headers that deployments announce it with.
import { ApiError } from '../errors.js';
import { InvalidBehaviour, readChoice, readInteger, readList } from './read.js';

const MAX_REQUESTS = 1e6;
const MAX_SECONDS = 86400;

const answersWith = {
  'retry-after': (state) => (state.allowed ? {} : { 'Retry-After': state.reset }),
  'retry-after-date': (state) => (state.allowed ? {} : { 'Retry-After': new Date(state.resetAt).toUTCString() }),
  three: ({ limit, remaining, reset }) => ({ 'RateLimit-Limit': limit, 'RateLimit-Remaining': remaining, 'RateLimit-Reset': reset }),
  combined: ({ limit, remaining, reset, seconds }) => ({
    'RateLimit-Policy': `${limit};w=${seconds}`,
    RateLimit: `limit=${limit}, remaining=${remaining}, reset=${reset}`,
  }),
  policy: ({ limit, remaining, reset, seconds }) => ({
    'RateLimit-Policy': `"default";q=${limit};w=${seconds}`,
    RateLimit: `"default";r=${remaining};t=${reset}`,
  }),
};

export const HEADER_FORMS = Object.keys(answersWith);

/** {requests, seconds}: so many requests in each window of that length; null: no limit. */
export function readRateLimit(value) {
  if (value === null) return null;
  return {
    requests: readInteger('rateLimit.requests', value?.requests, { from: 1, to: MAX_REQUESTS }),
    seconds: readInteger('rateLimit.seconds', value?.seconds, { from: 1, to: MAX_SECONDS }),
  };
}

/** Which headers tell of the limit; an empty list: none. */
export function readHeaderForms(value) {
  const forms = readList('rateLimitHeaders', value).map((each) => readChoice('rateLimitHeaders', each, HEADER_FORMS));
  for (const [one, other] of [['combined', 'policy'], ['retry-after', 'retry-after-date']]) {
    if (forms.includes(one) && forms.includes(other)) {
      throw new InvalidBehaviour(`rateLimitHeaders has ${one} and ${other}, which are two forms of one header`);
    }
  }
  return forms;
}

/** Counts requests; take(address) says whether one more is allowed and what headers may tell. */
export function createLimiter({ requests, seconds }, now) {
  const windows = new Map();
  const length = seconds * 1000;
  return (address) => {
    const time = now();
    for (const [each, window] of windows) if (window.resetAt <= time) windows.delete(each);
    const window = windows.get(address) ?? { used: 0, resetAt: time + length };
    windows.set(address, window);
    const allowed = window.used < requests;
    if (allowed) window.used += 1;
    const reset = Math.ceil((window.resetAt - time) / 1000);
    return { allowed, limit: requests, seconds, remaining: requests - window.used, reset, resetAt: window.resetAt };
  };
}

/** Middleware that counts every request and refuses those beyond the limit with 429. Setting the limit anew forgets all. */
export function limitRate(behaviour, now) {
  const create = () => behaviour.current.rateLimit && createLimiter(behaviour.current.rateLimit, now);
  let take = create();
  behaviour.onChange((names) => {
    if (names.includes('rateLimit')) take = create();
  });
  return (req, res, next) => {
    if (!take) return next();
    const state = take(req.socket.remoteAddress);
    for (const form of behaviour.current.rateLimitHeaders) res.set(answersWith[form](state));
    if (!state.allowed) throw new ApiError(429, 'RATE_LIMIT_EXCEEDED', 'Too many requests, please try again later');
    return next();
  };
}
