/**
 * Decision data for the test audits: steps, break-evens, tornado, forecast, backtest, commitments.
 */

import { decimal, sum, toDecimal } from '../../src/domain/exact.ts';
import { findBreakEvenInputCode } from '../../src/report/copy/inputs.ts';
import { AUDIT_SENTENCES } from '../../src/report/copy/sentences.ts';
import type { AuditStack, AuditStackOption } from '../../src/verdict/audit.ts';
import type {
  AuditStep,
  AuditInputBreakEven,
  AuditSensitivity,
} from '../../src/verdict/auditDecision.ts';
import type { AdviceNote } from '../../src/verdict/backtest/adviceNote.ts';
import type { EffectDetail, ScenarioDetail } from '../../src/verdict/sensitivity/inputEffect.ts';
import type { StepDetail } from '../../src/verdict/steps/step.ts';

export function aBreakEven(input: string, today: string, flipsAt: string): AuditInputBreakEven {
  const change = Number(flipsAt) / Number(today) - 1;
  const code = findBreakEvenInputCode(input);
  return {
    input,
    ...(code === undefined ? {} : { code }),
    today,
    flipsAt,
    change: Number(today) === 0 ? null : change.toFixed(6),
    contract: null,
  };
}

/** For a plan that deletes one deployment and makes another one hybrid. */
export const MIXED_BREAK_EVENS: readonly AuditInputBreakEven[] = [
  aBreakEven('GPU $/h', '1.500000', '0.912000'),
  aBreakEven('utilization', '0.330475', '0.590000'),
  aBreakEven('tokens per day', '13701086956.500000', '24460000000.000000'),
  aBreakEven('hosted $/Mtok', '0.089201', '0.240500'),
  aBreakEven('cache share', '0.500000', '0.041000'),
  aBreakEven('ops hours', '180.000000', '12.000000'),
];

export const MIXED_SENSITIVITY: readonly AuditSensitivity[] = [
  tornadoRow({ code: 'gpu-rate', lowChange: '-0.300000', highChange: '0.400000' }, [
    '18300',
    '71900',
  ]),
  tornadoRow(
    {
      code: 'self-hosted-hours',
      lowHours: '60.000000',
      baseHours: '180.000000',
      highHours: '420.000000',
    },
    ['29100', '65400'],
  ),
  tornadoRow({ code: 'hosted-price', lowChange: '-0.300000', highChange: '0.300000' }, [
    '52900',
    '29500',
  ]),
  tornadoRow(
    {
      code: 'host',
      lowUsd: '15058.870000',
      baseUsd: '15058.870000',
      highUsd: '24622.480000',
    },
    ['41213', '31650'],
  ),
  tornadoRow(
    {
      code: 'cache-share',
      lowShare: '0.000000',
      baseShare: '0.500000',
      highShare: '1.000000',
    },
    ['38700', '43700'],
  ),
];

function tornadoRow(
  detail: EffectDetail,
  [atLow, atHigh]: readonly [low: string, high: string],
): AuditSensitivity {
  const savings = { savingAtLowUsd: `${atLow}.000000`, savingAtHighUsd: `${atHigh}.000000` };
  return { ...AUDIT_SENTENCES.effect(detail), detail, ...savings };
}

const A_HOST = { host: 'deepinfra/fp8', source: 'openrouter' };

/** They sum to $41,213.61. */
export const MIXED_STEPS: AuditStack['steps'] = [
  aStep({ code: 'delete', deployment: 'chat-70b', ...A_HOST }, { savingUsd: '30214.110000' }),
  aStep(
    { code: 'hybrid', deployment: 'bursty-code-32b', replicas: 2, ...A_HOST },
    { savingUsd: '12199.500000' },
  ),
  aStep({ code: 'start-hosting' }, { savingUsd: '-1200.000000' }),
  aStep(
    {
      code: 'renegotiate',
      source: 'runpod',
      until: '2026-12-31',
      strandedUsd: '4500.000000',
      committedUsd: '6000.000000',
      endsInNextWindow: true,
    },
    { by: '2026-12-31' },
  ),
  aStep(
    {
      code: 'renew-waiver',
      deployment: 'records-70b',
      owner: 'legal',
      reason: 'data residency',
      expires: '2026-12-31',
      expired: false,
    },
    { by: '2026-12-31' },
  ),
];

function aStep(
  detail: StepDetail,
  overrides: { readonly savingUsd?: string; readonly by?: string },
): AuditStep {
  const deployment = 'deployment' in detail ? detail.deployment : null;
  const text = AUDIT_SENTENCES.step(detail);
  const step = { deployment, action: detail.code, text, detail };
  return { ...step, savingUsd: '0.000000', by: null, ...overrides };
}

