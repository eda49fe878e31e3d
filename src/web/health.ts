/** Answers two probes: the process is alive, and it can do its work now. */

import type { FastifyInstance } from 'fastify';
import type { Site } from './site.ts';

/** Both are open to everyone, so they tell nothing but yes and no. */
export function health(app: FastifyInstance, site: Site): void {
  const open = { config: { isOpen: true } };
  app.get('/healthz', open, async () => ({ status: 'alive' }));
  app.get('/readyz', open, async (_, reply) => {
    const ledger = await answers(() => site.ledger.query('SELECT 1'));
    const queue = await answers(() => site.board.counts());
    const lease = site.isLeaseFresh();
    const ready = ledger && queue && lease;
    const status = ready ? 'ready' : 'not ready';
    const answer = { status, ledger, queue, lease, writer: site.isWriter() };
    return reply.code(ready ? 200 : 503).send(answer);
  });
}

/** Why it does not answer is for the log, and for who works with it; strangers may read this. */
function answers(ask: () => Promise<unknown>): Promise<boolean> {
  return ask().then(
    () => true,
    () => false,
  );
}
