/** Tests the backtest of last quarter's audit: its forecast, and the outcome of its advice. */

import { describe, expect, test } from 'vitest';
import type { StackEconomics } from '../../src/economics/result.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import type { AuditDeployment, AuditOptionDetail } from '../../src/verdict/auditDeployment.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import { printBacktest } from '../../src/verdict/document/documentConsequences.ts';
import { computeBacktest as scored } from '../../src/verdict/backtest/backtest.ts';
import { money } from '../economics/stackFixture.ts';
import { aDeployment, anAudit, type DeploymentFixtureInput } from '../support/auditFixture.ts';
import { type WeeklyPod, weeklyStack } from './outlook/weeksWorld.ts';

type Advised = 'delete' | 'hybrid' | 'serverless' | 'move' | 'right-size';

interface Past extends DeploymentFixtureInput {
  readonly verdict: Advised;
  readonly detail?: AuditOptionDetail;
  readonly hostedUsd?: string;
}

/** Then: 91 days of one pod at $20 a day, 728 million tokens, and a change that saves $1,092. */
function past({ detail = {}, hostedUsd = '0.000000', ...request }: Past): AuditDeployment {
  const made = aDeployment({
    id: 'chat',
    spend: 1820,
    tokens: 728_000_000,
    savings: { [request.verdict]: 1092 },
    paidReplicaHours: '2184.000000',
    coverage: '1.000000',
    ...request,
  });
  const options = made.options.map((option) =>
    option.option === request.verdict ? { ...option, hostedUsd, detail } : option,
  );
  return { ...made, options };
}

const DROP = past({ verdict: 'delete', hostedUsd: '728.000000' });

function auditOf(deployments: readonly AuditDeployment[], more: Partial<Audit> = {}): Audit {
  return anAudit({
    quarter: '2026-Q2',
    runId: 'run-before',
    window: { start: '2026-04-01T00:00:00Z', end: '2026-07-01T00:00:00Z', partial: false },
    deployments,
    ...more,
  });
}

const chat = (overrides: Partial<WeeklyPod> = {}): WeeklyPod => ({
  id: 'chat',
  usdPerDay: 20,
  mtok: () => 8,
  ...overrides,
});

/** This window, with dollars of tokens bought and of unattributed charges. */
function now(pods: readonly WeeklyPod[], bought = '0', nobody = '0'): StackEconomics {
  const economics = weeklyStack(pods);
  const bill = { ...economics.bill, hosted: money(bought), unattributed: money(nobody) };
  return { ...economics, bill };
}

const lookBack = (audit: Audit, economics: StackEconomics) =>
  printBacktest(scored(audit, economics), AUDIT_SENTENCES);

const OTHER = chat({ id: 'other' });

function adviceOn(deployment: AuditDeployment, economics: StackEconomics) {
  const found = lookBack(auditOf([deployment]), economics);
  const [first] = found.advice;
  if (first === undefined) throw new Error('one deployment was advised');
  return { ...found, first };
}

