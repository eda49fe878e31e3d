/** The stack's usage at another utilization, or with other tokens a day. */

import { apportion } from '../../domain/apportion.ts';
import {
  add,
  compare,
  type Exact,
  exact,
  exactInteger,
  multiply,
  ONE,
  sum,
  toInteger,
  ZERO,
} from '../../domain/exact.ts';
import { DAY_MS, durationMs } from '../../domain/period.ts';
import { shareOfCapacity } from '../breakEven/breakEven.ts';
import type { DeploymentInput, StackInput } from '../input.ts';
import { OverrideRefused } from '../overrideRefusal.ts';
import type { Capacity, DeploymentEconomics, StackEconomics } from '../result.ts';
import { withTokens } from './traffic.ts';
import type { Wishes } from './wishes.ts';

const NS_IN_SECOND = 1_000_000_000n;

/** A deployment of which another load can be told: it served something, at a known capacity. */
interface Loadable extends DeploymentEconomics {
  readonly capacity: Capacity;
}

/**
 * The targets' intervals with the tokens that are wished; those without tokens, capacity or paid
 * time stay as they are. `undefined` where that leaves none.
 * @throws {Failure} `usage` where the replicas that are paid for cannot serve them.
 */
export function withLoad(
  input: StackInput,
  wishes: Wishes,
  targets: readonly DeploymentEconomics[],
): StackInput | undefined {
  const loadable = targets.flatMap((each): Loadable[] => {
    const { capacity, served, time } = each;
    const isKnown = capacity !== undefined && served.tokens > 0 && time.coveredNs > 0n;
    return isKnown ? [{ ...each, capacity }] : [];
  });
  if (loadable.length === 0) return undefined;
  const totals = totalsOf(input, wishes, loadable);
  for (const [at, each] of loadable.entries()) refuseOverload(each, totals[at] ?? 0n);
  const byId = new Map(loadable.map((each, at) => [each.id, { each, total: totals[at] ?? 0n }]));
  const deployments = input.deployments.map((deployment) => {
    const found = byId.get(deployment.id);
    return found === undefined ? deployment : loaded(deployment, found.each, found.total);
  });
  return { ...input, deployments };
}

/** By the shares of today where it is the tokens of several. */
function totalsOf(
  { window }: StackInput,
  { utilization, tokensPerDay }: Wishes,
  loadable: readonly Loadable[],
): bigint[] {
  const days = exact(BigInt(durationMs(window)), BigInt(DAY_MS));
  const total =
    utilization === undefined
      ? multiply(tokensPerDay ?? ZERO, days)
      : multiply(sum(loadable.map(mostTokens)), utilization);
  return apportion(
    toInteger(total),
    loadable.map(({ served }) => BigInt(served.tokens)),
  );
}

/** What the paid replicas of a deployment could serve at full capacity. */
function mostTokens({ capacity, time }: Loadable): Exact {
  return multiply(capacity.tokensPerSecond, exact(time.coveredNs, NS_IN_SECOND));
}

function refuseOverload({ id, capacity, time }: Loadable, total: bigint): void {
  const share = shareOfCapacity(total, capacity, time);
  // Half a token more is the rounding of a utilization of 1.
  if (compare(share, ONE) <= 0 || isWithinOne(total, capacity, time)) return;
  throw new OverrideRefused({ code: 'above-capacity', deployment: id, share });
}

function isWithinOne(total: bigint, capacity: Capacity, time: { coveredNs: bigint }): boolean {
  return compare(shareOfCapacity(total - 1n, capacity, time), ONE) < 0;
}

/**
 * The capacity that was found holds for the wished load too, and so does what was doubted on the
 * way: one that was seen in the window would be seen no more with fewer tokens, and intervals that
 * were too fast to be believed would be believed at half their pace.
 */
function loaded(
  deployment: DeploymentInput,
  { capacity, time, unbilled, doubts }: Loadable,
  total: bigint,
): DeploymentInput {
  const { tokensPerSecond, basis } = capacity;
  const untouched = unbilled?.periods ?? [];
  const pace = { perSecond: tokensPerSecond, replicas: time.mostReplicas, untouched };
  const usage = withTokens(deployment.usage, total, pace);
  const told = basis === 'measured' ? deployment.capacity : { evidence: basis };
  const sharedBy = deployment.sharedBy ?? deployment.usage;
  const found = { ...told, tokensPerSecond, isFound: true };
  // Of tokens that are wished for nobody told which may wait.
  const { batchUsage: _batch, ...rest } = deployment;
  return { ...rest, usage, sharedBy, capacity: found, ...(doubts && { doubts }) };
}

/** Tokens a day of several deployments: 15,600,000 in four hours are 93,600,000. */
export function tokensPerDayOf(
  { window }: StackEconomics,
  of: readonly DeploymentEconomics[],
): Exact {
  const tokens = of.reduce((sum, { served }) => add(sum, exactInteger(served.tokens)), ZERO);
  return multiply(tokens, exact(BigInt(DAY_MS), BigInt(durationMs(window))));
}
