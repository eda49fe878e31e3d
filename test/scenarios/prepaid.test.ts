/**
 * Scenario: a plan of $7,300 for 2026, $20.00 a day, is $1,840 of the third quarter and of the
 * fourth. One H100 runs all the time for 1 Mtok an hour, which a provider serves for $441.60.
 */

import { describe, expect, test } from 'vitest';
import type { Charge, Commitment } from '../../src/domain/charge.ts';
import { decimal } from '../../src/domain/exact.ts';
import { type Period, period } from '../../src/domain/period.ts';
import type { CommitmentInput } from '../../src/economics/input.ts';
import { weighStack } from '../../src/economics/stack.ts';
import { rate } from '../economics/marketFixture.ts';
import { commitmentLines } from '../../src/report/sections/commitments.ts';
import { charge, money, six, stack } from '../economics/stackFixture.ts';
import {
  chatDeployment,
  flatPrice,
  QUARTER_HOURS,
  MTOK,
  optionOf,
  podCharge,
  QUARTER,
  quarterVerdict,
  usageByHour,
} from './quarterWorld.ts';
import { LEADER, readForLeader } from '../support/readers.ts';

const LOAD = usageByHour(() => ({ uncached: MTOK }));
const day = (text: string) => Date.parse(`${text}T00:00:00Z`);

const PLAN: CommitmentInput = {
  sourceId: 'bill',
  id: 'plan-7',
  usdUpfront: money('7300'),
  fromMs: day('2026-01-01'),
  untilMs: day('2027-01-01'),
};

/** The same for either class: reserved GPUs are compared with reserved rates. */
const MARKET = (['on-demand', 'reserved'] as const).map((pricingClass) =>
  rate({ provider: 'there', gpuType: 'H100-80GB', usd: '0.5', pricingClass }),
);

/** The hours of the pod, at no charge on the bill. */
const FREE = podCharge(0);

const of = (status: Commitment['status']) => ({ commitment: { id: 'plan-7', status } });

/** The same as a FOCUS bill has it. */
const FOCUS: Charge[] = [
  { ...FREE, pricingClass: 'reserved', effective: money('1840'), ...of('used') },
];

function weighed(charges: readonly Charge[], commitments: readonly CommitmentInput[] = [PLAN]) {
  const deployments = [chatDeployment({ usage: LOAD })];
  return quarterVerdict({
    charges,
    commitments,
    deployments,
    prices: [flatPrice('0.2')],
    rates: MARKET,
  });
}

/** Spend and bill of the stack in a window, from charges without a load. */
function billOf(window: Period, charges: readonly Charge[], commitments = [PLAN]) {
  const { bill, deployments } = weighStack(stack({ window, charges, commitments }));
  const [first] = deployments;
  return [bill.spend, bill.billed, first?.spend.total, first?.spend.billed];
}

