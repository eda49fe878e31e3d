/** An audit during a pull reads what was recorded before the audit began, and no more. */

import { expect, test } from 'vitest';
import type { Charge } from '../../src/domain/charge.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS, period } from '../../src/domain/period.ts';
import { quarterPeriod } from '../../src/calendar/quarter.ts';
import { auditJob } from '../../src/jobs/audit.ts';
import { pullJob } from '../../src/jobs/pull.ts';
import type { Source } from '../../src/sources/source.ts';
import { settableClock, systemClock } from '../../src/platform/clock.ts';
import { startScenario } from '../scenarios/scenarioApp.ts';

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

function dayCharge(day: number, billed: bigint): Charge {
  return {
    key: `day-${day}`,
    sourceId: 'pods',
    resourceId: 'pod-1',
    category: 'compute',
    pricingClass: 'on-demand',
    basis: 'billed',
    period: period(startMs + day * DAY_MS, startMs + (day + 1) * DAY_MS),
    billed: nanoUsd(billed),
  };
}

function spendOf(answer: Awaited<ReturnType<typeof auditJob.run>>): string | undefined {
  return answer.kind === 'done' ? answer.result.audit.totals.spendUsd : undefined;
}

/** Bills of one day each, delivered when the test allows it. */
function slowSource(next: () => Promise<void>): Source {
  return {
    id: 'pods',
    kind: 'fake',
    provides: ['charges'],
    async *pull() {
      for (let day = 0; day < 6; day += 1) {
        const at = systemClock.nowMs();
        const fetch = { sourceId: 'pods', kind: 'bill', url: 'x', startedAtMs: at, endedAtMs: at };
        yield { fetch, charges: [{ position: 0, fact: dayCharge(day, 24_000_000_000n) }] };
        await next();
      }
    },
  };
}

test('what a pull records after an audit began is not in the audit', async () => {
  const stage = await startScenario({ 'rentcheck.yaml': CONFIG }, NOW);
  const clock = { nowMs: () => systemClock.nowMs() };
  const pulled = Promise.withResolvers<void>();
  let answers = 0;
  const source = slowSource(async () => {
    answers += 1;
    if (answers === 3) await pulled.promise;
  });
  const context = { ...stage.context, clock, sources: new Map([['pods', source]]) };
  const window = { source: 'pods', from: startMs, to: startMs + 6 * DAY_MS };
  const pulling = pullJob.run(context, window);
  await expect.poll(() => answers).toBe(3);
  const first = await auditJob.run(context, { quarter: '2026-Q3' });
  pulled.resolve();
  await pulling;
  const asOfMs = Date.parse(first.kind === 'done' ? first.result.audit.asOf : '');
  const again = await auditJob.run(context, { quarter: '2026-Q3', asOf: asOfMs });
  expect(spendOf(first)).toBe('72.000000');
  expect(spendOf(again)).toBe('72.000000');
  const last = await auditJob.run(context, { quarter: '2026-Q3' });
  expect(spendOf(last)).toBe('144.000000');
});

/** A charge for one day, with the dollars of the moment it is pulled. */
function bills(usd: () => bigint): Source {
  return {
    id: 'pods',
    kind: 'fake',
    provides: ['charges'],
    async *pull() {
      const at = startMs;
      const fetch = { sourceId: 'pods', kind: 'bill', url: 'x', startedAtMs: at, endedAtMs: at };
      yield { fetch, charges: [{ position: 0, fact: dayCharge(0, usd() * 1_000_000_000n) }] };
    },
  };
}

test('a restatement after the clock was ahead counts at once and is reported', async () => {
  const stage = await startScenario({ 'rentcheck.yaml': CONFIG }, NOW);
  const clock = settableClock(NOW + 30 * DAY_MS);
  let usd = 20n;
  const sources = new Map([['pods', bills(() => usd)]]);
  const context = { ...stage.context, clock, sources };
  const window = { source: 'pods', from: startMs, to: startMs + DAY_MS };
  await pullJob.run(context, window);
  const before = await auditJob.run(context, { quarter: '2026-Q3' });

  clock.set(NOW);
  usd = 10n;
  const pulled = await pullJob.run(context, window);
  const after = await auditJob.run(context, { quarter: '2026-Q3' });
  const { rows } = await context.ledger.query('SELECT sum(spend_nano_usd) FROM spend_by_day');
  expect(rows).toEqual([[10_000_000_000]]);
  expect(spendOf(before)).toBe('20.000000');
  expect(spendOf(after)).toBe('10.000000');
  const restatements =
    'The clock of this machine (2026-10-05T00:00:00Z) is 30 days behind the newest record in ' +
    'the ledger (2026-11-04T00:00:00Z)';
  const shortfalls = after.kind === 'done' ? after.shortfalls : [];
  expect(shortfalls.filter((text) => text.includes(restatements.slice(0, 40)))).toHaveLength(1);
  expect(pulled.kind === 'done' ? pulled.result.warnings : []).toEqual([
    expect.stringContaining(restatements),
  ]);
  const earlier = before.kind === 'done' ? Date.parse(before.result.audit.asOf) : 0;
  const again = await auditJob.run(context, { quarter: '2026-Q3', asOf: earlier });
  expect(spendOf(again)).toBe('20.000000');
});