describe('advice to delete', () => {
  test('was taken where the deployment is gone, and saved its cost less the tokens bought', () => {
    const { first, ...found } = adviceOn(DROP, now([OTHER], '700'));
    expect(first).toEqual({
      deployment: 'chat',
      verdict: 'delete',
      taken: true,
      forecastUsd: '1092.000000',
      measuredUsd: '1120.000000',
      note:
        'It is no longer in the config and no longer billed. Its saving is the ' +
        'difference between the bills, without engineering time.',
      noteDetails: [{ code: 'gone' }, { code: 'saving-by-bills' }],
    });
    expect(found.realizedUsd).toBe('1120.000000');
    expect([found.measuredUsd, found.isInInterval]).toEqual([null, null]);
    expect([found.quarter, found.runId]).toEqual(['2026-Q2', 'run-before']);
  });

  test('was taken where hardly anything is billed anymore', () => {
    const { first, realizedUsd } = adviceOn(DROP, now([chat({ usdPerDay: 1 })], '700'));
    expect(first).toMatchObject({ taken: true, measuredUsd: '1029.000000' });
    expect(first.note).toContain('Its spend is $91.00, compared with $1,820 before.');
    expect(realizedUsd).toBe('1029.000000');
  });

  test('was not taken where the bill goes on, and would have saved what is measured now', () => {
    const { first, realizedUsd, measuredUsd } = adviceOn(DROP, now([chat()]));
    expect(first).toMatchObject({ taken: false, measuredUsd: '1092.000000' });
    expect(first.note).toContain('The change was not made');
    expect([realizedUsd, measuredUsd]).toEqual([null, '1092.000000']);
  });

  test('saved an unknown amount while no tokens bought are on the bills', () => {
    const { first, realizedUsd } = adviceOn(DROP, now([OTHER]));
    expect(first).toMatchObject({ taken: true, measuredUsd: null });
    expect(first.note).toContain('its hosted cost is unknown');
    expect(realizedUsd).toBeNull();
  });

  test('cannot be determined where as much is unattributed', () => {
    const { first, realizedUsd } = adviceOn(DROP, now([OTHER], '700', '1500'));
    expect(first).toMatchObject({ taken: null, measuredUsd: null });
    expect(first.note).toContain('its GPUs may still be billed');
    expect(realizedUsd).toBeNull();
  });

  test('to several is only distinguished together', () => {
    const audit = auditOf([DROP, past({ verdict: 'delete', id: 'code', hostedUsd: '728.000000' })]);
    const found = lookBack(audit, now([OTHER], '1400'));
    expect(found.advice.map(({ taken, measuredUsd }) => [taken, measuredUsd])).toEqual([
      [true, null],
      [true, null],
    ]);
    expect(found.realizedUsd).toBe('2240.000000');
  });
});

describe('advice to run fewer machines', () => {
  const SMALLER = [
    { verdict: 'right-size', detail: { replicaHours: '2000.000000' }, taken: true },
    { verdict: 'right-size', detail: { replicaHours: '1900.000000' }, taken: false },
    { verdict: 'right-size', detail: { replicaHours: '4200.000000' }, taken: null },
    { verdict: 'serverless', detail: { workerHours: '2100.000000' }, taken: true },
    { verdict: 'hybrid', detail: { replicas: 1 }, taken: true },
    { verdict: 'hybrid', detail: { replicas: 2 }, taken: null },
    { verdict: 'right-size', detail: {}, taken: null },
  ] as const;

  test.each(SMALLER)('$verdict, 4,368 hours then and 2,184 now, $detail: $taken', (advice) => {
    const { verdict, detail, taken } = advice;
    const advised = past({ verdict, detail, paidReplicaHours: '4368.000000', spend: 3640 });
    const { first, realizedUsd } = adviceOn(advised, now([chat()]));
    expect(first.taken).toBe(taken);
    expect(realizedUsd).toBe(taken === true ? '1820.000000' : null);
  });

  test('cannot be determined for a deployment that is gone', () => {
    const advised = past({ verdict: 'right-size', detail: { replicaHours: '1000.000000' } });
    expect(adviceOn(advised, now([OTHER])).first).toMatchObject({ taken: null, measuredUsd: null });
  });
});

describe('advice to move', () => {
  const detail = { usdPerGpuHour: '0.500000', ownUsdPerGpuHour: '1.000000' };
  test.each([
    [10, true, '910.000000'],
    [11.5, null, null],
    [20, false, null],
  ])('at half the rate, now $%d a day instead of $20: %s', (usdPerDay, taken, realizedUsd) => {
    const advised = past({ verdict: 'move', detail });
    const found = adviceOn(advised, now([chat({ usdPerDay })]));
    expect(found.first.taken).toBe(taken);
    expect(found.first.note).toContain('(billed by bill), compared with $0.83 before.');
    expect(found.realizedUsd).toBe(realizedUsd);
  });
});

