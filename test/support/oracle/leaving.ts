/** The cost of leaving, computed naively: the unused commitment, and the migration. */

import { nanoUsd } from '../../../src/domain/money.ts';
import type { StackInput } from '../../../src/economics/input.ts';
import type { OptionName } from '../../../src/economics/offer.ts';
import type { BillPart } from './bill.ts';
import { least, most, ZERO_FRACTION, Fraction } from './fraction.ts';
import { committedMonths } from './plan.ts';

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
