/**
 * Builds an audit for tests: consistent figures from a few inputs, each of which can be overridden.
 */

import { DAY_MS, HOUR_MS, instantText } from '../../src/domain/period.ts';
import type { OptionName } from '../../src/economics/offer.ts';
import type { Audit, AuditDetail, AuditStack, AuditTotals } from '../../src/verdict/audit.ts';
import type { AuditDeployment } from '../../src/verdict/auditDeployment.ts';
import {
  fixtureUsd,
  keepOption,
  makeOdds,
  makeOptions,
  planned,
  toDecision,
  toPlanDecision,
  usdPerMtokText,
} from './auditOptions.ts';

const Q3_START_MS = Date.UTC(2026, 6, 1);
const Q3_END_MS = Date.UTC(2026, 9, 1);

/** Overrides of an audit. Fields of the stack and the totals may be set one by one. */
export interface AuditOverrides extends Partial<Omit<Audit, 'stack' | 'totals'>> {
  readonly stack?: Partial<AuditStack>;
  readonly totals?: Partial<AuditTotals>;
}

/**
 * One busy quarter with one deployment to delete. Totals are sums of the deployments unless
 * overridden.
 */
export function anAudit(overrides: AuditOverrides = {}): Audit {
  const deployments = overrides.deployments ?? [aDeployment()];
  return {
    schema: 'rentcheck/audit/1',
    quarter: '2026-Q3',
    window: { start: instantText(Q3_START_MS), end: instantText(Q3_END_MS), partial: false },
    asOf: '2026-10-05T07:00:00Z',
    runId: 'run-0123456789abcdef',
    digests: null,
    inputsDigest: 'a1b2c3d4e5f60718293a4b5c6d7e8f90a1b2c3d4e5f60718293a4b5c6d7e8f90',
    codeVersion: '0.1.0',
    sensitivity: [],
    evidence: { basis: [], reconciliation: [], estimates: [], gaps: [] },
    ...overrides,
    deployments,
    stack: aStack(deployments, overrides.stack),
    totals: aTotals(deployments, overrides.totals),
  };
}

/** The input of `aDeployment`. Money is in dollars, as numbers with at most six decimals. */
export interface DeploymentFixtureInput extends Partial<Omit<AuditDeployment, 'options'>> {
  readonly id?: string;
  readonly spend?: number;
  /** The saving of each option except keep, without engineering time unless set. */
  readonly savings?: Partial<Record<OptionName, number | null>>;
}

export function aDeployment(input: DeploymentFixtureInput = {}): AuditDeployment {
  const { spend = 54_000, savings = { delete: 30_000, hybrid: 21_500 }, ...overrides } = input;
  const tokens = overrides.tokens ?? 140_000_000_000;
  const hosted = spend - (savings.delete ?? 0);
  return {
    id: 'chat-70b',
    model: 'meta-llama/Llama-3.3-70B-Instruct',
    verdict: 'delete',
    ...verdictOdds(overrides.verdict ?? 'delete', savings, spend),
    cannotTell: null,
    withoutLabor: null,
    leaning: null,
    standing: overrides.verdict ?? 'delete',
    spendUsd: fixtureUsd(spend),
    billedUsd: fixtureUsd(spend),
    computeUsd: fixtureUsd(spend),
    uncoveredUsd: fixtureUsd(0),
    unbilledTokens: 0,
    unbilledShare: '0.000000',
    unbilledReplicaHours: '0.000000',
    firstUnbilled: null,
    tokens,
    promptTokens: tokens - Math.floor(tokens / 6),
    cachedTokens: Math.floor(tokens / 8),
    outputTokens: Math.floor(tokens / 6),
    requests: 1_000_000,
    effectiveUsdPerMtok: usdPerMtokText(spend, tokens),
    utilization: '0.230000',
    busyFraction: '0.510000',
    coverage: '0.991000',
    paidReplicaHours: '2208.000000',
    capacityTokPerSec: '2400.000000',
    capacityBasis: 'measured',
    capacityEvidence: '2026-06-01, load test',
    fullCapacityUsd: fixtureUsd(spend * 0.23),
    underfilledUsd: fixtureUsd(spend * 0.28),
    idleUsd: fixtureUsd(spend - spend * 0.23 - spend * 0.28),
    hosted: aHost(hosted, tokens),
    options: [keepOption(spend), ...makeOptions(savings, spend)],
    breakEven: {
      tokens: tokens * 3,
      tokensPerDay: Math.round((tokens * 3) / 92),
      utilization: '0.690000',
      note: null,
      hostedUsdPerMtok: null,
      gpuUsdPerHour: null,
      gpuContract: null,
      opsHours: null,
      cacheShare: null,
    },
    flips: [],
    waiver: null,
    reasons: [],
    missing: [],
    warnings: [],
    decision: toDecision(overrides.verdict ?? 'delete'),
    ...overrides,
  };
}

