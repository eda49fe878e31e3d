/**
 * Scenario: days that a bill usually has are missing. They are named before the quarter ends, never
 * zero.
 */

import { expect, test } from 'vitest';
import { STORED_FORMAT } from '../../src/report/locale.ts';
import { DAY_MS, dayText } from '../../src/domain/period.ts';
import { examineBills } from '../../src/jobs/examineBills.ts';
import { findSourceGaps } from '../../src/jobs/completeness.ts';
import { withFindingText } from '../../src/report/copy/findings.ts';
import { reliabilityLines } from '../../src/report/sections/reliability.ts';
import { WORKED_FILES } from '../support/workedExample.ts';
import { startScenario } from './scenarioApp.ts';
import { readForLeader, LEADER } from '../support/readers.ts';

const QUARTER = '2026-Q3';
const JULY_1 = Date.UTC(2026, 6, 1);
/** Long after the last bill could still change. */
const SETTLED_MS = Date.UTC(2026, 9, 20);
const dayAt = (day: number) => dayText(JULY_1 + day * DAY_MS);

/** $6.00 for each day of the quarter except those. */
function billWithout(...lost: readonly number[]): string {
  const [header = ''] = WORKED_FILES['charges.csv'].split('\n');
  const rows = Array.from({ length: 92 }, (_, day) => day)
    .filter((day) => !lost.includes(day))
    .map((day) => {
      const [from, to] = [`${dayAt(day)}T00:00:00Z`, `${dayAt(day)}T04:00:00Z`];
      return `line-${day},pod-1,example-pod,compute,on-demand,${from},${to},6.00,USD,4,Hours`;
    });
  return `${[header, ...rows].join('\n')}\n`;
}

const office = (nowMs: number, ...lost: readonly number[]) =>
  startScenario({ ...WORKED_FILES, 'charges.csv': billWithout(...lost) }, nowMs);

const daysFrom = (first: number, count: number) =>
  Array.from({ length: count }, (_, at) => first + at);

test('a whole bill is complete, and nothing is reported', async () => {
  const { audit, context } = await office(SETTLED_MS);
  expect((await audit(QUARTER)).audit.evidence.gaps).toEqual([]);
  // Nothing was billed since: a past day is not missing before its bill is due.
  const early = await office(Date.UTC(2026, 9, 1));
  expect(await findSourceGaps(early.context, early.clock.nowMs(), STORED_FORMAT)).toEqual([]);
  expect(context.config.sources).toEqual([]);
});

test('five days of 92 are named with their estimated cost, beside the verdict', async () => {
  const { audit } = await office(SETTLED_MS, ...daysFrom(40, 5));
  const { audit: result } = await audit(QUARTER);
  expect(result.evidence.gaps).toEqual([
    {
      source: 'import',
      unit: 'day',
      category: null,
      resource: null,
      times: daysFrom(40, 5).map(dayAt),
      likelyUsd: '30.000000',
      ongoing: false,
    },
  ]);
  const said =
    'Source import billed nothing on 2026-08-10 and 4 more days, although it usually does. At ' +
    'the usual amount for a day, that is about $30.00.';
  expect(result.stack.reasons.some((reason) => reason.startsWith(said))).toBe(true);
  expect(result.stack.missing.some((missing) => missing.includes('charges are missing'))).toBe(
    false,
  );
  expect(reliabilityLines(readForLeader(result), LEADER).join(' ')).toContain(
    'Bills are missing: ',
  );
});

test('ten days are too many: there is no verdict until they are imported', async () => {
  const { audit, replace } = await office(SETTLED_MS, ...daysFrom(40, 10));
  const { audit: result } = await audit(QUARTER);
  expect(result.stack.verdict).toBe('not enough evidence');
  // $60.00 beside $492.00.
  expect(result.stack.missing).toContain(
    'Charges of about $60.00 (10.9%) are missing, above the limit of 10%. Source import billed ' +
      'nothing on 2026-08-10 and 9 more days, although it usually does. Pull or import those ' +
      'charges. If there was nothing to bill, import a charge of 0.00 for that time.',
  );
  // A charge of zero says that there was nothing to bill.
  const [header = ''] = billWithout().split('\n');
  const idle =
    `${header}\nidle,pod-1,example-pod,compute,on-demand,` +
    `${dayAt(40)},${dayAt(41)},0.00,USD,0,Hours\n`;
  await replace('charges', idle);
  const [gap] = (await audit(QUARTER)).audit.evidence.gaps;
  expect(gap?.times).toEqual(daysFrom(41, 9).map(dayAt));
});

test('it is known while the quarter runs, and to doctor', async () => {
  const { clock, context } = await office(JULY_1 + 70 * DAY_MS, ...daysFrom(40, 3));
  const bills = { ...context, nowMs: clock.nowMs() };
  const findings = (await examineBills(bills)).map(withFindingText);
  expect(findings).toContainEqual({
    area: 'bill',
    subject: 'import',
    state: 'warn',
    code: 'charges-missing',
    source: 'import',
    unit: 'day',
    from: '2026-08-10',
    count: 3,
    ongoing: false,
    likelyUsd: '18.000000',
    says: 'Source import billed nothing on 2026-08-10 and 2 more days, although it usually does.',
    fix:
      'Pull or import those charges. If there was nothing to bill, import a charge of 0.00 for ' +
      'that time.',
  });
  expect(await findSourceGaps(context, clock.nowMs(), STORED_FORMAT)).toMatchObject([
    { source: 'import', days: 3, resources: 0 },
  ]);
});

test('an audit as of a time before finds what was missing then', async () => {
  const { audit, clock, replace } = await office(SETTLED_MS, ...daysFrom(40, 5));
  const first = await audit(QUARTER);
  const asOf = clock.nowMs();
  clock.set(SETTLED_MS + DAY_MS);
  await replace('charges', billWithout());
  const second = await audit(QUARTER);
  expect(second.audit.evidence.gaps).toEqual([]);
  expect(second.audit.runId).not.toBe(first.audit.runId);
  expect(await audit(QUARTER, asOf)).toMatchObject({ isNew: false, auditJson: first.auditJson });
});
