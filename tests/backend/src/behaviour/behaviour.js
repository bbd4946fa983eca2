// The switches that make the backend behave as one deployment or another, readable and changeable while it runs.
import { readFault } from './faults.js';
import { readHeaderForms, readRateLimit } from './rate_limit.js';
import { InvalidBehaviour, readChoice, readInteger, readList } from './read.js';

/** What `without` can take away: routes, and the spread of a candle. */
export const FEATURES = ['signals', 'trades', 'fundamental', 'economic-events', 'ab-tests', 'spread'];

const READERS = {
  errorShape: (value) => readChoice('errorShape', value, ['deployed', 'documented']),
  numberForm: (value) => readChoice('numberForm', value, ['string', 'number']),
  without: (value) => readList('without', value).map((each) => readChoice('without', each, FEATURES)),
  rateLimit: readRateLimit,
  rateLimitHeaders: readHeaderForms,
  faults: (value) => readList('faults', value).map(readFault),
  randomSeed: (value) => readInteger('randomSeed', value, { from: 0, to: 2 ** 32 - 1 }),
};

export const DEFAULTS = {
  errorShape: 'deployed',
  numberForm: 'string',
  without: [],
  rateLimit: null,
  rateLimitHeaders: ['retry-after', 'three'],
  faults: [],
  randomSeed: 1,
};

/** The given switches, checked; throws InvalidBehaviour naming the switch and value. */
export function readBehaviour(given) {
  if (given === null || typeof given !== 'object' || Array.isArray(given)) throw new InvalidBehaviour('the switches are not an object');
  return Object.fromEntries(Object.entries(given).map(([name, value]) => {
    if (!READERS[name]) throw new InvalidBehaviour(`there is no switch '${name}', only ${Object.keys(READERS).join(', ')}`);
    return [name, READERS[name](value)];
  }));
}

/**
 * The switches in force: `behaviour.current.errorShape` and so on. change() sets those given and reset() brings back
 * those of the start; both call the listeners, with the names that were set.
 */
export function createBehaviour(given = {}) {
  const start = { ...DEFAULTS, ...readBehaviour(given) };
  const listeners = [];
  const behaviour = {
    current: start,
    has: (feature) => !behaviour.current.without.includes(feature),
    onChange: (listener) => listeners.push(listener),
    change(some) {
      const read = readBehaviour(some);
      behaviour.current = { ...behaviour.current, ...read };
      for (const listener of listeners) listener(Object.keys(read));
    },
    reset: () => behaviour.change(start),
  };
  return behaviour;
}
