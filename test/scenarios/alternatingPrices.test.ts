/**
 * Scenario: an answer that could turn every quarter. A pod at $4.00 ($96 a day) and 24 Mtok a day
 * at a provider whose price changes each quarter, so the hosted share of the keep cost alternates.
 */

import { expect, test } from 'vitest';
import { DAY_MS } from '../../src/domain/period.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import {
  auditQuarters,
  chargesCsv,
  auditTimeMs,
  runQuarters,
  quarterMs,
  quarterName,
} from './podQuarters.ts';

/** $4.00 per million is what keeping costs. */
function world(shares: readonly number[]) {
  return runQuarters({ usdPerMtok: shares.map((share) => share * 4) });
}

const answerOf = ({ deployments: [first] }: Audit) => [
  first?.verdict,
  first?.leaning,
  first?.standing,
];

const OPEN = 'not certain enough';

test('an answer that alternates by a fifth stays, and turns after two equal quarters', async () => {
  const shares = [1.1, 0.8, 1.1, 0.8, 0.8, 1.1, 0.8, 1.1, 1.1];
  const results = await auditQuarters(await world(shares), shares.length);
  expect(results.map(({ audit }) => answerOf(audit))).toEqual([
    ['keep', null, 'keep'],
    [OPEN, 'delete', 'keep'],
    ['keep', null, 'keep'],
    [OPEN, 'delete', 'keep'],
    // The second quarter in a row.
    ['delete', null, 'delete'],
    // Keeping is a tenth cheaper than hosting, which stands.
    [OPEN, 'keep', 'delete'],
    ['delete', null, 'delete'],
    [OPEN, 'keep', 'delete'],
    ['keep', null, 'keep'],
  ]);
});

test('the reason states by how much it would turn, and what is needed', async () => {
  const results = await auditQuarters(await world([1.1, 0.8]), 2);
  const [first] = results[1]?.audit.deployments ?? [];
  // $96 a day against $76.80.
  expect(first?.reasons[0]).toBe(
    'The verdict "delete" would reverse the previous verdict "keep" and cost 20% ' +
      'less. A reversal must cost at least 30% less, or hold for another quarter.',
  );
  expect(first?.probability).toBe('1.000000');
});

test('a saving of a third turns at once, and back', async () => {
  const results = await auditQuarters(await world([1.1, 0.66, 1.5]), 3);
  expect(results.map(({ audit }) => answerOf(audit))).toEqual([
    ['keep', null, 'keep'],
    ['delete', null, 'delete'],
    // $96 against $144 is a third less than the standing answer.
    ['keep', null, 'keep'],
  ]);
});

test('29.5% waits, 30% does not', async () => {
  const [, below] = await auditQuarters(await world([1.1, 0.705]), 2);
  expect(below && answerOf(below.audit)).toEqual([OPEN, 'delete', 'keep']);
  const [, exactly] = await auditQuarters(await world([1.1, 0.7]), 2);
  expect(exactly && answerOf(exactly.audit)).toEqual(['delete', null, 'delete']);
});

test("the stack's answer stays with its deployments', through the same stored audits", async () => {
  const shares = [1.1, 0.8, 1.1, 0.8, 0.8];
  const results = await auditQuarters(await world(shares), shares.length);
  const result = results.map(({ audit: { stack } }) => [
    stack.verdict,
    stack.leaning,
    stack.standing,
  ]);
  expect(result).toEqual([
    ['keep', null, 'keep'],
    [OPEN, 'delete', 'keep'],
    ['keep', null, 'keep'],
    [OPEN, 'delete', 'keep'],
    ['delete', null, 'delete'],
  ]);
});

test('auditing all quarters again gives the same audits', async () => {
  const office = await world([1.1, 0.8, 0.8]);
  const first = await auditQuarters(office, 3);
  const again = await auditQuarters(office, 3);
  expect(again.map(({ isNew }) => isNew)).toEqual([false, false, false]);
  expect(again.map(({ auditJson }) => auditJson)).toEqual(first.map(({ auditJson }) => auditJson));
});

test('a late invoice for an old quarter does not change audits made long after it', async () => {
  const office = await world([1.1, 0.8, 0.8, 1.1]);
  const before = await auditQuarters(office, 4);
  expect(before.map(({ audit }) => answerOf(audit)[0])).toEqual(['keep', OPEN, 'delete', OPEN]);

  // The first quarter cost twice what its bill said: deleting would have been right.
  await office.replace('charges', chargesCsv([8, 4, 4, 4]));
  office.clock.set(quarterMs(4) + 30 * DAY_MS);
  const late = await office.audit(quarterName(0));
  expect(late.isNew).toBe(true);
  expect(answerOf(late.audit)[0]).toBe('delete');
  const last = await office.audit(quarterName(3));
  expect(last).toMatchObject({ isNew: false, auditJson: before[3]?.auditJson });
});

test('an audit as of its own day is the same, whatever happened to the one before', async () => {
  const office = await world([1.1, 0.8]);
  const [, second] = await auditQuarters(office, 2);
  await office.replace('charges', chargesCsv([8, 4]));
  office.clock.set(quarterMs(2) + 30 * DAY_MS);
  expect(answerOf((await office.audit(quarterName(0))).audit)[0]).toBe('delete');
  const then = await office.audit(quarterName(1), auditTimeMs(1));
  expect(then).toMatchObject({ isNew: false, auditJson: second?.auditJson });
});
