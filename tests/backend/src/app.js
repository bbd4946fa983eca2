import express from 'express';

import { requireMlEngine } from './auth.js';
import { createBehaviour } from './behaviour/behaviour.js';
import { injectFaults } from './behaviour/faults.js';
import { limitRate } from './behaviour/rate_limit.js';
import { failureHandler, routeNotFound, sendSuccess } from './envelope.js';
import { economicEventRoutes } from './macro/economic_events.js';
import { fundamentalRoutes } from './macro/fundamental.js';
import { controlRoutes } from './routes/control.js';
import { marketDataRoutes } from './routes/market_data.js';
import { modelRoutes } from './routes/models.js';
import { predictionRoutes } from './routes/predictions.js';
import { signalRoutes } from './routes/signals.js';
import { statsRoutes } from './routes/stats.js';
import { tradeRoutes } from './routes/trades.js';
import { wireNumbers } from './wire.js';
import { createWriteLog, logClientRequestId, logWrites } from './write_log.js';

// Ten thousand candles are about 1.5 MB of JSON.
const BODY_LIMIT = '8mb';

function echoRequestId(req, res, next) {
  const id = req.get('x-request-id');
  if (id) res.set('x-request-id', id);
  next();
}

function health(database) {
  return async (_req, res) => {
    await database.query('SELECT 1');
    sendSuccess(res, { status: 'healthy', service: 'ml-engine-api', timestamp: new Date().toISOString() });
  };
}

/** Middleware that lets a request go on only where the deployment has the feature; otherwise the route is not found. */
const present = (behaviour, feature) => (_req, _res, next) => next(behaviour.has(feature) ? undefined : 'router');

function addRoutes(api, database, behaviour) {
  const number = wireNumbers(behaviour);
  api.use('/training-data/market', marketDataRoutes(database, behaviour));
  api.use('/training-data/signals', present(behaviour, 'signals'), signalRoutes(database, number));
  api.use('/training-data/trades', present(behaviour, 'trades'), tradeRoutes(database, number));
  api.use('/training-data/stats', statsRoutes(database));
  api.use('/training-data/fundamental', present(behaviour, 'fundamental'), fundamentalRoutes(database, number));
  api.use('/training-data/economic-events', present(behaviour, 'economic-events'), economicEventRoutes(database, number));
  api.use('/predictions', predictionRoutes(database, number));
  api.use(['/models/ab-test', '/models/ab-tests'], present(behaviour, 'ab-tests'));
  api.use('/models', modelRoutes(database, number));
}

/** The Express application over an open database; `switches` are those of behaviour.js, `now` is the limiter's clock. */
export function createApp(database, { apiKey, now = Date.now, ...switches }) {
  const behaviour = createBehaviour(switches);
  const log = createWriteLog();
  const faults = injectFaults(behaviour);

  const api = express.Router();
  api.use(logWrites(log));
  api.use(limitRate(behaviour, now));
  api.get('/health', faults, health(database));
  api.use(requireMlEngine(apiKey));
  api.use(express.json({ limit: BODY_LIMIT }));
  api.use(logClientRequestId);
  api.use(faults);
  addRoutes(api, database, behaviour);

  const app = express();
  app.disable('x-powered-by');
  // Hashing every page for an ETag that no caller sends back would be felt.
  app.disable('etag');
  app.use(echoRequestId);
  app.use('/control', requireMlEngine(apiKey), controlRoutes(behaviour, log));
  app.use('/api/v1/ml', api);
  app.use(routeNotFound);
  app.use(failureHandler(behaviour));
  return app;
}
