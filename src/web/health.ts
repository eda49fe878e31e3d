/** Knows two questions of machines: is the process alive, and can it do its work now. */

import type { FastifyInstance } from 'fastify';
import type { Site } from './site.ts';

/** Both are open to everyone, so they tell nothing but yes and no. */
export function health(app: FastifyInstance, site: Site): void {
  const open = { config: { isOpen: true } };
  app.get('/healthz', open, async () => ({ status: 'alive' }));
  app.get('/readyz', open, async (_, reply) => {
    const ledger = await answers(() => site.ledger.query('SELECT 1'));
    const queue = await answers(() => site.board.counts());
    const ready = ledger && queue;
    return reply
      .code(ready ? 200 : 503)
      .send({ status: ready ? 'ready' : 'not ready', ledger, queue, writer: site.isWriter() });
  });
}

/** Why it does not answer is for the log, and for who works with it; strangers may read this. */
function answers(ask: () => Promise<unknown>): Promise<boolean> {
  return ask().then(
    () => true,
    () => false,
  );
}
