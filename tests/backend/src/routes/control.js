// The stand-in's own routes to change its behaviour while it runs, and to see what was written.
import express, { Router } from 'express';

import { InvalidBehaviour } from '../behaviour/read.js';
import { sendSuccess } from '../envelope.js';
import { badRequest } from '../errors.js';
import { countById } from '../write_log.js';

function changeBehaviour(behaviour) {
  return (req, res) => {
    try {
      behaviour.change(req.body ?? {});
    } catch (error) {
      throw error instanceof InvalidBehaviour ? badRequest('INVALID_BEHAVIOUR', error.message) : error;
    }
    sendSuccess(res, behaviour.current);
  };
}

function readWrites(log) {
  return (req, res) => {
    const { writes, dropped } = log.read();
    const wanted = writes.filter(({ method, path }) =>
      (!req.query.method || method === req.query.method) && (!req.query.path || path === req.query.path));
    sendSuccess(res, {
      total: wanted.length,
      stored: wanted.filter((each) => each.stored).length,
      dropped,
      byClientRequestId: countById(wanted, 'clientRequestId'),
      byRequestId: countById(wanted, 'requestId'),
      writes: wanted,
    });
  };
}

/** /control: GET, PUT and DELETE behaviour (DELETE: as started), GET and DELETE writes (DELETE: forget them). */
export function controlRoutes(behaviour, log) {
  const router = Router();
  router.use(express.json());
  router.get('/behaviour', (_req, res) => sendSuccess(res, behaviour.current));
  router.put('/behaviour', changeBehaviour(behaviour));
  router.delete('/behaviour', (_req, res) => {
    behaviour.reset();
    sendSuccess(res, behaviour.current);
  });
  router.get('/writes', readWrites(log));
  router.delete('/writes', (_req, res) => {
    log.clear();
    sendSuccess(res, {});
  });
  return router;
}
