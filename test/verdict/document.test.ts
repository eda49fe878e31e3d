import { expect, test } from 'vitest';
import { add, decimal, ONE, sum, ZERO } from '../../src/domain/exact.ts';
import { nanoFromUsd } from '../../src/domain/money.ts';
import { OPTIONS } from '../../src/economics/offer.ts';
import type { Audit } from '../../src/verdict/audit.ts';
import {
  pointRange,
  charge,
  deployment,
  hosted,
  hour,
  LABOR,
  POD,
  price,
  series,
  stack,
  WORKED_ROWS,
} from '../economics/stackFixture.ts';
import { computeVerdict } from './verdictFixture.ts';

function only(audit: Audit) {
  const [first] = audit.deployments;
  if (first === undefined) throw new Error('one deployment is printed');
  return first;
}

test('the worked example is printed to the last digit', () => {
  const { audit } = computeVerdict();
  expect(audit.totals).toEqual({
    spendUsd: '6.000000',
    billedUsd: '6.000000',
    unattributedUsd: '0.000000',
    unattributedShare: '0.000000',
    estimatedUsd: '0.000000',
    hostedSpendUsd: '0.000000',
    taxUsd: '0.000000',
    uncoveredUsd: '0.000000',
    unbilledTokens: 0,
    unbilledShare: '0.000000',
    missingBills: [],
    tokens: 15_600_000,
    promptTokens: 13_000_000,
    cachedTokens: 2_600_000,
    outputTokens: 2_600_000,
    effectiveUsdPerMtok: '0.384615',
    hostedUsdPerMtok: '0.136271',
    coverage: '1.000000',
    tokensPerDay: 93_600_000,
  });
  expect(only(audit)).toMatchObject({
    paidReplicaHours: '4.000000',
    capacityTokPerSec: '3000.000000',
    capacityBasis: 'measured',
    fullCapacityUsd: '2.166667',
    underfilledUsd: '1.083333',
    idleUsd: '2.750000',
    requests: 6500,
    hosted: { host: 'host-a', cheapestUsd: '2.125825', medianUsd: '2.160112' },
    breakEven: {
      tokens: 62_375_784,
      tokensPerDay: 374_254_704,
      utilization: '1.443884',
      note: 'more than this replica can serve',
    },
  });
});

test('options are printed with their parts, and costs are the sums of them', () => {
  const { audit } = computeVerdict();
  const { options } = only(audit);
  expect(options).toMatchObject([
    { option: 'keep', costUsd: '9.000000', infraUsd: '6.000000', savingUsd: '0.000000' },
    {
      option: 'delete',
      costUsd: '2.625825',
      infraUsd: '0.000000',
      laborUsd: '0.500000',
      hostedUsd: '2.125825',
      strandedUsd: '0.000000',
      migrationUsd: '0.000000',
      savingUsd: '6.374175',
      probability: '1.000000',
    },
    {
      option: 'hybrid',
      costUsd: '9.500000',
      detail: { replicas: 1, costUsdByReplicas: { '1': '6.000000', '2': '12.000000' } },
    },
    { option: 'serverless', costUsd: null, detail: { reason: 'no serverless price is stated' } },
    { option: 'move', costUsd: null, probability: null },
    { option: 'spot', costUsd: null },
    { option: 'right-size', costUsd: '9.000000', detail: { replicaHours: '4.000000' } },
  ]);
  for (const each of options.filter(({ costUsd }) => costUsd !== null)) {
    const own = [each.gpuUsd, each.storageUsd, each.otherUsd];
    expect(sumOf(own)).toEqual(decimal(each.infraUsd ?? ''));
    const { infraUsd, laborUsd, hostedUsd, strandedUsd, migrationUsd } = each;
    const parts = [infraUsd, laborUsd, hostedUsd, strandedUsd, migrationUsd];
    expect(sumOf(parts)).toEqual(decimal(each.costUsd ?? ''));
  }
});

test('keeping has no probability against itself, and every priced option has an interval', () => {
  const [keep, ...others] = only(computeVerdict().audit).options;
  expect(keep).toMatchObject({ probability: null, low: null, high: null });
  for (const { costUsd, savingUsd, low, high } of others) {
    expect([low, high].includes(null)).toBe(costUsd === null);
    if (costUsd === null) continue;
    expect(Number(low)).toBeLessThanOrEqual(Number(savingUsd));
    expect(Number(high)).toBeGreaterThanOrEqual(Number(savingUsd));
  }
});

