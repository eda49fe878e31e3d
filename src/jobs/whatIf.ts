/** Audits a quarter as it is, and with some inputs changed; stores neither audit. */

import { weighStack } from '../economics/stack.ts';
import {
  applyOverrides,
  baseHours,
  baseStackHours,
  findMarketFactor,
  meanHostedPrice,
  overrideTargets,
} from '../economics/whatIf/whatIf.ts';
import type { WhatIfOverrides } from '../economics/whatIf/overrides.ts';
import { withRefusalsInWords } from '../report/copy/overrideRefusals.ts';
import type { Audit } from '../verdict/audit.ts';
import type { JobContext, JobResult } from './job.ts';
import { billSources } from './completeness.ts';
import { gather } from './gather.ts';
import { computeAudit } from './makeAudit.ts';
import { type PeriodRequest, toAuditedPeriod } from '../calendar/quarter.ts';
import { type Exact, ONE, toDecimal } from '../domain/exact.ts';
import { usdText } from '../domain/money.ts';
import { dayText } from '../domain/period.ts';
import { gpuUsdPerHour, leastUsdPerHour, sumGpuSpend } from '../economics/bill/contract.ts';
import type { StackInput } from '../economics/input.ts';
import type { DeploymentEconomics, StackEconomics } from '../economics/result.ts';
import { meanTokensPerDay } from '../economics/whatIf/load.ts';
import { Failure } from '../domain/failure.ts';

export interface WhatIfRequest {
  readonly period: PeriodRequest;
  readonly asOfMs?: number | undefined;
  readonly overrides: WhatIfOverrides;
}

/** `rentcheck/what-if/1`. */
export interface WhatIfResult {
  readonly schema: 'rentcheck/what-if/1';
  readonly changes: readonly InputChange[];
  /** The audit as `rentcheck audit` makes it; not stored. */
  readonly asIs: Audit;
  readonly whatIf: Audit;
}

/**
 * Both audits use the same rules and the same random seed, so that only the overrides differ.
 * @throws {Failure} `usage` for an override that is not possible.
 */
export async function computeWhatIf(
  context: JobContext,
  { period, asOfMs: requestedMs, overrides: requested }: WhatIfRequest,
): Promise<JobResult<WhatIfResult>> {
  const { startMonth } = context.config.fiscal;
  const nowMs = context.clock.nowMs();
  const audited = toAuditedPeriod(period, nowMs, startMonth);
  const asOfMs = requestedMs ?? (await context.ledger.facts.asOfNow(nowMs));
  context.progress('reading bills, usage and prices');
  const sources = billSources(context);
  const gathered = await gather({ ...context, ...context.audits, audited, asOfMs, sources });
  const asIs = await computeAudit(context, { gathered, audited, asOfMs });
  const overrides = withKnownProvider(requested, asIs.economics);
  const input = withRefusalsInWords(() =>
    applyOverrides(gathered.input, overrides, (candidate) =>
      candidate === gathered.input ? asIs.economics : weighStack(candidate),
    ),
  );
  const changed = await computeAudit(context, {
    gathered: { ...gathered, input },
    audited,
    asOfMs,
    seed: asIs.seed,
  });
  const changes = listChanges(
    { input: gathered.input, economics: asIs.economics },
    { input, economics: changed.economics, fee: overrides.fee },
    overrides,
  );
  const result: WhatIfResult = {
    schema: 'rentcheck/what-if/1',
    changes,
    asIs: asIs.audit,
    whatIf: changed.audit,
  };
  return { kind: 'done', result, shortfalls: [] };
}

/** A changed input, with six places; null if unknown. */
export interface InputChange {
  readonly input: InputName;
  /** Null for an input of the whole stack. */
  readonly deployment: string | null;
  readonly asIs: string | null;
  readonly whatIf: string | null;
  /** For a GPU rate: the part that a contract fixes; null without one. */
  readonly contract: {
    readonly leastUsdPerHour: string;
    /** The last committed day; null if reserved capacity has no known end. */
    readonly until: string | null;
  } | null;
}

export type InputName =
  | 'hosted $/Mtok'
  | 'GPU $/h'
  /** Factor on the rates of other providers and of serverless, relative to today's. */
  | 'GPU $/h elsewhere'
  | 'ops hours'
  | 'utilization'
  | 'tokens/day'
  | 'cache share'
  | 'capacity tok/s'
  | 'host'
  | 'fee'
  | 'labor $/h';

interface Side {
  readonly input: StackInput;
  readonly economics: StackEconomics;
  /** The requested fee; the fee in the input may also contain a price override. */
  readonly fee?: Exact | undefined;
}

type InputReader = (side: Side, weighed: DeploymentEconomics) => string | undefined;

/** What each override changes for one deployment. */
const DEPLOYMENT_INPUTS: Partial<Record<keyof WhatIfOverrides, readonly [InputName, InputReader]>> =
  {
    hostedPrice: ['hosted $/Mtok', (_, weighed) => six(meanHostedPrice([weighed]))],
    gpuRate: ['GPU $/h', (_, weighed) => six(gpuUsdPerHour(sumGpuSpend([weighed])))],
    utilization: ['utilization', (_, weighed) => six(weighed.utilization)],
    tokensPerDay: ['tokens/day', ({ economics }, each) => six(meanTokensPerDay(economics, [each]))],
    capacity: ['capacity tok/s', (_, { capacity }) => six(capacity?.tokensPerSecond)],
    host: ['host', (_, { hosted }) => hosted.chosen?.host],
    fee: ['fee', ({ input, fee }, { id }) => six(fee ?? deploymentOf(input, id)?.hosted.fee)],
  };

