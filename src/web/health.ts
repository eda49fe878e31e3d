/** Knows two questions of machines: is the process alive, and can it do its work now. */

import type { FastifyInstance } from 'fastify';
import type { Site } from './site.ts';

/** Long enough for a busy queue, short enough for whoever waits for the answer. */
const PATIENCE_MS = 3_000;

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

async function answers(ask: () => Promise<unknown>): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<false>((resolve) => {
    timer = setTimeout(resolve, PATIENCE_MS, false);
  });
  const answered = ask().then(
    () => true,
    // Why it does not answer is in the log of who works with it, not in what strangers may read.
    () => false,
  );
  try {
    return await Promise.race([answered, late]);
  } finally {
    clearTimeout(timer);
  }
}
