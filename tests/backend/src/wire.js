// Column values to and from JSON.

/** Maps the text of a DECIMAL or BIGINT column to the wire form that is switched on: that text, or a number. */
export function wireNumbers(behaviour) {
  return (text) => (text === null || behaviour.current.numberForm === 'string' ? text : Number(text));
}

export const isoTime = (date) => (date === null ? null : date.toISOString());

/** The parameter for a jsonb column. */
export const jsonText = (value) => (value === undefined || value === null ? null : JSON.stringify(value));

export function pagination(total, { limit, offset }, received) {
  return { total, limit, offset, hasMore: offset + received < total };
}
