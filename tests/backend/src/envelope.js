import { ApiError, toApiError } from './errors.js';

const SERVICE = 'aifx-reference-backend';

const metadata = () => ({ timestamp: new Date().toISOString(), version: 'v1', service: SERVICE });

const success = (data) => ({ success: true, data, error: null, metadata: metadata() });

export function sendSuccess(res, data, status = 200) {
  if (res.locals.write) res.locals.write.stored = true;
  res.status(status).json(success(data));
}

/** As sendSuccess, with the JSON text `list` in the place of the empty list `data[name]`, which is to be the only one. */
export function sendSuccessList(res, data, name, list) {
  const text = JSON.stringify(success(data)).replace(`"${name}":[]`, () => `"${name}":${list}`);
  res.type('json').send(text);
}

/** The body of a failure in one of the two shapes: documented or deployed. */
export function failureBody({ code, message }, errorShape) {
  if (errorShape === 'documented') {
    return { success: false, data: null, error: { code, message }, metadata: metadata() };
  }
  return { success: false, data: null, error: message, code, timestamp: new Date().toISOString() };
}

export function routeNotFound(req) {
  throw new ApiError(404, 'ROUTE_NOT_FOUND', `Route ${req.method} ${req.originalUrl} not found`);
}

/** Express error handler that answers in the shape that is switched on; unexpected errors also go to stderr. */
export function failureHandler(behaviour) {
  // Express knows an error handler by its four parameters.
  return (error, req, res, _next) => {
    const failure = toApiError(error);
    if (failure.status === 500 && failure !== error) console.error(`${req.method} ${req.path}: ${error.message}`);
    res.status(failure.status).json(failureBody(failure, behaviour.current.errorShape));
  };
}
