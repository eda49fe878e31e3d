/**
 * Costs that several deployments share, and what a choice leaves to the others, computed naively.
 */

import type { DeploymentInput, StackInput } from '../../../src/economics/input.ts';
import { type BillPart, ownersOf } from './bill.ts';
import { coveredUsd, type OracleDay } from './covered.ts';
import { Fraction, least, most, ZERO_FRACTION } from './fraction.ts';
import { nanoUsd } from '../../../src/domain/money.ts';
import type { OptionName } from '../../../src/economics/offer.ts';
import type { Period } from '../../../src/domain/period.ts';

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

export function migrationUsd(input: StackInput, option: OptionName): Fraction {
  const hours = input.migration.hours[option];
  return hours === undefined
    ? ZERO_FRACTION
    : Fraction.of(hours).times(Fraction.of(input.labor.loadedUsdPerHour));
}

export function oracleUnusedCommitment(
  committed: Fraction,
  keptUsd: Fraction,
  ownUsd: Fraction,
): Fraction {
  return most(ZERO_FRACTION, least(committed, keptUsd).minus(ownUsd));
}

/** Its part of the commitments of its sources, in proportion to its spend there. */
export function commitmentOf(input: StackInput, parts: readonly BillPart[], id: string): Fraction {
  return input.commitments.reduce(
    (committed, { sourceId, usdPerMonth = nanoUsd(0n), untilMs = 0 }) => {
      const own = parts.filter(({ charge, owner }) => {
        return charge.sourceId === sourceId && owner !== undefined;
      });
      const users = [...new Set(own.map(({ owner }) => owner))];
      if (!users.includes(id)) return committed;
      const paid = (user: string | undefined) => {
        const nano = own
          .filter(({ owner }) => owner === user)
          .reduce((sum, each) => sum + each.nano, 0n);
        return nano > 0n ? nano : 0n;
      };
      const whole = users.map(paid).reduce((sum, nano) => sum + nano, 0n);
      const share =
        whole === 0n ? new Fraction(1n, BigInt(users.length)) : new Fraction(paid(id), whole);
      const months = committedMonths(input.window, untilMs);
      return committed.plus(new Fraction(usdPerMonth, 1_000_000_000n).times(months).times(share));
    },
    ZERO_FRACTION,
  );
}

/**
 * Calendar months after the window that are still committed, at most as many as it had. Without
 * whole months, periods of its length.
 */
function committedMonths(window: Period, untilMs: number): Fraction {
  const { endMs } = window;
  const last = Math.min(untilMs, nextEnd(window));
  let months = ZERO_FRACTION;
  for (let at = endMs; at < last; ) {
    const date = new Date(at);
    const [year, month] = [date.getUTCFullYear(), date.getUTCMonth()];
    const [first, next] = [Date.UTC(year, month, 1), Date.UTC(year, month + 1, 1)];
    const part = BigInt(Math.min(next, last) - at);
    months = months.plus(new Fraction(part, BigInt(next - first)));
    at = next;
  }
  return months;
}

function nextEnd({ startMs, endMs }: Period): number {
  const isFirst = (at: number) => new Date(at).toISOString().endsWith('-01T00:00:00.000Z');
  if (!isFirst(startMs) || !isFirst(endMs)) return endMs + (endMs - startMs);
  const next = new Date(endMs);
  for (const at = new Date(startMs); at.getTime() < endMs; at.setUTCMonth(at.getUTCMonth() + 1)) {
    next.setUTCMonth(next.getUTCMonth() + 1);
  }
  return next.getTime();
}
