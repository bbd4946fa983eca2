// Column values to and from JSON.

/** Maps the text of a DECIMAL or BIGINT column to its wire form: that text, or a number. */
export function wireNumbers(numberForm) {
  return (text) => (text === null || numberForm === 'string' ? text : Number(text));
}

export const isoTime = (date) => (date === null ? null : date.toISOString());

/** The parameter for a jsonb column. */
export const jsonText = (value) => (value === undefined || value === null ? null : JSON.stringify(value));

export function pagination(total, { limit, offset }, received) {
  return { total, limit, offset, hasMore: offset + received < total };
}
