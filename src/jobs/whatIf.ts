/** Knows the audit of a quarter as it is, and with some inputs changed; it stores neither. */

import { type Exact, ONE, toDecimal } from '../domain/exact.ts';
import { usdText } from '../domain/money.ts';
import type { StackInput } from '../economics/input.ts';
import type { DeploymentEconomics, StackEconomics } from '../economics/result.ts';
import { weighStack } from '../economics/stack.ts';
import { hostedPriceOf, marketFactorOf, targetsOf, whatIf } from '../economics/whatIf.ts';
import { ownHours, stackHoursOf } from '../economics/wishes/hours.ts';
import { tokensPerDayOf } from '../economics/wishes/load.ts';
import { rateOf } from '../economics/wishes/rent.ts';
import type { Wishes } from '../economics/wishes/wishes.ts';
import type { Audit } from '../verdict/audit.ts';
import type { JobContext } from './context.ts';
import { gather } from './gather.ts';
import type { Answer } from './job.ts';
import { weigh } from './weigh.ts';
import { withKnownHost } from './whatIfHost.ts';
import { auditedPeriod, type PeriodWish } from './window.ts';

export interface WhatIfRequest {
  readonly period: PeriodWish;
  readonly asOfMs?: number | undefined;
  readonly wishes: Wishes;
}

/** `rentcheck/what-if/1`. */
export interface WhatIfResult {
  readonly schema: 'rentcheck/what-if/1';
  readonly changes: readonly InputChange[];
  /** As `rentcheck audit` says it; not stored. */
  readonly asIs: Audit;
  readonly whatIf: Audit;
}

/** An input that was changed, with six places; null where it is not known. */
export interface InputChange {
  readonly input: InputName;
  /** Null for what is the whole stack's. */
  readonly deployment: string | null;
  readonly asIs: string | null;
  readonly whatIf: string | null;
}

export type InputName =
  | 'hosted $/Mtok'
  | 'GPU $/h'
  /** Of rates elsewhere and of serverless, over today's. */
  | 'GPU $/h elsewhere'
  | 'ops hours'
  | 'utilization'
  | 'tokens/day'
  | 'cache share'
  | 'capacity tok/s'
  | 'host'
  | 'fee'
  | 'labor $/h';

/**
 * Both are decided by the same rule, and drawn with the same luck: what differs is the wish.
 * @throws {Failure} `usage` for what cannot be wished.
 */
export async function whatIfAnswer(
  context: JobContext,
  { period, asOfMs = context.clock.nowMs(), wishes: told }: WhatIfRequest,
): Promise<Answer<WhatIfResult>> {
  const { startMonth } = context.config.fiscal;
  const audited = auditedPeriod(period, context.clock.nowMs(), startMonth);
  context.progress('gathering what is known');
  const gathered = await gather({ ...context, audited, asOfMs });
  const asIs = await weigh(context, { gathered, audited, asOfMs });
  const wishes = withKnownHost(told, asIs.economics);
  const input = whatIf(gathered.input, wishes, (of) =>
    of === gathered.input ? asIs.economics : weighStack(of),
  );
  const wished = await weigh(context, {
    gathered: { ...gathered, input },
    audited,
    asOfMs,
    seed: asIs.seed,
  });
  const changes = changesOf(
    { input: gathered.input, economics: asIs.economics },
    { input, economics: wished.economics, fee: wishes.fee },
    wishes,
  );
  const result: WhatIfResult = {
    schema: 'rentcheck/what-if/1',
    changes,
    asIs: asIs.audit,
    whatIf: wished.audit,
  };
  return { kind: 'done', result, shortfalls: [] };
}

interface Side {
  readonly input: StackInput;
  readonly economics: StackEconomics;
  /** The fee that was wished for: in the input it may carry a wish for the price, too. */
  readonly fee?: Exact | undefined;
}

type Reader = (side: Side, weighed: DeploymentEconomics) => string | undefined;

/** What each wish changes of one deployment. */
const OWN: Partial<Record<keyof Wishes, readonly [InputName, Reader]>> = {
  hostedPrice: ['hosted $/Mtok', (_, weighed) => six(hostedPriceOf(weighed))],
  gpuRate: ['GPU $/h', ({ input }, weighed) => six(rateOf(input, [weighed]))],
  utilization: ['utilization', (_, weighed) => six(weighed.utilization)],
  tokensPerDay: ['tokens/day', ({ economics }, each) => six(tokensPerDayOf(economics, [each]))],
  capacity: ['capacity tok/s', (_, { capacity }) => six(capacity?.tokensPerSecond)],
  host: ['host', (_, { hosted }) => hosted.chosen?.host],
  fee: ['fee', ({ input, fee }, { id }) => six(fee ?? deploymentOf(input, id)?.hosted.fee)],
};

/** What each wish changes of the whole stack. */
const STACK: Partial<Record<keyof Wishes, readonly [InputName, (side: Side) => string]>> = {
  cacheShare: ['cache share', ({ input }) => toDecimal(input.cacheRealization.base, 6)],
  laborRate: ['labor $/h', ({ input }) => usdText(input.labor.loadedUsdPerHour)],
};

function changesOf(before: Side, after: Side, wishes: Wishes): InputChange[] {
  const wished = Object.keys(wishes) as (keyof Wishes)[];
  const targets = targetsOf(before.input, wishes);
  return wished.flatMap((wish): InputChange[] => {
    if (wish === 'opsHours') return [hoursChange(before, after, wishes)];
    const stack = STACK[wish];
    if (stack !== undefined) {
      const [input, read] = stack;
      return [{ input, deployment: null, asIs: read(before), whatIf: read(after) }];
    }
    const own = OWN[wish];
    const changes = own === undefined ? [] : ownChanges({ before, after, own, targets });
    return wish === 'gpuRate' ? [...changes, ...marketChange(wishes)] : changes;
  });
}

function marketChange(wishes: Wishes): InputChange[] {
  const factor = marketFactorOf(wishes);
  if (factor === undefined) return [];
  const [asIs, whatIfThen] = [toDecimal(ONE, 6), toDecimal(factor, 6)];
  return [{ input: 'GPU $/h elsewhere', deployment: null, asIs, whatIf: whatIfThen }];
}

function ownChanges(of: {
  readonly before: Side;
  readonly after: Side;
  readonly own: readonly [InputName, Reader];
  readonly targets: ReadonlySet<string>;
}): InputChange[] {
  const [input, read] = of.own;
  return of.before.economics.deployments.flatMap((weighed) => {
    const wished = of.after.economics.deployments.find(({ id }) => id === weighed.id);
    const asIs = read(of.before, weighed) ?? null;
    const whatIfThen = (wished && read(of.after, wished)) ?? null;
    if (!of.targets.has(weighed.id) && asIs === whatIfThen) return [];
    return [{ input, deployment: weighed.id, asIs, whatIf: whatIfThen }];
  });
}

function hoursChange(before: Side, after: Side, { deployment }: Wishes): InputChange {
  const hours = ({ input }: Side) =>
    toDecimal(
      deployment === undefined ? stackHoursOf(input) : ownHours(input.labor, deployment),
      6,
    );
  return {
    input: 'ops hours',
    deployment: deployment ?? null,
    asIs: hours(before),
    whatIf: hours(after),
  };
}

function deploymentOf({ deployments }: StackInput, id: string) {
  return deployments.find((each) => each.id === id);
}

function six(value: Exact | undefined): string | undefined {
  return value && toDecimal(value, 6);
}