test('the stack is printed with its plan and both savings', () => {
  const { stack: result } = computeVerdict().audit;
  expect(result).toMatchObject({
    verdict: 'delete',
    probability: '1.000000',
    savingUsd: { base: '6.374175' },
    withoutLabor: { verdict: 'delete', savingUsd: '3.874175', probability: '1.000000' },
    keepUsd: '9.000000',
    bestPlan: [{ deployment: 'chat', option: 'delete' }],
    bestPlanUsd: '2.625825',
    requiredCostUsd: null,
  });
  expect(Number(result.savingUsd.low)).toBeLessThan(6.374175);
  expect(Number(result.savingUsd.high)).toBeGreaterThan(6.374175);
});

test('fixed labor and shared commitments are in the stack though in no deployment', () => {
  const fixed = { fixedHours: pointRange('10'), hoursPerDeployment: pointRange('3') };
  const { audit } = computeVerdict({ stack: { labor: { ...LABOR, selfHosted: fixed } } });
  expect(audit.stack).toMatchObject({ keepUsd: '19.000000', bestPlanUsd: '2.625825' });
});

test('names and dates are printed as they were given', () => {
  const { audit } = computeVerdict();
  expect(audit).toMatchObject({
    schema: 'rentcheck/audit/1',
    quarter: '2026-Q3',
    window: { start: '2026-07-01T00:00:00Z', end: '2026-07-01T04:00:00Z', partial: false },
    asOf: '2026-10-05T07:00:00Z',
    runId: 'run-1',
  });
  expect(JSON.parse(JSON.stringify(audit))).toEqual(audit);
});

function sumOf(texts: readonly (string | null | undefined)[]) {
  return sum(texts.map((text) => decimal(text ?? 'unknown')));
}

/** Nano-dollars that six places cannot hold, in three thirds and a rest. */
function crumbs() {
  const pod = (id: string, usd: string) =>
    charge({ usd, from: 0, to: 4, resourceId: id, quantity: decimal('4'), unit: 'Hours' });
  const charges = ['a', 'b', 'c', 'loose'].map((id) => pod(id, '1.000000333'));
  const deployments = ['a', 'b', 'c'].map((id) =>
    deployment({ id, resources: [{ sourceId: 'bill', id }] }),
  );
  return computeVerdict({
    stack: { charges: [...charges, pod('a', '-0.000000001')], deployments },
  });
}

test('printed parts sum to the printed whole though no part is whole', () => {
  const { audit } = crumbs();
  const parts = [
    ...audit.deployments.map(({ spendUsd }) => spendUsd),
    audit.totals.unattributedUsd,
  ];
  expect(audit.totals.spendUsd).toBe('4.000001');
  expect(sumOf(parts)).toEqual(decimal(audit.totals.spendUsd));
});

test('the waterfall sums to the covered part of the spend, and the days to both', () => {
  const usage = series(WORKED_ROWS.map((row) => ({ ...row, replicaS: 3500.7 })));
  const { audit, detail } = computeVerdict({ stack: { deployments: [deployment({ usage })] } });
  const printed = only(audit);
  const covered = sumOf([printed.fullCapacityUsd, printed.underfilledUsd, printed.idleUsd]);
  expect(add(covered, decimal(printed.uncoveredUsd))).toEqual(decimal(printed.spendUsd));
  expect(sumOf(detail.days.map(({ coveredSpendUsd }) => coveredSpendUsd))).toEqual(covered);
  expect(sumOf(detail.days.map(({ hostedUsd }) => hostedUsd))).toEqual(
    decimal(printed.hosted?.costUsd ?? ''),
  );
});

test('the detail has the hours of the window and the capacity that was paid for', () => {
  const { detail } = computeVerdict({ stack: { window: { startMs: hour(0), endMs: hour(5) } } });
  expect(detail.load).toEqual([
    {
      deployment: 'chat',
      startMs: hour(0),
      tokensByHour: [3_600_000, 10_800_000, 0, 1_200_000, null],
      capacityTokensPerHour: 10_800_000,
      replicas: 1,
      paidMsByHour: [3_600_000, 3_600_000, 3_600_000, 3_600_000, 0],
    },
  ]);
});

test('what is unknown is null, never zero', () => {
  const usage = series([{ at: 0, uncached: 100, cached: null, requests: null, busyS: null }]);
  const { capacity: _stated, ...own } = deployment({ usage, trailingUsage: series([]) });
  const { audit } = computeVerdict({
    stack: { deployments: [{ ...own, usage: series([]) }], prices: [] },
  });
  expect(only(audit)).toMatchObject({
    effectiveUsdPerMtok: null,
    utilization: null,
    busyFraction: null,
    capacityTokPerSec: null,
    capacityBasis: null,
    idleUsd: null,
    hosted: null,
    breakEven: { tokens: null, utilization: null, note: null },
  });
  const seen = computeVerdict({ stack: { deployments: [{ ...own, usage }] } });
  expect(only(seen.audit)).toMatchObject({
    cachedTokens: null,
    requests: null,
    busyFraction: null,
  });
  expect(seen.audit.totals.cachedTokens).toBeNull();
});