/** The probability of the verdict's option, or else of the best other one. */
function verdictOdds(
  verdict: AuditDeployment['verdict'],
  savings: Partial<Record<OptionName, number | null>>,
  spend: number,
): Pick<AuditDeployment, 'probability' | 'savingUsd'> {
  const name = planned(verdict);
  const known = Object.values(savings).filter((saving) => saving !== null);
  const saving = name === 'keep' ? Math.max(...known) : savings[name];
  if (saving === undefined || saving === null || !Number.isFinite(saving)) {
    return { probability: null, savingUsd: { base: null, low: null, high: null } };
  }
  const { probability, low, high } = makeOdds(saving, spend);
  return { probability, savingUsd: { base: fixtureUsd(saving), low, high } };
}

function aHost(costUsd: number, tokens: number): AuditDeployment['hosted'] {
  return {
    host: 'deepinfra/fp8',
    costUsd: fixtureUsd(costUsd),
    usdPerMtok: usdPerMtokText(costUsd, tokens),
    cheapestUsd: fixtureUsd(costUsd),
    medianUsd: fixtureUsd(costUsd * 1.2),
    considered: [
      aConsidered('deepinfra/fp8', costUsd),
      aConsidered('together/fp8', costUsd * 1.2),
      aConsidered('fireworks/fp8', costUsd * 1.4),
      { ...aConsidered('free/fp8', 0), costUsd: null, reason: 'a free tier' },
    ],
  };
}

function aConsidered(host: string, costUsd: number) {
  const model = 'meta-llama/Llama-3.3-70B-Instruct';
  return { host, model, quantization: 'fp8', costUsd: fixtureUsd(costUsd), reason: null };
}

function aStack(
  deployments: readonly AuditDeployment[],
  overrides: Partial<AuditStack> = {},
): AuditStack {
  const plan = deployments.map(({ id, verdict }) => ({ deployment: id, option: planned(verdict) }));
  const keep = deployments.reduce((total, { spendUsd }) => total + Number(spendUsd), 0);
  const saving = deployments.reduce((total, deployment) => total + savingOf(deployment), 0);
  const named = plan.find(({ option }) => option !== 'keep')?.option ?? 'keep';
  const verdict = named === 'spot' ? 'move' : named;
  const isChange = verdict !== 'keep';
  return {
    verdict,
    probability: isChange ? '0.962000' : '0.000000',
    savingUsd: {
      base: fixtureUsd(saving),
      low: fixtureUsd(isChange ? saving * 0.3 : 0),
      high: fixtureUsd(isChange ? saving * 1.5 : 0),
    },
    cannotTell: null,
    withoutLabor: {
      verdict,
      savingUsd: fixtureUsd(saving),
      probability: isChange ? '0.931000' : '0.000000',
    },
    keepUsd: fixtureUsd(keep),
    decision: toPlanDecision(overrides, { verdict, plan, saving: fixtureUsd(saving) }),
    bestPlan: plan,
    bestPlanUsd: fixtureUsd(keep - saving),
    options: [],
    requiredCostUsd: null,
    laborBasis: 'assumed',
    confidence: 'high',
    reasons: [],
    missing: [],
    flips: [],
    hangsOn: null,
    leaning: null,
    standing: verdict,
    steps: [],
    outlook: null,
    lookBack: null,
    commitments: [],
    credits: [],
    unattributed: [],
    reentryUsd: null,
    draws: 2000,
    ...overrides,
  };
}

function savingOf({ verdict, options }: AuditDeployment): number {
  const name = planned(verdict);
  const option = options.find((candidate) => candidate.option === name);
  return name === 'keep' ? 0 : Number(option?.savingUsd ?? 0);
}

