/** Whose engineering hours an audit counts, whatever the deployments are called. */

import { expect, test } from 'vitest';
import type { LaborConfig } from '../../src/config/config.ts';
import { decimal, exact, ONE } from '../../src/domain/exact.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';
import { deploymentLabor, unloggedWarnings } from '../../src/economics/labor.ts';
import { toLaborInput } from '../../src/jobs/engineeringHours.ts';
import { unknownDeploymentWarnings } from '../../src/jobs/unknownDeployments.ts';
import { toAuditedPeriod } from '../../src/calendar/quarter.ts';
import { canonicalDigest } from '../../src/platform/digest.ts';
import { pointRange, hour } from '../economics/stackFixture.ts';
import { warningSentences } from '../support/factSentences.ts';

const SIDE = { fixedHours: pointRange('8'), hoursPerDeployment: pointRange('4') };
const LABOR: LaborConfig = {
  loadedUsdPerHour: decimal('100'),
  selfHosted: SIDE,
  hosted: SIDE,
  serverlessShare: decimal('0.6'),
  stated: true,
};
const AUDITED = { quarters: ONE };

const HOSTILE = ['constructor', '__proto__', 'toString'];
const TERMS = { audited: AUDITED, known: new Set([...HOSTILE, 'chat']) };

function logOf(deployments: readonly string[], hours = 1) {
  return deployments.map((deployment, index) => ({
    sourceId: 'ops',
    key: `${index}`,
    dayMs: hour(0),
    deployment,
    workedMs: hours * HOUR_MS,
  }));
}

test('hours of deployments with hostile names are counted, entry by entry', () => {
  const labor = toLaborInput(LABOR, logOf([...HOSTILE, ...HOSTILE]), TERMS);
  expect(labor.basis).toBe('measured');
  for (const id of HOSTILE) {
    expect(deploymentLabor(labor, id).selfHosted).toEqual(pointRange('200'));
    expect(unloggedWarnings(labor, id)).toEqual([]);
  }
});

test('a hostile name without log entries has no hours, and gives a warning', () => {
  const labor = toLaborInput(LABOR, logOf(['chat']), TERMS);
  for (const id of HOSTILE) {
    expect(deploymentLabor(labor, id).selfHosted).toEqual(pointRange('0'));
    expect(unloggedWarnings(labor, id)).toHaveLength(1);
  }
});

test('hours of a hostile name change the digest of the inputs', () => {
  const digest = (hours: number) =>
    canonicalDigest(toLaborInput(LABOR, logOf(['__proto__'], hours), TERMS));
  expect(digest(1)).not.toBe(digest(2));
});

test('without an entry the assumed hours count, without a warning', () => {
  const labor = toLaborInput(LABOR, [], TERMS);
  expect(labor.basis).toBe('assumed');
  expect(deploymentLabor(labor, 'constructor').selfHosted).toEqual(pointRange('400'));
  expect(unloggedWarnings(labor, 'constructor')).toEqual([]);
});

test('hours of an unknown name count for the whole stack, and are reported', () => {
  const entries = logOf(['chta', 'chat', 'chta']);
  const { selfHosted } = toLaborInput(LABOR, entries, TERMS);
  expect(selfHosted.fixedHours).toEqual(pointRange('2'));
  const notes = unknownDeploymentWarnings(TERMS.known, {
    served: ['chat', 'chta'],
    hours: entries,
  });
  expect(warningSentences(notes)).toEqual([
    expect.stringContaining('stored for "chta"'),
    expect.stringContaining('2.00 hours for "chta"'),
  ]);
});

const AFTER = Date.UTC(2027, 0, 5);

test('a week has a week of engineering time: 7 of the 92 days of its quarter', () => {
  const from = Date.UTC(2026, 8, 1);
  const audited = toAuditedPeriod({ from, to: from + 7 * DAY_MS }, AFTER, 1);
  const { selfHosted, hosted } = toLaborInput(LABOR, [], { audited, known: TERMS.known });
  const week = exact(8n * 7n, 92n);
  expect(selfHosted.fixedHours).toEqual({ low: week, base: week, high: week });
  expect(hosted.hoursPerDeployment.base).toEqual(exact(4n * 7n, 92n));
});

test('a window that is a quarter takes the same as the quarter of that name', () => {
  const [from, to] = [Date.UTC(2026, 6, 1), Date.UTC(2026, 9, 1)];
  const byHand = toAuditedPeriod({ from, to }, AFTER, 1);
  const byName = toAuditedPeriod({ quarter: '2026-Q3' }, AFTER, 1);
  const hoursFor = (audited: typeof byHand) =>
    toLaborInput(LABOR, [], { audited, known: TERMS.known });
  expect(hoursFor(byHand)).toEqual(hoursFor(byName));
  expect(hoursFor(byHand).selfHosted).toEqual(SIDE);
});

test('logged hours belong to the window already: a short window does not scale them', () => {
  const from = Date.UTC(2026, 8, 1);
  const audited = toAuditedPeriod({ from, to: from + DAY_MS }, AFTER, 1);
  const { selfHosted } = toLaborInput(LABOR, logOf(['chat'], 3), { audited, known: TERMS.known });
  expect(selfHosted.measuredHours).toEqual({ chat: decimal('3') });
});
