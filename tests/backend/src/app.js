import express from 'express';

import { requireMlEngine } from './auth.js';
import { failureHandler, routeNotFound, sendSuccess } from './envelope.js';
import { economicEventRoutes } from './macro/economic_events.js';
import { fundamentalRoutes } from './macro/fundamental.js';
import { marketDataRoutes } from './routes/market_data.js';
import { modelRoutes } from './routes/models.js';
import { predictionRoutes } from './routes/predictions.js';
import { signalRoutes } from './routes/signals.js';
import { statsRoutes } from './routes/stats.js';
import { tradeRoutes } from './routes/trades.js';
import { wireNumbers } from './wire.js';

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

/** The Express application over an open database; takes apiKey, errorShape and numberForm of the options. */
export function createApp(database, { apiKey, errorShape = 'deployed', numberForm = 'string' }) {
  const number = wireNumbers(numberForm);
  const api = express.Router();
  api.get('/health', health(database));
  api.use(requireMlEngine(apiKey));
  api.use(express.json({ limit: BODY_LIMIT }));
  api.use('/training-data/market', marketDataRoutes(database, number));
  api.use('/training-data/signals', signalRoutes(database, number));
  api.use('/training-data/trades', tradeRoutes(database, number));
  api.use('/training-data/stats', statsRoutes(database));
  api.use('/training-data/fundamental', fundamentalRoutes(database, number));
  api.use('/training-data/economic-events', economicEventRoutes(database, number));
  api.use('/predictions', predictionRoutes(database, number));
  api.use('/models', modelRoutes(database, number));

  const app = express();
  app.disable('x-powered-by');
  app.use(echoRequestId);
  app.use('/api/v1/ml', api);
  app.use(routeNotFound);
  app.use(failureHandler(errorShape));
  return app;
}
