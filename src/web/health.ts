/** The two probes: `/healthz` (the process is alive) and `/readyz` (it can do its work). */

import type { FastifyInstance } from 'fastify';
import type { WebServices } from './site.ts';

/** Both probes need no authentication, so they return only booleans. */
export function registerHealth(app: FastifyInstance, site: WebServices): void {
  const open = { config: { isOpen: true } };
  app.get('/healthz', open, async () => ({ status: 'alive' }));
  app.get('/readyz', open, async (_, reply) => {
    const ledger = await succeeds(() => site.ledger.query('SELECT 1'));
    const queue = await succeeds(() => site.queue.countJobs());
    const lease = site.isLeaseFresh();
    const ready = ledger && queue && lease;
    const status = ready ? 'ready' : 'not ready';
    const body = { status, ledger, queue, lease, writer: site.isWriter() };
    return reply.code(ready ? 200 : 503).send(body);
  });
}

/** Hides the error, because anyone can read the probes. */
function succeeds(check: () => Promise<unknown>): Promise<boolean> {
  return check().then(
    () => true,
    () => false,
  );
}
