/**
 * Scenario: bills that change after the audit. Each source is pulled again while its bill may
 * change.
 */

import { expect, test } from 'vitest';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS, period } from '../../src/domain/period.ts';
import { scheduledPulls } from '../../src/calendar/timetable.ts';
import { examineBills } from '../../src/jobs/examineBills.ts';
import { pullJob } from '../../src/jobs/pull.ts';
import { toSchedule } from '../../src/calendar/schedule.ts';
import { findingText } from '../../src/report/copy/findings.ts';
import type { Source } from '../../src/sources/source.ts';
import { WORKED_FILES } from '../support/workedExample.ts';
import { startScenario } from './scenarioApp.ts';

const QUARTER = '2026-Q3';
const SEPTEMBER_25 = Date.UTC(2026, 8, 25);
const AUDITED_MS = Date.UTC(2026, 9, 5, 6);

/** A provider that bills one day, and always answers with the current amounts. */
function provider(id: string, trailingDays: number) {
  const bill = { usd: 10n };
  const source: Source = {
    id,
    kind: 'hourly',
    provides: ['charges'],
    trailingDays,
    async *pull({ window }) {
      const asked = { sourceId: id, kind: `${id}.bill`, url: `https://${id}.example/bill` };
      const span = period(SEPTEMBER_25, SEPTEMBER_25 + DAY_MS);
      const isAsked = window.startMs <= span.startMs && span.endMs <= window.endMs;
      const fact = {
        sourceId: id,
        key: 'sep-25',
        resourceId: `${id}-pod`,
        category: 'compute' as const,
        pricingClass: 'on-demand' as const,
        period: span,
        billed: nanoUsd(bill.usd * 10n ** 9n),
        basis: 'billed' as const,
      };
      yield {
        fetch: {
          ...asked,
          window,
          startedAtMs: window.endMs,
          endedAtMs: window.endMs,
          status: 200,
        },
        charges: isAsked ? [{ position: 0, fact }] : [],
      };
    },
  };
  return { source, bill };
}

async function stage() {
  const office = await startScenario(WORKED_FILES, AUDITED_MS);
  const [quick, slow] = [provider('quick', 7), provider('slow', 30)];
  const sources = new Map([quick, slow].map(({ source }) => [source.id, source]));
  const context = { ...office.context, sources };
  /** What a scheduled run of the bill pulls requests. */
  const ring = async (atMs: number) => {
    office.clock.set(atMs);
    for (const order of scheduledPulls('bills', toSchedule(context).sources, atMs)) {
      await pullJob.run(context, pullJob.payload.parse(order.payload));
    }
  };
  const spend = async () => (await office.audit(QUARTER)).audit.totals.spendUsd;
  return { ...office, context, quick, slow, ring, spend };
}

test('a bill restated within its trailing days is in the next audit, no later one', async () => {
  const { quick, slow, ring, spend } = await stage();
  await ring(Date.UTC(2026, 9, 1, 3, 40));
  expect(await spend()).toBe('26.000000');
  quick.bill.usd = 11n;
  slow.bill.usd = 12n;
  // October 2 is the last day on which September 25 is requested from the one that settles in a
  // week.
  await ring(Date.UTC(2026, 9, 2, 3, 40));
  expect(await spend()).toBe('29.000000');
  quick.bill.usd = 21n;
  slow.bill.usd = 22n;
  await ring(Date.UTC(2026, 9, 20, 3, 40));
  expect(await spend()).toBe('39.000000');
});

test('a bill of the last quarter that may still change is named, source by source', async () => {
  const { context, clock } = await stage();
  const resultOf = async (atMs: number) => {
    clock.set(atMs);
    const findings = await examineBills({ ...context, nowMs: atMs });
    return findings.filter(({ state }) => state === 'ok').map((one) => findingText(one).says);
  };
  expect(await resultOf(Date.UTC(2026, 9, 5) + HOUR_MS)).toEqual([
    'Bills for 2026-Q3 may still change: quick from 2026-09-28 on and slow from ' +
      '2026-09-05 on.',
  ]);
  expect(await resultOf(Date.UTC(2026, 9, 20))).toEqual([
    'Bills for 2026-Q3 may still change: slow from 2026-09-20 on.',
  ]);
  expect(await resultOf(Date.UTC(2026, 10, 5))).toEqual([]);
});
