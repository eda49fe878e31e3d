/** Pulls today's prices from every source that has them, one after the other. */

import { dayUntil } from '../calendar/horizons.ts';
import { z } from 'zod';
import { LINE_FACTS, providesPrices } from '../calendar/schedule.ts';
import type { Job, JobContext } from './job.ts';
import { pullFacts } from './pull.ts';
import { type PullResult, toPullJobResult } from './pullResult.ts';

const payload = z.strictObject({});

/** `prices {}`: pulls today's prices of hosted APIs and GPUs. Past prices cannot be pulled. */
export const pricesJob: Job<z.output<typeof payload>, readonly PullResult[]> = {
  name: 'prices',
  payload,
  async run(context) {
    const results: PullResult[] = [];
    for (const source of sellers(context)) results.push(await pullToday(context, source.id));
    const nowMs = context.clock.nowMs();
    const answer = toPullJobResult(results, nowMs);
    if (answer.kind === 'done') {
      await context.ledger.work.markDone({ line: 'prices', subject: '', dueAtMs: nowMs }, nowMs);
    }
    return { ...answer, result: results };
  },
  figures: (results) => ({
    sources: results.length,
    added: results.reduce((sum, { added }) => sum + added, 0),
    rejected: results.reduce((sum, { rejected }) => sum + rejected, 0),
  }),
};

function sellers({ sources }: JobContext) {
  return [...sources.values()].filter(providesPrices);
}

function pullToday(context: JobContext, source: string): Promise<PullResult> {
  const window = dayUntil(context.clock.nowMs());
  return pullFacts(context, { source, window, facts: LINE_FACTS.prices });
}
