/** Applies granted credits to charges, and computes what is left of each. */

import { apportion } from '../../domain/apportion.ts';
import { nanoUsd, sumNano } from '../../domain/money.ts';
import type { Period } from '../../domain/period.ts';
import { sumWhole } from '../../domain/exact.ts';
import type { ChargeAccount, CreditUse } from '../chargeBook.ts';
import type { CreditInput, CreditsInput, DaySpend } from '../input.ts';
import { addToDay } from './accounts.ts';
import { type DayGrid, dayMsAt } from './days.ts';

/** Categories that credits pay for. */
const PAID_BY_CREDITS: ReadonlySet<string> = new Set([
  'compute',
  'storage',
  'network',
  'fee',
  'commitment',
]);

/**
 * Sums a source's charges by day before the period, which show how much of its credits was used
 * already.
 */
export function daySpends(grants: readonly CreditInput[]) {
  const sums = new Map<string, Map<number, bigint>>(
    grants.map(({ sourceId }) => [sourceId, new Map<number, bigint>()]),
  );
  return {
    add(sourceId: string, category: string, parts: readonly (readonly [number, bigint])[]): void {
      const days = PAID_BY_CREDITS.has(category) ? sums.get(sourceId) : undefined;
      if (days !== undefined) for (const [dayMs, nano] of parts) addToDay(days, dayMs, nano);
    },
    /** Sorted by source and day. */
    close: (): DaySpend[] =>
      [...sums].flatMap(([sourceId, days]) =>
        [...days]
          .sort(([a], [b]) => a - b)
          .map(([dayMs, nano]) => ({ sourceId, dayMs, nanoUsd: nanoUsd(nano) })),
      ),
  };
}

/**
 * Pays each day's charges with the credits valid that day: first the one that expires first, then
 * the one granted first. $50.00 until August and $100.00 until December pay $80.00 in July: $50.00
 * and $30.00, and $70.00 is left.
 */
export function applyCredits(
  { grants, spentBefore }: CreditsInput,
  accounts: readonly ChargeAccount[],
  grid: DayGrid,
): { readonly accounts: ChargeAccount[]; readonly uses: CreditUse[] } {
  const order = grants.toSorted((a, b) => a.untilMs - b.untilMs || a.fromMs - b.fromMs);
  const uses = order.map((grant) => ({ grant, usedBefore: 0n, used: 0n }));
  const draw = ({ sourceId, dayMs, nanoUsd: bill }: DaySpend, when: 'usedBefore' | 'used') => {
    let open = larger(bill, 0n);
    for (const use of uses) {
      const { fromMs, untilMs, usd } = use.grant;
      if (use.grant.sourceId !== sourceId || dayMs < fromMs || dayMs >= untilMs) continue;
      const left = usd - use.usedBefore - use.used;
      const part = left < open ? left : open;
      use[when] += part;
      open -= part;
    }
    return larger(bill, 0n) - open;
  };
  for (const day of spentBefore) draw(day, 'usedBefore');
  const credits = [...new Set(grants.map(({ sourceId }) => sourceId))].flatMap((sourceId) => {
    const paid = accounts
      .filter((each) => each.sourceId === sourceId && PAID_BY_CREDITS.has(each.category))
      .map((account) => ({ account, byDay: new Map<number, bigint>() }));
    for (let day = 0; day < grid.count; day += 1) {
      const bills = paid.map(({ account }) => billedOnDay(account, day));
      const dayMs = dayMsAt(grid, day);
      const used = draw({ sourceId, dayMs, nanoUsd: sumNano(bills) }, 'used');
      if (used === 0n) continue;
      const parts = apportion(
        used,
        bills.map((bill) => larger(bill, 0n)),
      );
      for (const [at, part] of parts.entries()) {
        if (part !== 0n) paid[at]?.byDay.set(day, -part);
      }
    }
    return paid.flatMap(({ account, byDay }) => (byDay.size === 0 ? [] : [credit(account, byDay)]));
  });
  return { accounts: credits, uses: uses.map((use) => toCreditUse(use, grid.window)) };
}

function larger(a: bigint, b: bigint): bigint {
  return a > b ? a : b;
}

function billedOnDay({ byDay, notInTime }: ChargeAccount, day: number): bigint {
  return (byDay.get(day) ?? 0n) + (notInTime.get(day) ?? 0n);
}

/** A credit account for the resource and the sharers of the charges it pays for. */
function credit(account: ChargeAccount, byDay: ReadonlyMap<number, bigint>): ChargeAccount {
  const { sourceId, resourceId, name, prepaidUntilMs, pricingClass, sharers, isContested } =
    account;
  const nano = sumWhole([...byDay.values()]);
  return {
    sourceId,
    resourceId,
    ...(name === undefined ? {} : { name }),
    ...(prepaidUntilMs === undefined ? {} : { prepaidUntilMs }),
    category: 'credit',
    pricingClass,
    basis: 'stated',
    sharers,
    isContested,
    byDay,
    nanoUsd: nano,
    size: -nano,
    notInTime: new Map(),
    gpuNs: new Map(),
    committed: [],
  };
}

interface Use {
  readonly grant: CreditInput;
  readonly usedBefore: bigint;
  readonly used: bigint;
}

/** A credit that expires by the end of the period is lost. */
function toCreditUse({ grant, usedBefore, used }: Use, { endMs }: Period): CreditUse {
  const rest = grant.usd - usedBefore - used;
  const isExpired = grant.untilMs <= endMs;
  return { ...grant, usedBefore, used, left: isExpired ? 0n : rest, lost: isExpired ? rest : 0n };
}
