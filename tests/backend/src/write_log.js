// What was asked to be written, and what came of it: tests count duplicates and losses with it.

const KEPT = 100000;

/** The newest KEPT writes, oldest first, and how many older ones were dropped. */
export function createWriteLog() {
  let entries = [];
  let dropped = 0;
  return {
    add(entry) {
      entries.push(entry);
      // Half at once: dropping one at a time would move the whole list with every request.
      if (entries.length < 2 * KEPT) return;
      dropped += entries.length - KEPT;
      entries = entries.slice(-KEPT);
    },
    clear() {
      entries = [];
      dropped = 0;
    },
    read: () => ({ writes: entries, dropped }),
  };
}

/** Middleware that logs every POST and PUT as it comes in, before anything can refuse it. */
export function logWrites(log) {
  return (req, res, next) => {
    if (req.method === 'POST' || req.method === 'PUT') {
      const entry = {
        method: req.method,
        path: req.path,
        requestId: req.get('x-request-id') ?? null,
        idempotencyKey: req.get('idempotency-key') ?? null,
        clientRequestId: null,
        receivedAt: new Date().toISOString(),
        stored: false,
        answered: null,
      };
      log.add(entry);
      res.locals.write = entry;
      res.on('finish', () => {
        entry.answered = res.statusCode;
      });
    }
    next();
  };
}

/** Middleware behind the body's parser: the engine's own id of a submission is inside the factors. */
export function logClientRequestId(req, res, next) {
  const id = req.body?.factors?.client_request_id;
  if (res.locals.write && typeof id === 'string') res.locals.write.clientRequestId = id;
  next();
}

/** How often each id was received and stored, over POSTs with that id; `field` is one of an entry's. */
export function countById(writes, field) {
  const counts = {};
  for (const { method, stored, [field]: id } of writes) {
    if (method !== 'POST' || id === null) continue;
    counts[id] ??= { received: 0, stored: 0 };
    counts[id].received += 1;
    if (stored) counts[id].stored += 1;
  }
  return counts;
}