test('a waiver is printed with the value that its owner stated', () => {
  const waiver = { reason: 'residency', owner: 'legal', expiresMs: hour(24) };
  const { audit } = computeVerdict({ stack: { deployments: [deployment({ waiver })] } });
  expect(only(audit).waiver).toEqual({
    reason: 'residency',
    owner: 'legal',
    worthUsdPerQuarter: null,
    expires: '2026-07-02',
    expired: false,
  });
  expect(audit.stack.requiredCostUsd).toBe('6.374175');
});

test('a break-even that cannot be computed is null', () => {
  const prices = [price({ host: 'x', input: '0.000000001', output: '0.000000001' })];
  const usage = series([{ at: 0, output: 1_000_000 }]);
  const equivalents = [{ sourceId: 'market', model: 'open/model', tokenRatio: decimal('0.1') }];
  const deployments = [deployment({ usage, hosted: hosted({ equivalents }) })];
  const { audit } = computeVerdict({ stack: { prices, deployments } });
  expect(only(audit).breakEven).toMatchObject({
    tokens: null,
    note: 'more than this replica can serve',
  });
});

test("days sum to their deployment a provider's days to its cost, in whole nano-dollars", () => {
  const twoDays = { startMs: hour(0), endMs: hour(48) };
  const rows = [...WORKED_ROWS, { at: 30, uncached: 333_333, cached: 1, output: 77, busyS: 60 }];
  const charges = [charge({ usd: '7.000000001', from: 0, to: 47 }), POD];
  const parts = { window: twoDays, charges, deployments: [deployment({ usage: series(rows) })] };
  const { rows: stored, economics } = computeVerdict({ stack: stack(parts) });
  const total = (values: readonly bigint[]) => values.reduce((all, value) => all + value, 0n);
  expect(total(stored.days.map(({ spendNanoUsd }) => spendNanoUsd))).toBe(13_000_000_001n);
  expect(stored.stack.spendNanoUsd).toBe(13_000_000_001n);
  const own = stored.counterfactuals.filter(({ host }) => host === 'host-a');
  expect(own.map(({ tokens }) => tokens)).toEqual([15_600_000, 333_411]);
  expect(total(own.map(({ costNanoUsd }) => costNanoUsd))).toBe(
    stored.deployments[0]?.hostedNanoUsd,
  );
  const considered = economics.deployments[0]?.hosted.considered ?? [];
  for (const { host, usd } of considered.slice(0, 2)) {
    const days = stored.counterfactuals.filter((row) => row.host === host);
    expect([host, total(days.map(({ costNanoUsd }) => costNanoUsd))]).toEqual([
      host,
      nanoFromUsd(usd ?? ZERO),
    ]);
  }
  expect(considered.map(({ host }) => host)).toEqual(['host-a', 'host-b']);
  expect(stored.options.map(({ option }) => option)).toEqual(
    OPTIONS.filter((option) => option !== 'bring-back'),
  );
  expect(economics.deployments[0]?.days.length).toBe(2);
});

test('rows leave out what is unknown, and one row covers a provider of two models', () => {
  const prices = [
    price({ host: 'same', model: 'open/model', input: '1', output: '1' }),
    price({ host: 'same', model: 'open/other', input: '2', output: '2' }),
    price({ host: 'other', model: 'open/other', input: '3', output: '3' }),
  ];
  const equivalents = ['open/model', 'open/other'].map((model) => ({
    sourceId: 'market',
    model,
    tokenRatio: decimal('1'),
  }));
  const deployments = [
    deployment({ hosted: hosted({ equivalents, policy: 'pinned', pinned: 'other' }) }),
  ];
  const { rows } = computeVerdict({ stack: { prices, deployments } });
  const hosts = rows.counterfactuals.map(({ host }) => host);
  expect(hosts.toSorted()).toEqual(['other', 'same']);
  const blind = computeVerdict({ stack: { prices: [] } }).rows;
  expect(blind.deployments[0]).not.toHaveProperty('hostedNanoUsd');
  expect(blind.options.find(({ option }) => option === 'delete')).toEqual({
    deployment: 'chat',
    option: 'delete',
  });
});

test('a one-off cost that is spread over quarters is printed in full too', () => {
  const migration = { hours: { delete: ONE }, share: decimal('0.25'), stated: true };
  const { options, migrationInFullUsd } = computeVerdict({ stack: { migration } }).audit.stack;
  const plan = options.find(({ option }) => option === 'best plan');
  expect([plan?.migrationUsd, migrationInFullUsd]).toEqual(['1.000000', '4.000000']);
  expect(computeVerdict().audit.stack).not.toHaveProperty('migrationInFullUsd');
});
