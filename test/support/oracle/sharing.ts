/**
 * Costs that several deployments share, and what a choice leaves to the others, computed naively.
 */

import type { DeploymentInput, StackInput } from '../../../src/economics/input.ts';
import { type BillPart, ownersOf } from './bill.ts';
import { coveredUsd, type OracleDay } from './covered.ts';
import { ZERO_FRACTION, Fraction } from './fraction.ts';

export type SharedPart = 'gpu' | 'storage' | 'other';

export interface OracleShared {
  readonly sharers: readonly string[];
  readonly part: SharedPart;
  /** For the deployment, over covered time. */
  readonly usd: Fraction;
  /** The same on days with paid time. The rest cannot move. */
  readonly timedUsd: Fraction;
}

/** One for each charge and day that others pay for too, without those of a stated commitment. */
export function sharedOf(
  input: StackInput,
  { id }: DeploymentInput,
  { parts, days }: { readonly parts: readonly BillPart[]; readonly days: readonly OracleDay[] },
): OracleShared[] {
  const committed = input.commitments.map(({ sourceId }) => sourceId);
  const own = parts.flatMap(({ owner, charge, day: { startMs }, nano }) => {
    const sharers = ownersOf(input, charge).map((each) => each.id);
    if (owner !== id || sharers.length < 2 || nano === 0n) return [];
    if (!ownersOf(input, charge).every(({ gpu }) => gpu.share !== undefined)) return [];
    if (charge.category === 'commitment' && committed.includes(charge.sourceId)) return [];
    const part = PARTS[charge.category] ?? 'other';
    return [{ key: JSON.stringify([sharers.sort(), part, startMs]), sharers, part, startMs, nano }];
  });
  return [...Map.groupBy(own, ({ key }) => key).values()].flatMap((all) => {
    const [first] = all;
    const day = days.find(({ startMs }) => startMs === first?.startMs);
    if (first === undefined || day === undefined) return [];
    const usd = coveredUsd(
      all.reduce((sum, { nano }) => sum + nano, 0n),
      day,
    );
    const { sharers, part } = first;
    return [{ sharers, part, usd, timedUsd: day.coveredNs.n === 0n ? ZERO_FRACTION : usd }];
  });
}

const PARTS: Readonly<Record<string, SharedPart>> = { compute: 'gpu', storage: 'storage' };

/** Whether no sharing deployment uses it any more. */
export function isGone({ sharers, part }: OracleShared, choices: ReadonlyMap<string, string>) {
  return sharers.every((id) => isLeaving(choices.get(id) ?? 'keep', part));
}

function isLeaving(choice: string, part: SharedPart): boolean {
  return choice === 'delete' || choice === 'serverless' || (choice === 'move' && part === 'gpu');
}

/** Dollars that stay with a choice, of what is not gone. */
export function stayingUsd(
  shared: readonly OracleShared[],
  choice: string,
  isOver: (one: OracleShared) => boolean = () => false,
): Fraction {
  const left = shared.filter((one) => isLeaving(choice, one.part) && !isOver(one));
  return Fraction.sum(
    left.map(({ usd, timedUsd, part }) => (choice === 'move' && part === 'gpu' ? timedUsd : usd)),
  );
}
