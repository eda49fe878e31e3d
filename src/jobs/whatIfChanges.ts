/** Which inputs a what-if changed, as they are and as they would be. */

import { type Exact, ONE, toDecimal } from '../domain/exact.ts';
import { usdText } from '../domain/money.ts';
import { dayText } from '../domain/period.ts';
import { gpuRentOf, gpuUsdPerHour, leastUsdPerHour } from '../economics/gpuRate.ts';
import type { StackInput } from '../economics/input.ts';
import type { DeploymentEconomics, StackEconomics } from '../economics/result.ts';
import { hostedPriceOf, marketFactorOf, targetsOf } from '../economics/whatIf.ts';
import { ownHours, stackHoursOf } from '../economics/wishes/hours.ts';
import { tokensPerDayOf } from '../economics/wishes/load.ts';
import type { Wishes } from '../economics/wishes/wishes.ts';

/** An input that was changed, with six places; null where it is not known. */
export interface InputChange {
  readonly input: InputName;
  /** Null for what is the whole stack's. */
  readonly deployment: string | null;
  readonly asIs: string | null;
  readonly whatIf: string | null;
  /** Of a GPU rate: the part that a contract fixes; null where none does. */
  readonly contract: {
    readonly leastUsdPerHour: string;
    /** The last day that is owed; null where reserved capacity does not tell its end. */
    readonly until: string | null;
  } | null;
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

interface Side {
  readonly input: StackInput;
  readonly economics: StackEconomics;
  /** The fee that was wished for: in the input it may carry a wish for the price, too. */
  readonly fee?: Exact | undefined;
}

type Reader = (side: Side, weighed: DeploymentEconomics) => string | undefined;

/** What each wish changes of one deployment. */
const OWN: Partial<Record<keyof Wishes, readonly [InputName, Reader]>> = {
  hostedPrice: ['hosted $/Mtok', (_, weighed) => six(hostedPriceOf([weighed]))],
  gpuRate: ['GPU $/h', (_, weighed) => six(gpuUsdPerHour(gpuRentOf([weighed])))],
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

export function changesOf(before: Side, after: Side, wishes: Wishes): InputChange[] {
  const wished = Object.keys(wishes) as (keyof Wishes)[];
  const targets = targetsOf(before.input, wishes);
  return wished.flatMap((wish): InputChange[] => {
    if (wish === 'opsHours') return [hoursChange(before, after, wishes)];
    const stack = STACK[wish];
    if (stack !== undefined) {
      const [input, read] = stack;
      return [wholeChange(input, read(before), read(after))];
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
  return [wholeChange('GPU $/h elsewhere', asIs, whatIfThen)];
}

function wholeChange(input: InputName, asIs: string, whatIfThen: string): InputChange {
  return { input, deployment: null, asIs, whatIf: whatIfThen, contract: null };
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
    const contract = input === 'GPU $/h' ? fixedPart(weighed) : null;
    return [{ input, deployment: weighed.id, asIs, whatIf: whatIfThen, contract }];
  });
}

function fixedPart(weighed: DeploymentEconomics): InputChange['contract'] {
  const { contract } = weighed;
  const least = contract && leastUsdPerHour(gpuRentOf([weighed]));
  if (contract === undefined || least === undefined || least.num === 0n) return null;
  const { untilMs } = contract;
  const until = untilMs === undefined ? null : dayText(untilMs - 1);
  return { leastUsdPerHour: toDecimal(least, 6), until };
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
    contract: null,
  };
}

function deploymentOf({ deployments }: StackInput, id: string) {
  return deployments.find((each) => each.id === id);
}

function six(value: Exact | undefined): string | undefined {
  return value && toDecimal(value, 6);
}
