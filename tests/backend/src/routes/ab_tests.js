// POST /models/ab-test and GET /models/ab-tests.
import { AB_TEST_STATUSES } from '../domain.js';
import { sendSuccess } from '../envelope.js';
import { badRequest, validationError } from '../errors.js';
import { findModel } from '../models.js';
import { finiteNumber, queryPage, requireFields } from '../validate.js';
import { isoTime, pagination } from '../wire.js';

const PAGE = { defaultLimit: 50, maxLimit: 100 };
const DEFAULT_SPLIT = 50;

const INSERT = `
  INSERT INTO ab_tests (name, model_a_id, model_b_id, traffic_split, target_metric, description)
  VALUES ($1, $2, $3, $4, $5, $6)
  RETURNING id, status`;

function readSplit(value) {
  const split = finiteNumber(value ?? DEFAULT_SPLIT);
  if (split === undefined || split < 0 || split > 100) throw validationError(`trafficSplit is ${JSON.stringify(value)}, it must be 0 to 100`);
  return split;
}

/** Handler of POST /models/ab-test. */
export function createAbTest(database) {
  return async (req, res) => {
    const body = req.body ?? {};
    requireFields(body, ['name', 'modelAId', 'modelBId']);
    const split = readSplit(body.trafficSplit);
    if (body.modelAId === body.modelBId) throw validationError(`modelAId and modelBId are both ${body.modelAId}, they must differ`);
    const modelA = await findModel(database.query, body.modelAId);
    const modelB = await findModel(database.query, body.modelBId);
    const [{ id: testId, status }] = await database.query(INSERT, [
      body.name, modelA.id, modelB.id, split, body.targetMetric ?? null, body.description ?? null,
    ]);
    sendSuccess(res, { testId, status }, 201);
  };
}

const testOnWire = (number) => (row) => ({
  id: row.id,
  name: row.name,
  modelAId: row.model_a_id,
  modelBId: row.model_b_id,
  trafficSplit: number(row.traffic_split),
  targetMetric: row.target_metric,
  description: row.description,
  status: row.status,
  createdAt: isoTime(row.created_at),
});

const FILTER = '($1::text IS NULL OR status = $1)';

/** Handler of GET /models/ab-tests, newest first. */
export function listAbTests(database, number) {
  return async (req, res) => {
    const status = req.query.status || null;
    if (status && !AB_TEST_STATUSES.includes(status)) {
      throw badRequest('INVALID_STATUS', `status is '${status}', it must be one of ${AB_TEST_STATUSES.join(', ')}`);
    }
    const page = queryPage(req.query, PAGE);
    const [{ total }] = await database.query(`SELECT count(*)::int AS total FROM ab_tests WHERE ${FILTER}`, [status]);
    const rows = await database.query(
      `SELECT * FROM ab_tests WHERE ${FILTER} ORDER BY created_at DESC, sequence DESC LIMIT $2 OFFSET $3`,
      [status, page.limit, page.offset],
    );
    sendSuccess(res, { tests: rows.map(testOnWire(number)), pagination: pagination(total, page, rows.length) });
  };
}
