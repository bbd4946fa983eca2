import { ApiError, toApiError } from './errors.js';

const SERVICE = 'aifx-reference-backend';

const metadata = () => ({ timestamp: new Date().toISOString(), version: 'v1', service: SERVICE });

export function sendSuccess(res, data, status = 200) {
  res.status(status).json({ success: true, data, error: null, metadata: metadata() });
}

function failureBody({ code, message }, errorShape) {
  if (errorShape === 'documented') {
    return { success: false, data: null, error: { code, message }, metadata: metadata() };
  }
  return { success: false, data: null, error: message, code, timestamp: new Date().toISOString() };
}

export function routeNotFound(req) {
  throw new ApiError(404, 'ROUTE_NOT_FOUND', `Route ${req.method} ${req.originalUrl} not found`);
}

/** Express error handler that answers in the chosen envelope shape; unexpected errors also go to stderr. */
export function failureHandler(errorShape) {
  // Express knows an error handler by its four parameters.
  return (error, req, res, _next) => {
    const failure = toApiError(error);
    if (failure.status === 500 && failure !== error) console.error(`${req.method} ${req.path}: ${error.message}`);
    res.status(failure.status).json(failureBody(failure, errorShape));
  };
}
