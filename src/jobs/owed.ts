/** Finds overdue work and queues it, at start and every day. */

import { z } from 'zod';
import { type Owed, owedWork } from '../domain/owed.ts';
import { owedLetters } from '../domain/owedLetters.ts';
import type { Rhythm } from '../domain/rhythm.ts';
import type { JobContext } from './context.ts';
import type { Job } from './job.ts';
import { rhythmOf } from './rhythm.ts';

/** Returns what is overdue now: scheduled work first, then unsent messages. */
export async function owedNow(
  { ledger, clock }: Pick<JobContext, 'ledger' | 'clock'>,
  rhythm: Rhythm,
): Promise<Owed> {
  const nowMs = clock.nowMs();
  const [done, pulled] = await Promise.all([ledger.workDone(), ledger.pulledWindows()]);
  const { orders, begun } = owedWork({ nowMs, rhythm, done, pulled });
  const unsent = rhythm.deliver ? owedLetters(await ledger.deliveries(), nowMs) : [];
  return { orders: [...orders, ...unsent], begun };
}

const payload = z.strictObject({});

/** `owed {}`: computed from the ledger alone, so that it also repairs a lost queue. */
export const owedJob: Job<z.output<typeof payload>, { readonly ordered: readonly string[] }> = {
  name: 'owed',
  payload,
  async run(context) {
    const { ledger, engine, clock } = context;
    await ledger.closeCutImports();
    const nowMs = clock.nowMs();
    const { orders, begun } = await owedNow(context, rhythmOf(context));
    // Queued first: after a crash in between they are queued again, under the same IDs.
    await engine.order(orders);
    for (const work of begun) await ledger.markDone(work, nowMs);
    const ordered = orders.map(({ id }) => id);
    context.progress(
      ordered.length === 0 ? 'nothing is overdue' : `overdue: ${ordered.join(', ')}`,
    );
    return { kind: 'done', result: { ordered }, shortfalls: [] };
  },
  figures: ({ ordered }) => ({ ordered: ordered.length }),
};