describe('the forecast', () => {
  const saving = { base: '1000.000000', low: '950.000000', high: '1050.000000' };
  const nextQuarter = { low: '900.000000', high: '1092.000000' };
  const outlook = {
    asLast: saving,
    nextQuarter,
    withTrend: null,
    flipsOn: null,
    deployments: [],
    scenarios: [],
    afterContracts: null,
  };
  const stack = { savingUsd: saving, outlook };

  test.each([
    [8, '1092.000000', true],
    [8.5, '1046.500000', true],
    [11, '819.000000', false],
  ])('is scored by what the same plan saves at %d Mtok a day', (mtok, measuredUsd, isIn) => {
    const audit = anAudit({ ...auditOf([DROP]), stack });
    const found = lookBack(audit, now([chat({ mtok: () => mtok })]));
    const forecastUsd = { base: '1000.000000', ...nextQuarter };
    expect(found).toMatchObject({ forecastUsd, measuredUsd, isInInterval: isIn });
  });

  test('is the earlier outlook, with the range of the next quarter, not of the mean', () => {
    const asLast = { base: '1100.000000', low: '1090.000000', high: '1110.000000' };
    const result = { ...stack, outlook: { ...outlook, asLast } };
    const audit = anAudit({ ...auditOf([DROP]), stack: result });
    const { forecastUsd, isInInterval } = lookBack(audit, now([chat({ mtok: () => 8.5 })]));
    expect([forecastUsd, isInInterval]).toEqual([{ base: '1100.000000', ...nextQuarter }, true]);
  });

  test('from a version with only the interval of the mean is not scored', () => {
    const { nextQuarter: _, ...older } = outlook;
    const result = { ...stack, outlook: older } as unknown as typeof stack;
    const audit = anAudit({ ...auditOf([DROP]), stack: result });
    const { forecastUsd, isInInterval } = lookBack(audit, now([chat()]));
    expect(forecastUsd).toEqual({ base: '1000.000000', low: null, high: null });
    expect(isInInterval).toBeNull();
  });

  test('from an older program is read without the fields that it did not write', () => {
    const { outlook, lookBack: _, steps, standing, ...old } = auditOf([DROP]).stack;
    const nulls = { base: '1092.000000', low: null, high: null };
    const audit = { ...auditOf([DROP]), stack: { ...old, savingUsd: nulls } } as unknown as Audit;
    expect([outlook, steps, standing].length).toBe(3);
    const found = lookBack(audit, now([chat()]));
    expect(found).toMatchObject({ forecastUsd: nulls, isInInterval: null });
    expect(found.measuredUsd).toBe('1092.000000');
  });

  test('is not scored where nothing is left or the pick no longer has a price', () => {
    expect(lookBack(auditOf([DROP]), now([])).measuredUsd).toBeNull();
    const economics = now([chat()]);
    const [only] = economics.deployments;
    if (only === undefined) throw new Error('one deployment is weighed');
    const offers = { ...only.offers, delete: { reason: { code: 'no-host-known' } as const } };
    const found = adviceOn(DROP, { ...economics, deployments: [{ ...only, offers }] });
    expect(found.measuredUsd).toBeNull();
    expect(found.first).toMatchObject({ taken: false, measuredUsd: null });
  });
});

test('traffic that changed by more than a fifth is reported', () => {
  const noteAt = (mtok: number) =>
    adviceOn(DROP, now([chat({ usdPerDay: 1, mtok: () => mtok })], '700')).first.note;
  expect(noteAt(12)).toContain('Its traffic rose by 50%, so the advice does not explain all');
  expect(noteAt(6)).toContain('Its traffic fell by 25%');
  expect(noteAt(9)).not.toContain('traffic');
});

test('windows of different lengths are not compared by their bills', () => {
  const window = { start: '2026-06-01T00:00:00Z', end: '2026-07-01T00:00:00Z', partial: false };
  const found = lookBack(auditOf([DROP], { window }), now([OTHER], '700'));
  expect(found.advice[0]).toMatchObject({ taken: true, measuredUsd: null });
  expect(found.advice[0]?.note).toContain('The two periods differ in length');
  expect([found.realizedUsd, found.isInInterval]).toEqual([null, null]);
});

test('deployments that were kept were given no advice', () => {
  const kept = aDeployment({ id: 'chat', verdict: 'keep' });
  const found = lookBack(auditOf([kept]), now([chat()]));
  expect(found.advice).toEqual([]);
  expect([found.measuredUsd, found.realizedUsd]).toEqual(['0.000000', null]);
});