function aTotals(
  deployments: readonly AuditDeployment[],
  overrides: Partial<AuditTotals> = {},
): AuditTotals {
  const add = (of: (deployment: AuditDeployment) => number) =>
    deployments.reduce((total, deployment) => total + of(deployment), 0);
  const spend = add(({ spendUsd }) => Number(spendUsd));
  const tokens = add((deployment) => deployment.tokens);
  const hosted = add((deployment) => Number(deployment.hosted?.costUsd ?? 0));
  return {
    spendUsd: fixtureUsd(spend),
    billedUsd: fixtureUsd(spend),
    unattributedUsd: fixtureUsd(0),
    unattributedShare: '0.000000',
    estimatedUsd: fixtureUsd(0),
    hostedSpendUsd: fixtureUsd(0),
    taxUsd: fixtureUsd(0),
    uncoveredUsd: fixtureUsd(0),
    unbilledTokens: 0,
    unbilledShare: '0.000000',
    missingBills: [],
    tokens,
    promptTokens: add(({ promptTokens }) => promptTokens),
    cachedTokens: add(({ cachedTokens }) => cachedTokens ?? 0),
    outputTokens: add(({ outputTokens }) => outputTokens),
    effectiveUsdPerMtok: usdPerMtokText(spend, tokens),
    hostedUsdPerMtok: usdPerMtokText(hosted, tokens),
    coverage: '0.991000',
    tokensPerDay: Math.round(tokens / 92),
    ...overrides,
  };
}

/** Overrides of a detail: the hourly usage of each deployment. */
export interface DetailFixtureOptions {
  readonly startMs?: number;
  readonly days?: number;
  /** Tokens of a deployment in the n-th hour. `null` is unknown. */
  readonly hourly?: (deployment: string, hour: number) => number | null;
  readonly capacityTokensPerHour?: number | null;
}

/**
 * Days and hours for the audit's deployments. Spend is even over the days, and hosted cost is
 * proportional to tokens. Without `hourly`, each deployment's tokens and utilization are close to
 * the audit's.
 */
export function aDetail(audit: Audit, options: DetailFixtureOptions = {}): AuditDetail {
  const { startMs = Q3_START_MS, days = 92 } = options;
  const load = audit.deployments.map((deployment) =>
    loadOf(deployment, { days, startMs, ...options }),
  );
  return {
    load,
    days: audit.deployments.flatMap((deployment, index) =>
      Array.from({ length: days }, (_, day) => {
        const hours = load[index]?.tokensByHour.slice(day * 24, day * 24 + 24) ?? [];
        const tokens = hours.reduce<number>((total, count) => total + (count ?? 0), 0);
        const price = Number(deployment.hosted?.usdPerMtok ?? 0);
        const spendUsd = fixtureUsd(Number(deployment.spendUsd) / days);
        return {
          day: new Date(startMs + day * DAY_MS).toISOString().slice(0, 10),
          deployment: deployment.id,
          spendUsd,
          coveredSpendUsd: spendUsd,
          tokens,
          hostedUsd: deployment.hosted === null ? null : fixtureUsd((price * tokens) / 1e6),
        };
      }),
    ),
  };
}

type CompleteOptions = DetailFixtureOptions & { readonly days: number; readonly startMs: number };

function loadOf({ id, tokens, utilization }: AuditDeployment, options: CompleteOptions) {
  const hours = Array.from({ length: options.days * 24 }, (_, hour) => hour);
  const waves = hours.map((hour) => dailyWave(hour, options.startMs));
  const scale = tokens / waves.reduce((total, wave) => total + wave, 0);
  const { hourly } = options;
  const full = Math.round(tokens / Math.max(0.01, Number(utilization ?? 0.5)) / hours.length);
  return {
    deployment: id,
    startMs: options.startMs,
    tokensByHour: hours.map((hour) =>
      hourly === undefined
        ? Math.min(full, Math.round((waves[hour] ?? 0) * scale))
        : hourly(id, hour),
    ),
    capacityTokensPerHour:
      options.capacityTokensPerHour === undefined ? full : options.capacityTokensPerHour,
    replicas: 2,
    paidMsByHour: hours.map(() => 2 * HOUR_MS),
  };
}

/** Busy by day, quiet by night and on weekends, growing slowly. */
function dailyWave(hour: number, startMs: number): number {
  const at = new Date(startMs + hour * HOUR_MS);
  const isWeekend = at.getUTCDay() % 6 === 0;
  const wave = Math.max(0.05, Math.sin(((at.getUTCHours() - 6) / 24) * 2 * Math.PI) + 0.4);
  return wave * (isWeekend ? 0.4 : 1) * (1 + hour / 6000);
}