/** What each override changes for the whole stack. */
const STACK_INPUTS: Partial<
  Record<keyof WhatIfOverrides, readonly [InputName, (side: Side) => string]>
> = {
  cacheShare: ['cache share', ({ input }) => toDecimal(input.cacheRealization.base, 6)],
  laborRate: ['labor $/h', ({ input }) => usdText(input.labor.loadedUsdPerHour)],
};

function listChanges(before: Side, after: Side, overrides: WhatIfOverrides): InputChange[] {
  const names = Object.keys(overrides) as (keyof WhatIfOverrides)[];
  const targets = overrideTargets(before.input, overrides);
  return names.flatMap((name): InputChange[] => {
    if (name === 'opsHours') return [hoursChange(before, after, overrides)];
    const stack = STACK_INPUTS[name];
    if (stack !== undefined) {
      const [input, read] = stack;
      return [wholeChange(input, read(before), read(after))];
    }
    const own = DEPLOYMENT_INPUTS[name];
    const changes = own === undefined ? [] : ownChanges({ before, after, own, targets });
    return name === 'gpuRate' ? [...changes, ...marketChange(overrides)] : changes;
  });
}

function marketChange(overrides: WhatIfOverrides): InputChange[] {
  const factor = findMarketFactor(overrides);
  if (factor === undefined) return [];
  const [asIs, whatIfValue] = [toDecimal(ONE, 6), toDecimal(factor, 6)];
  return [wholeChange('GPU $/h elsewhere', asIs, whatIfValue)];
}

function wholeChange(input: InputName, asIs: string, whatIfValue: string): InputChange {
  return { input, deployment: null, asIs, whatIf: whatIfValue, contract: null };
}

function ownChanges(terms: {
  readonly before: Side;
  readonly after: Side;
  readonly own: readonly [InputName, InputReader];
  readonly targets: ReadonlySet<string>;
}): InputChange[] {
  const [input, read] = terms.own;
  return terms.before.economics.deployments.flatMap((weighed) => {
    const changed = terms.after.economics.deployments.find(({ id }) => id === weighed.id);
    const asIs = read(terms.before, weighed) ?? null;
    const whatIfValue = (changed && read(terms.after, changed)) ?? null;
    if (!terms.targets.has(weighed.id) && asIs === whatIfValue) return [];
    const contract = input === 'GPU $/h' ? fixedPart(weighed) : null;
    return [{ input, deployment: weighed.id, asIs, whatIf: whatIfValue, contract }];
  });
}

function fixedPart(weighed: DeploymentEconomics): InputChange['contract'] {
  const { contract } = weighed;
  const least = contract && leastUsdPerHour(sumGpuSpend([weighed]));
  if (contract === undefined || least === undefined || least.num === 0n) return null;
  const { untilMs } = contract;
  const until = untilMs === undefined ? null : dayText(untilMs - 1);
  return { leastUsdPerHour: toDecimal(least, 6), until };
}

function hoursChange(before: Side, after: Side, { deployment }: WhatIfOverrides): InputChange {
  const hours = ({ input }: Side) =>
    toDecimal(
      deployment === undefined ? baseStackHours(input) : baseHours(input.labor, deployment),
      6,
    );
  return {
    input: 'ops hours',
    deployment: deployment ?? null,
    asIs: hours(before),
    whatIf: hours(after),
    contract: null,
  };
}

function deploymentOf({ deployments }: StackInput, id: string) {
  return deployments.find((each) => each.id === id);
}

function six(value: Exact | undefined): string | undefined {
  return value && toDecimal(value, 6);
}

/**
 * The overrides, with the provider as the ledger spells it: `novita/FP8` is `novita/fp8`, and
 * `novita` is all that Novita sells.
 * @throws {Failure} `usage` for a provider that sells none of the models.
 */
function withKnownProvider(
  overrides: WhatIfOverrides,
  { deployments }: StackEconomics,
): WhatIfOverrides {
  const { host, deployment } = overrides;
  if (host === undefined) return overrides;
  const considered = deployments
    .filter(({ id }) => deployment === undefined || id === deployment)
    .flatMap(({ hosted }) => hosted.considered);
  const names = considered.flatMap(({ host: id, hostName = id }) => [id, hostName]);
  const sameLetters = (name: string) => name.toLowerCase() === host.toLowerCase();
  const meant = names.find((name) => name === host) ?? names.find(sameLetters);
  if (meant !== undefined) return { ...overrides, host: meant };
  throw new Failure('usage', `Unknown provider "${host}": it sells none of the compared models`, {
    expected:
      considered.length === 0
        ? 'a provider with known prices; there is none'
        : `one of ${[...new Set(considered.map((each) => each.host))].sort().join(', ')}`,
    hint: 'use a provider of this list; "rentcheck prices" shows their prices',
  });
}
