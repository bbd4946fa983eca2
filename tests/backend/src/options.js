import { parseArgs } from 'node:util';

import { DEFAULTS, FEATURES, readBehaviour } from './behaviour/behaviour.js';
import { ACTIONS } from './behaviour/faults.js';
import { HEADER_FORMS } from './behaviour/rate_limit.js';
import { InvalidBehaviour } from './behaviour/read.js';
import { isPair, TIMEFRAMES } from './domain.js';

export const USAGE = `Usage: node server.js [options]

  --host HOST                        address to listen on (127.0.0.1)
  --port PORT                        0 picks a free one (0)
  --data-dir DIR                     keep the embedded database here (default: in memory)
  --api-key KEY                      key that callers must send (ML_ENGINE_API_KEY)
  --seed PAIR:TIMEFRAME:FILE.csv     load candles before serving; may be repeated
  --error-shape deployed|documented  form of the error envelope (deployed)
  --number-form string|number        DECIMAL and BIGINT columns on the wire (string)
  --without LIST                     what this deployment lacks, comma separated: ${FEATURES.join(', ')}
  --rate-limit N/SECONDS             refuse what is beyond N requests in each window (no limit)
  --rate-limit-headers LIST|none     ${HEADER_FORMS.join(', ')} (${DEFAULTS.rateLimitHeaders.join(',')})
  --fault RULE                       fail on purpose; may be repeated. RULE is KEY=VALUE,... with action
                                     (${ACTIONS.join(', ')}), route ('GET /models/*'), when (before, after),
                                     delayMs, status, code, message, skip, count, probability
  --random-seed N                    of the faults' probabilities (${DEFAULTS.randomSeed})
  --help

The last seven can be changed while it runs, at /control/behaviour.
With DATABASE_URL set, that PostgreSQL server is used instead of the embedded one.
`;

const DEFAULT_API_KEY = 'dev_ml_engine_key_replace_in_production';

const FLAGS = {
  host: { type: 'string', default: '127.0.0.1' },
  port: { type: 'string', default: '0' },
  'data-dir': { type: 'string' },
  'api-key': { type: 'string' },
  seed: { type: 'string', multiple: true, default: [] },
  'error-shape': { type: 'string' },
  'number-form': { type: 'string' },
  without: { type: 'string' },
  'rate-limit': { type: 'string' },
  'rate-limit-headers': { type: 'string' },
  fault: { type: 'string', multiple: true },
  'random-seed': { type: 'string' },
  help: { type: 'boolean', default: false },
};

/** The command line cannot be understood; the program exits with 2. */
export class UsageError extends Error {}

function parseFlags(args) {
  try {
    return parseArgs({ args, options: FLAGS, strict: true, allowPositionals: false }).values;
  } catch (error) {
    throw new UsageError(`${error.message} (see --help)`);
  }
}

function requireChoice(flag, value, choices) {
  if (!choices.includes(value)) throw new UsageError(`--${flag} is '${value}', it must be one of: ${choices.join(', ')}`);
  return value;
}

function parsePort(text) {
  const port = Number(text);
  if (!/^\d+$/.test(text) || port > 65535) throw new UsageError(`--port is '${text}', it must be 0 to 65535`);
  return port;
}

function parseSeed(text) {
  const [, pair, timeframe, file] = /^([^:]*):([^:]*):(.+)$/.exec(text) ?? [];
  if (!file) throw new UsageError(`--seed is '${text}', it must be PAIR:TIMEFRAME:FILE.csv`);
  if (!isPair(pair)) throw new UsageError(`--seed has the pair '${pair}', it must look like EUR/USD`);
  requireChoice('seed timeframe', timeframe, TIMEFRAMES);
  return { pair, timeframe, file };
}

const splitList = (text) => (text === '' || text === 'none' ? [] : text.split(',').map((part) => part.trim()));

function parseRateLimit(text) {
  const [, requests, seconds] = /^(\d+)\/(\d+)$/.exec(text) ?? [];
  if (!requests) throw new UsageError(`--rate-limit is '${text}', it must be N/SECONDS`);
  return { requests: Number(requests), seconds: Number(seconds) };
}

const NUMERIC_KEYS = ['delayMs', 'status', 'skip', 'count', 'probability'];

function parseFault(text) {
  return Object.fromEntries(text.split(',').map((part) => {
    const [, key, value] = /^(\w+)=(.*)$/.exec(part.trim()) ?? [];
    if (!key) throw new UsageError(`--fault has '${part}', it must be KEY=VALUE`);
    return [key, NUMERIC_KEYS.includes(key) && value !== '' ? Number(value) : value];
  }));
}

const SWITCHES = {
  'error-shape': ['errorShape', (text) => text],
  'number-form': ['numberForm', (text) => text],
  without: ['without', splitList],
  'rate-limit': ['rateLimit', parseRateLimit],
  'rate-limit-headers': ['rateLimitHeaders', splitList],
  fault: ['faults', (texts) => texts.map(parseFault)],
  'random-seed': ['randomSeed', (text) => (/^\d+$/.test(text) ? Number(text) : text)],
};

function parseSwitches(flags) {
  const switches = {};
  for (const [flag, [name, parse]] of Object.entries(SWITCHES)) {
    if (flags[flag] === undefined) continue;
    try {
      Object.assign(switches, readBehaviour({ [name]: parse(flags[flag]) }));
    } catch (error) {
      throw error instanceof InvalidBehaviour ? new UsageError(`--${flag}: ${error.message}`) : error;
    }
  }
  return switches;
}

/** Options from the command line and environment; throws UsageError with the flag and value. */
export function parseOptions(args, env) {
  const flags = parseFlags(args);
  const databaseUrl = env.DATABASE_URL || undefined;
  if (databaseUrl && flags['data-dir']) throw new UsageError('--data-dir and DATABASE_URL exclude each other');
  const apiKey = flags['api-key'] ?? env.ML_ENGINE_API_KEY ?? DEFAULT_API_KEY;
  if (!apiKey) throw new UsageError('--api-key (or ML_ENGINE_API_KEY) is empty');
  return {
    help: flags.help,
    host: flags.host,
    port: parsePort(flags.port),
    dataDir: flags['data-dir'],
    databaseUrl,
    apiKey,
    seeds: flags.seed.map(parseSeed),
    switches: parseSwitches(flags),
  };
}
