import { TRAINING_TYPES } from '../domain.js';
import { sendSuccess } from '../envelope.js';
import { validationError } from '../errors.js';
import { findModel } from '../models.js';
import { parseTime, requireEnum, requireFields } from '../validate.js';
import { jsonText } from '../wire.js';

const INSERT_LOG = `
  INSERT INTO training_logs (model_id, model_version, training_type, data_start_date, data_end_date, num_samples,
                             training_metrics, validation_metrics, hyperparameters, duration_seconds, notes)
  VALUES ($1, $2, $3, $4, $5, $6, $7::jsonb, $8::jsonb, $9::jsonb, $10, $11)
  RETURNING id`;

function requireTime(name, value) {
  const time = parseTime(value);
  if (!time) throw validationError(`${name} is '${value}', it must be an ISO 8601 time`);
  return time;
}

/** Handler of POST /models/:id/training-logs. */
export function createTrainingLog(database) {
  return async (req, res) => {
    const body = req.body ?? {};
    const model = await findModel(database.query, req.params.id);
    requireFields(body, ['modelVersion', 'trainingType', 'dataStartDate', 'dataEndDate', 'numSamples']);
    const [row] = await database.query(INSERT_LOG, [
      model.id, body.modelVersion, requireEnum('trainingType', body.trainingType, TRAINING_TYPES),
      requireTime('dataStartDate', body.dataStartDate), requireTime('dataEndDate', body.dataEndDate), body.numSamples,
      jsonText(body.trainingMetrics), jsonText(body.validationMetrics), jsonText(body.hyperparameters),
      body.duration ?? null, body.notes ?? null,
    ]);
    sendSuccess(res, { logId: row.id }, 201);
  };
}