describe('a prepaid plan', () => {
  test('costs its part of the term, and leaving it while it runs does not pay', () => {
    const { audit, costs, first } = weighed([FREE]);
    // $441.60 and $1,840 that are paid for the quarter that follows; $1,104 elsewhere and $1,840.
    expect(costs()).toMatchObject({
      keep: '1840.000000',
      delete: '2281.600000',
      hybrid: '1840.000000',
      move: '2944.000000',
      'right-size': '1840.000000',
    });
    expect(first.verdict).toBe('keep');
    expect(audit.totals).toMatchObject({ spendUsd: '1840.000000', billedUsd: '0.000000' });
  });

  test('is the same where a FOCUS bill spreads it over what it pays for', () => {
    const [byConfig, byBill] = [weighed([FREE]), weighed(FOCUS)];
    expect(byBill.costs()).toEqual(byConfig.costs());
    expect(byBill.audit.totals).toMatchObject({ spendUsd: '1840.000000', billedUsd: '0.000000' });
    const after = (found: typeof byConfig) =>
      found.printed.options.map(({ option, afterCommitments }) => [option, afterCommitments]);
    expect(after(byBill)).toEqual(after(byConfig));
    expect(byBill.audit.stack.outlook?.afterContracts).toEqual(
      byConfig.audit.stack.outlook?.afterContracts,
    );
  });

  test('gives each option the rest of the plan, and what the change saves after its end', () => {
    const { audit } = weighed([FREE]);
    const left = { until: '2026-12-31', remainingUsd: '1840.000000' };
    // $1,840 less $441.60; less $1,104 elsewhere.
    expect(optionOf(audit, 'delete').afterCommitments).toEqual({
      ...left,
      savingUsd: '1398.400000',
    });
    expect(optionOf(audit, 'move').afterCommitments).toEqual({ ...left, savingUsd: '736.000000' });
    expect(optionOf(audit, 'keep').afterCommitments).toEqual({ ...left, savingUsd: '0.000000' });
    expect(optionOf(audit, 'serverless').afterCommitments).toEqual({ ...left, savingUsd: null });
    expect(audit.stack.outlook?.afterContracts).toEqual({
      savingUsd: '0.000000',
      bestSavingUsd: '1398.400000',
      until: '2026-12-31',
    });
  });

  test('has three months left of twelve, with unknown use', () => {
    expect(weighed([FREE]).audit.stack.commitments).toEqual([
      {
        source: 'bill',
        id: 'plan-7',
        until: '2026-12-31',
        noticeBy: null,
        committedUsd: '1840.000000',
        usedUsd: null,
        unusedUsd: null,
        owedUsd: '1840.000000',
        remainingUsd: '1840.000000',
        remainingMonths: '3.000000',
        months: [
          { month: '2026-10', usd: '620.000000' },
          { month: '2026-11', usd: '600.000000' },
          { month: '2026-12', usd: '620.000000' },
        ],
        shares: [{ deployment: 'chat', usd: '1840.000000' }],
      },
    ]);
  });

  test('is billed on its first day, and its quarters sum to it to the last nano-dollar', () => {
    const plan = { ...PLAN, usdUpfront: money('1000.000000001') };
    const edges = ['2026-01-01', '2026-04-01', '2026-07-01', '2026-10-01', '2027-01-01'];
    const quarters = edges.slice(1).map((end, at) => {
      const window = period(day(edges[at] ?? ''), day(end));
      return billOf(window, [], [plan]);
    });
    const sumOf = (column: number) => quarters.reduce((all, row) => all + (row[column] ?? 0n), 0n);
    expect(sumOf(0)).toBe(plan.usdUpfront);
    expect(quarters.map(([, billed]) => billed)).toEqual([plan.usdUpfront, 0n, 0n, 0n]);
    // 90 of 365 days of $1,000.000000001.
    expect(quarters[0]?.[0]).toBe(246_575_342_466n);
  });

  test('with its purchase on the bill is counted once, under either name', () => {
    const bought = { usd: '7300', from: 0, to: 24, category: 'commitment' } as const;
    const purchases: Charge[] = [
      charge({ ...bought, resourceId: 'plan-7' }),
      charge({ ...bought, resourceId: 'other', ...of('purchase') }),
      { ...charge({ ...bought, resourceId: 'plan-7' }), effective: money('0'), ...of('purchase') },
      // A bill that does not spread it also has what was paid as its effective cost.
      { ...charge({ ...bought, resourceId: 'plan-7' }), effective: money('7300') },
    ];
    const plan = { ...PLAN, fromMs: QUARTER.startMs, untilMs: day('2027-07-01') };
    for (const purchase of purchases) {
      // 92 of 365 days.
      expect(billOf(QUARTER, [FREE, purchase], [plan]).slice(0, 2)).toEqual([
        1_840_000_000_000n,
        7_300_000_000_000n,
      ]);
    }
  });

  test('that is partly paid monthly costs its months as billed', () => {
    const plan = { ...PLAN, usdPerMonth: money('500'), fromMs: QUARTER.startMs };
    const term = { ...plan, untilMs: day('2027-07-01') };
    const own = { category: 'commitment', resourceId: 'plan-7' } as const;
    const months = [0, 744, 1488].map((from) =>
      charge({ usd: '500', from, to: from + 24, ...own }),
    );
    const upfront = charge({ usd: '7299', from: 0, to: 24, ...own });
    // $1,840 and three times $500; the bill has $7,299, or the $7,300 are in no bill.
    expect(billOf(QUARTER, [FREE, upfront, ...months], [term]).slice(0, 2)).toEqual([
      3_340_000_000_000n,
      8_799_000_000_000n,
    ]);
    expect(billOf(QUARTER, [FREE, ...months], [term]).slice(0, 2)).toEqual([
      3_340_000_000_000n,
      8_800_000_000_000n,
    ]);
  });

  test('without use is unattributed spend, and can be pasted', () => {
    const { unclaimed, bill } = weighStack(
      stack({ window: QUARTER, charges: [], commitments: [PLAN] }),
    );
    expect(bill.unattributed).toBe(1_840_000_000_000n);
    expect(unclaimed.map(({ paste }) => paste)).toEqual([
      '{ source: "bill", match: { id: "plan-7" } }',
    ]);
  });
});

describe('a FOCUS bill', () => {
  const purchase = {
    ...charge({ usd: '7300', from: 0, to: 1, category: 'commitment', resourceId: 'plan-7' }),
    effective: money('0'),
    ...of('purchase'),
  };
  const used = { ...FREE, effective: money('1380'), ...of('used') };
  const unused = {
    ...charge({ usd: '0', from: 0, to: QUARTER_HOURS, resourceId: 'plan-7' }),
    effective: money('460'),
    ...of('unused'),
  };
  const bill = [purchase, used, unused];

  test('has the purchase in the billed cost, and its parts in the spend', () => {
    expect(billOf(QUARTER, bill, [])).toEqual([
      1_840_000_000_000n,
      7_300_000_000_000n,
      1_840_000_000_000n,
      7_300_000_000_000n,
    ]);
  });

  test('attributes the unused part to those who use the rest, and it buys no time', () => {
    const { audit, costs } = weighed(bill);
    expect(costs().keep).toBe('1840.000000');
    expect(audit.deployments[0]?.paidReplicaHours).toBe('2208.000000');
    expect(audit.stack.commitments[0]).toMatchObject({
      committedUsd: '1840.000000',
      usedUsd: '1380.000000',
      unusedUsd: '460.000000',
    });
    expect(audit.totals.unattributedUsd).toBe('0.000000');
  });

  test('with or without a term in the config has the same spend', () => {
    expect(billOf(QUARTER, bill, [PLAN])).toEqual(billOf(QUARTER, bill, []));
  });
});

