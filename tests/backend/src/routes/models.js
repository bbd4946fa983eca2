import { Router } from 'express';

import { MODEL_STATUSES } from '../domain.js';
import { sendSuccess } from '../envelope.js';
import { ApiError, badRequest, validationError } from '../errors.js';
import { findModel } from '../models.js';
import { queryPage, requireFields } from '../validate.js';
import { isoTime, jsonText, pagination } from '../wire.js';
import { createAbTest, listAbTests } from './ab_tests.js';
import { createTrainingLog } from './training_logs.js';

const PAGE = { defaultLimit: 50, maxLimit: 100 };

const modelOnWire = (row) => ({
  id: row.id,
  name: row.name,
  version: row.version,
  description: row.description,
  modelType: row.model_type,
  hyperparameters: row.hyperparameters,
  trainingMetrics: row.training_metrics,
  trainingDataInfo: row.training_data_info,
  status: row.status,
  isActive: row.is_active,
  trainedAt: isoTime(row.trained_at),
});

const INSERT_VERSION = `
  INSERT INTO model_versions (name, version, model_type, description, hyperparameters, training_metrics, training_data_info)
  VALUES ($1, $2, $3, $4, $5::jsonb, $6::jsonb, $7::jsonb)
  ON CONFLICT (name, version) DO NOTHING
  RETURNING *`;

function createVersion(database) {
  return async (req, res) => {
    const body = req.body ?? {};
    requireFields(body, ['modelName', 'version', 'algorithm']);
    const [row] = await database.query(INSERT_VERSION, [
      body.modelName, body.version, body.algorithm, body.description ?? null, jsonText(body.hyperparameters),
      jsonText(body.trainingMetrics), jsonText(body.trainingDataInfo),
    ]);
    if (!row) throw new ApiError(409, 'VERSION_EXISTS', `${body.modelName} has a version ${body.version} already`);
    const { id: modelId, name: modelName, version, model_type: modelType, is_active: isActive } = row;
    sendSuccess(res, { modelId, modelName, version, modelType, isActive }, 201);
  };
}

const FILTER = `
  ($1::text IS NULL OR name = $1) AND ($2::text IS NULL OR status = $2) AND ($3::boolean IS NULL OR is_active = $3)`;

function listModels(database) {
  return async (req, res) => {
    const { modelName, status, isActive } = req.query;
    const filter = [modelName || null, status || null, isActive ? isActive === 'true' : null];
    const page = queryPage(req.query, PAGE);
    const [{ total }] = await database.query(`SELECT count(*)::int AS total FROM model_versions WHERE ${FILTER}`, filter);
    const rows = await database.query(
      `SELECT * FROM model_versions WHERE ${FILTER} ORDER BY trained_at DESC, sequence DESC LIMIT $4 OFFSET $5`,
      [...filter, page.limit, page.offset],
    );
    sendSuccess(res, { models: rows.map(modelOnWire), pagination: pagination(total, page, rows.length) });
  };
}

function getModel(database) {
  return async (req, res) => sendSuccess(res, modelOnWire(await findModel(database.query, req.params.id)));
}

// The lock makes one of two activations of the same model wait for the other.
const LOCK_VERSIONS = 'SELECT id FROM model_versions WHERE name = $1 ORDER BY id FOR UPDATE';

const SET_STATUS = `
  UPDATE model_versions SET status = COALESCE($2, status), is_active = COALESCE($3, is_active) WHERE id = $1 RETURNING *`;

function setStatus(database) {
  return async (req, res) => {
    const { status, isActive } = req.body ?? {};
    if (status === undefined && isActive === undefined) throw badRequest('MISSING_FIELDS', 'Missing required fields: status or isActive');
    if (status !== undefined && !MODEL_STATUSES.includes(status)) {
      throw badRequest('INVALID_STATUS', `status is '${status}', it must be one of ${MODEL_STATUSES.join(', ')}`);
    }
    if (isActive !== undefined && typeof isActive !== 'boolean') throw validationError(`isActive is ${JSON.stringify(isActive)}, it must be true or false`);
    const updated = await database.transaction(async (query) => {
      const { id, name } = await findModel(query, req.params.id);
      if (isActive) {
        await query(LOCK_VERSIONS, [name]);
        await query('UPDATE model_versions SET is_active = false WHERE name = $1 AND is_active AND id <> $2', [name, id]);
      }
      return (await query(SET_STATUS, [id, status ?? null, isActive ?? null]))[0];
    });
    const { id: modelId, name: modelName, version } = updated;
    sendSuccess(res, { modelId, modelName, version, status: updated.status, isActive: updated.is_active });
  };
}

export function modelRoutes(database, number) {
  const router = Router();
  router.post('/version', createVersion(database));
  router.get('/', listModels(database));
  router.post('/ab-test', createAbTest(database));
  router.get('/ab-tests', listAbTests(database, number));
  router.get('/:id', getModel(database));
  router.put('/:id/status', setStatus(database));
  router.post('/:id/training-logs', createTrainingLog(database));
  return router;
}
