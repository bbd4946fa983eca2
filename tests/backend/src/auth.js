import { createHash, timingSafeEqual } from 'node:crypto';

import { ApiError } from './errors.js';

const SERVICE_NAME = 'ml-engine';

const digest = (text) => createHash('sha256').update(text).digest();

/** Middleware: a Bearer key that equals `apiKey`, and `X-Service-Name: ml-engine`. */
export function requireMlEngine(apiKey) {
  const expected = digest(apiKey);
  return (req, _res, next) => {
    const header = req.get('authorization');
    if (!header) throw new ApiError(401, 'UNAUTHORIZED', 'The Authorization header is missing');
    const [, key] = /^Bearer(?:\s+(.*))?$/i.exec(header) ?? [null, null];
    if (key === null) throw new ApiError(401, 'INVALID_AUTH_FORMAT', 'Authorization must be: Bearer <key>');
    if (!key) throw new ApiError(401, 'MISSING_API_KEY', 'The Authorization header holds no key');
    if (!timingSafeEqual(digest(key), expected)) throw new ApiError(403, 'INVALID_API_KEY', 'The API key is not valid');
    if (req.get('x-service-name') !== SERVICE_NAME) {
      throw new ApiError(403, 'FORBIDDEN_SERVICE', `X-Service-Name must be ${SERVICE_NAME}`);
    }
    next();
  };
}