describe('reserved GPUs', () => {
  const reserved: CommitmentInput = {
    sourceId: 'bill',
    gpus: 2,
    usdPerGpuHour: decimal('1.5'),
    untilMs: day('2026-11-16'),
    noticeMs: 30 * 86_400_000,
  };

  test('are committed by the hour, and what did not run is the unused reserve', () => {
    const [found] = weighed([podCharge(1.5)], [reserved]).audit.stack.commitments;
    // 2 x $1.50 x 2,208 h, of which one GPU ran; 46 days are left, 1.5 months.
    expect(found).toMatchObject({
      committedUsd: '6624.000000',
      usedUsd: '3312.000000',
      unusedUsd: '3312.000000',
      owedUsd: '3312.000000',
      remainingMonths: '1.500000',
      noticeBy: '2026-10-16',
    });
  });

  test('a day above the commitment uses nothing of another day', () => {
    // Four GPUs on 46 days and none on the others: 46 of 92 days are used.
    const busy = podCharge(6, { to: QUARTER_HOURS / 2, gpuCount: 4 });
    const [found] = weighed([busy], [reserved]).audit.stack.commitments;
    expect(found).toMatchObject({ usedUsd: '3312.000000', unusedUsd: '3312.000000' });
  });

  test('count as used by what ran in their term, not before it', () => {
    // One GPU ran all quarter; from September 1 on two are committed: $2,160, half of it used.
    const later = { ...reserved, fromMs: day('2026-09-01') };
    const [byGpu] = weighed([podCharge(1.5)], [later]).audit.stack.commitments;
    const half = { committedUsd: '2160.000000', usedUsd: '1080.000000', unusedUsd: '1080.000000' };
    expect(byGpu).toMatchObject(half);
    // $1.50 an hour of 720 hours are also $1,080.
    const { gpus: _gpus, usdPerGpuHour: _rate, ...monthly } = later;
    const byMonth = { ...monthly, usdPerMonth: money('2160') };
    expect(weighed([podCharge(1.5)], [byMonth]).audit.stack.commitments[0]).toMatchObject(half);
  });

  test('that ended within the quarter still report what was not used', () => {
    // Two GPUs until August 31, 62 days, at $1.50: $4,464, of which one ran.
    const { noticeMs: _notice, ...ended } = { ...reserved, untilMs: day('2026-09-01') };
    const found = weighed([podCharge(1.5)], [ended]);
    const [result] = found.audit.stack.commitments;
    expect(result).toMatchObject({
      until: '2026-08-31',
      committedUsd: '4464.000000',
      usedUsd: '2232.000000',
      unusedUsd: '2232.000000',
      owedUsd: '0.000000',
      remainingUsd: '0.000000',
      months: [],
    });
    expect(commitmentLines(readForLeader(found.audit), LEADER)).toContain(
      'The bill commitment ended on Aug 31, 2026. $2,232 of the $4,464 committed in this period ' +
        'was not used.',
    );
    // Nothing is committed anymore: all options cost what they cost without it.
    expect(found.costs()).toEqual(weighed([podCharge(1.5)], []).costs());
  });

  test('cover some resources only, and are committed by those that have them', () => {
    const covers = { sourceId: 'bill', gpuType: 'H100' };
    const charges = [
      podCharge(1.5, { gpuType: 'NVIDIA H100 80GB HBM3' }),
      podCharge(1, { resourceId: 'pod-2', gpuType: 'A100-80GB' }),
    ];
    const other = chatDeployment({ id: 'other', resources: [{ sourceId: 'bill', id: 'pod-2' }] });
    const { commitments } = weighStack(
      stack({
        window: QUARTER,
        charges,
        commitments: [{ ...reserved, covers }],
        deployments: [chatDeployment(), other],
      }),
    );
    expect(commitments.map(({ shares }) => [...shares.keys()])).toEqual([['chat']]);
    expect(six(commitments[0]?.use.usedUsd)).toBe('3312.000000');
  });
});

test('a monthly commitment is used by what was spent, up to the whole', () => {
  const monthly = { sourceId: 'bill', usdPerMonth: money('1000'), untilMs: day('2027-07-01') };
  const useOf = (usdPerHour: number) =>
    weighed([podCharge(usdPerHour)], [monthly]).audit.stack.commitments[0];
  expect(useOf(1)).toMatchObject({ usedUsd: '2208.000000', unusedUsd: '792.000000' });
  expect(useOf(2)).toMatchObject({ usedUsd: '3000.000000', unusedUsd: '0.000000' });
});
