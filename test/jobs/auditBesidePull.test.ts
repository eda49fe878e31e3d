/** An audit that reads while a pull writes sees what was recorded before it began, and no more. */

import { expect, test } from 'vitest';
import { DAY_MS, quarterPeriod } from '../../src/domain/period.ts';
import { auditJob } from '../../src/jobs/audit.ts';
import { pullJob } from '../../src/jobs/pull.ts';
import type { Source } from '../../src/sources/source.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { officeWith } from '../scenarios/office.ts';

const NOW = Date.UTC(2026, 9, 5);
const { startMs } = quarterPeriod({ year: 2026, number: 3 }, 1);

const CONFIG = `
ledger: ./rentcheck.db
sources: { pods: { kind: import } }
deployments:
  chat:
    model: open/model
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: pods, match: { id: pod-1 } }]
    usage: { source: import }
`;

/** Bills of one day each, as slow as the test lets them come. */
function slowSource(next: () => Promise<void>): Source {
  return {
    id: 'pods',
    kind: 'fake',
    tells: ['charges'],
    async *pull() {
      for (let day = 0; day < 6; day += 1) {
        const period = { startMs: startMs + day * DAY_MS, endMs: startMs + (day + 1) * DAY_MS };
        const at = systemClock.nowMs();
        const fetch = { sourceId: 'pods', kind: 'bill', url: 'x', startedAtMs: at, endedAtMs: at };
        const charge = {
          key: `day-${day}`,
          sourceId: 'pods',
          resourceId: 'pod-1',
          category: 'compute',
          pricingClass: 'on-demand',
          basis: 'billed',
          period,
          billed: 24_000_000_000n,
        } as never;
        yield { fetch, charges: [{ position: 0, fact: charge }] };
        await next();
      }
    },
  };
}

test('what a pull records after an audit began is not in the audit', async () => {
  const office = await officeWith({ 'rentcheck.yaml': CONFIG }, NOW);
  const clock = { nowMs: () => systemClock.nowMs() };
  const pulled = Promise.withResolvers<void>();
  let answers = 0;
  const source = slowSource(async () => {
    answers += 1;
    if (answers === 3) await pulled.promise;
  });
  const context = { ...office.context, clock, sources: new Map([['pods', source]]) };
  const window = { source: 'pods', from: startMs, to: startMs + 6 * DAY_MS };
  const pulling = pullJob.run(context, window);
  await expect.poll(() => answers).toBe(3);
  const first = await auditJob.run(context, { quarter: '2026-Q3' });
  pulled.resolve();
  await pulling;
  const asOfMs = Date.parse(first.kind === 'done' ? first.result.audit.asOf : '');
  const again = await auditJob.run(context, { quarter: '2026-Q3', asOf: asOfMs });
  const spendOf = (each: typeof first) =>
    each.kind === 'done' ? each.result.audit.totals.spendUsd : undefined;
  expect(spendOf(first)).toBe('72.000000');
  expect(spendOf(again)).toBe('72.000000');
  const last = await auditJob.run(context, { quarter: '2026-Q3' });
  expect(spendOf(last)).toBe('144.000000');
});
