/** An answer other than success: HTTP status, the contract's code, and a message. */
export class ApiError extends Error {
  constructor(status, code, message) {
    super(message);
    this.status = status;
    this.code = code;
  }
}

export const badRequest = (code, message) => new ApiError(400, code, message);
export const notFound = (code, message) => new ApiError(404, code, message);

/** What the platform answers when the database layer refuses a value: permanent, although it is a 500. */
export const validationError = (message) => new ApiError(500, 'INTERNAL_ERROR', `Validation error: ${message}`);

// SQLSTATE classes 22 (data exception: overflow, bad syntax) and 23 (integrity constraint) mean a refused value.
const isRefusedValue = (error) => /^2[23][0-9A-Z]{3}$/.test(error.code ?? '');

/** Turns whatever a handler threw into an ApiError. */
export function toApiError(error) {
  if (error instanceof ApiError) return error;
  if (isRefusedValue(error)) return validationError(error.message);
  if (error.type === 'entity.parse.failed') return badRequest('INVALID_JSON', 'The body is not valid JSON');
  if (error.status >= 400 && error.status < 500) return new ApiError(error.status, 'BAD_REQUEST', error.message);
  return new ApiError(500, 'INTERNAL_ERROR', 'Internal server error');
}
