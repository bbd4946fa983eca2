import { notFound } from './errors.js';
import { isUuid } from './validate.js';

/** The row of a model version; throws MODEL_NOT_FOUND, also for an id that is no UUID. */
export async function findModel(query, id) {
  const [row] = isUuid(id) ? await query('SELECT * FROM model_versions WHERE id = $1', [id]) : [];
  if (!row) throw notFound('MODEL_NOT_FOUND', `Model ${id} not found`);
  return row;
}