/** What the stack costs if every deployment uses the same option, and with the plan. */
export const MIXED_STACK_OPTIONS: readonly AuditStackOption[] = [
  aWhole('keep', { gpuUsd: '127472.480000', savingUsd: '0.000000' }),
  aWhole('delete', {
    keeps: ['records-70b'],
    gpuUsd: '19872.000000',
    hostedUsd: '108986.370000',
    laborUsd: '1200.000000',
    savingUsd: '-2585.890000',
    low: '-31400.000000',
    high: '9700.000000',
    probability: '0.310500',
  }),
  aWhole('best plan', {
    keeps: ['busy-8b', 'records-70b'],
    gpuUsd: '70000.000000',
    hostedUsd: '15058.870000',
    laborUsd: '1200.000000',
    savingUsd: '41213.610000',
    low: '12364.083000',
    high: '61900.400000',
    probability: '0.962000',
  }),
];

/** Its cost is the sum of its parts. */
function aWhole(
  option: AuditStackOption['option'],
  input: Partial<AuditStackOption> & Pick<AuditStackOption, 'savingUsd'>,
): AuditStackOption {
  const { gpuUsd = '0.000000', hostedUsd = '0.000000', laborUsd = '0.000000' } = input;
  const cost = sum([gpuUsd, hostedUsd, laborUsd].map(decimal));
  const nothing = '0.000000';
  return {
    option,
    keeps: [],
    costUsd: toDecimal(cost, 6),
    gpuUsd,
    storageUsd: nothing,
    otherUsd: nothing,
    laborUsd,
    hostedUsd,
    strandedUsd: nothing,
    migrationUsd: nothing,
    low: null,
    high: null,
    probability: null,
    ...input,
  };
}

export const MIXED_FORECAST: NonNullable<AuditStack['outlook']> = {
  asLast: { base: '41213.610000', low: '12364.083000', high: '61900.400000' },
  nextQuarter: { low: '4311.540000', high: '71820.700000' },
  withTrend: {
    savingUsd: '35120.500000',
    tokensPerWeek: '0.012000',
    hostedPricePerWeek: '-0.004000',
  },
  flipsOn: '2027-05-17',
  deployments: [
    {
      id: 'chat-70b',
      tokensPerWeek: '0.021000',
      hostedPricePerWeek: '0.000000',
      flipsOn: '2027-06-21',
    },
    {
      id: 'bursty-code-32b',
      tokensPerWeek: null,
      hostedPricePerWeek: '-0.011000',
      flipsOn: '2027-03-02',
    },
    { id: 'busy-8b', tokensPerWeek: '0.008000', hostedPricePerWeek: null, flipsOn: null },
  ],
  scenarios: [
    scenario({ code: 'price-change', input: 'hosted-price', change: '-0.300000' }, 52_900, 58_100),
    scenario({ code: 'price-change', input: 'hosted-price', change: '0.300000' }, 29_500, 29_500),
    scenario({ code: 'price-change', input: 'gpu-rate', change: '-0.300000' }, 18_300, 19_050),
    scenario({ code: 'price-change', input: 'gpu-rate', change: '0.400000' }, 71_900, 71_900),
  ],
  afterContracts: null,
};

function scenario(detail: ScenarioDetail, saving: number, best: number) {
  return {
    name: AUDIT_SENTENCES.scenario(detail),
    detail,
    savingUsd: saving.toFixed(6),
    bestSavingUsd: best.toFixed(6),
    afterContracts: null,
  };
}

export const MIXED_BACKTEST: NonNullable<AuditStack['lookBack']> = {
  quarter: '2026-Q2',
  runId: 'run-fedcba9876543210',
  forecastUsd: { base: '18400.000000', low: '9100.000000', high: '26900.000000' },
  measuredUsd: '20150.000000',
  isInInterval: true,
  advice: [
    {
      deployment: 'search-rerank',
      verdict: 'delete',
      taken: true,
      forecastUsd: '12300.000000',
      measuredUsd: '11870.000000',
      ...advised({ code: 'saving-by-bills' }),
    },
    {
      deployment: 'chat-70b',
      verdict: 'right-size',
      taken: false,
      forecastUsd: '6100.000000',
      measuredUsd: '8280.000000',
      ...advised({ code: 'not-taken' }),
    },
  ],
  realizedUsd: '11870.000000',
};

function advised(...notes: readonly AdviceNote[]) {
  return { note: AUDIT_SENTENCES.advice(notes), noteDetails: notes };
}

/** All fields of a commitment set to unknown. */
export const A_COMMITMENT = {
  id: null,
  noticeBy: null,
  committedUsd: '6000.000000',
  usedUsd: null,
  unusedUsd: null,
  remainingUsd: '6000.000000',
  remainingMonths: '3.000000',
} as const;

export const MIXED_COMMITMENTS: AuditStack['commitments'] = [
  {
    ...A_COMMITMENT,
    source: 'runpod',
    until: '2026-12-31',
    owedUsd: '6000.000000',
    months: [
      { month: '2026-10', usd: '2000.000000' },
      { month: '2026-11', usd: '2000.000000' },
      { month: '2026-12', usd: '2000.000000' },
    ],
    shares: [
      { deployment: 'chat-70b', usd: '4500.000000' },
      { deployment: 'bursty-code-32b', usd: '1500.000000' },
    ],
  },
];
