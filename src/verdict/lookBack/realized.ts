/** What advice that was taken saved on the bills: rent and tokens bought, then and now. */

import { type Exact, subtract, sum, ZERO } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import type { AdviceNote } from './note.ts';
import { figure, optionOf } from './stored.ts';
import type { Pair } from './taken.ts';

export interface Realized {
  /** Of one deployment; why it cannot be told, where it cannot. */
  readonly of: (pair: Pair) => Exact | AdviceNote;
  /** Of all of them; `undefined` where none was taken or one cannot be told. */
  readonly usd: Exact | undefined;
}

/**
 * Tokens are bought for the whole stack: where one deployment was to buy some, all that is bought
 * now beyond then is its own. $54,000 of rent that are gone and $24,000 of tokens more are $30,000.
 */
export function realizedOf(taken: readonly Pair[], boughtRiseUsd: Exact | undefined): Realized {
  const buyers = taken.filter(buys);
  const isSeen = boughtRiseUsd !== undefined && boughtRiseUsd.num > 0n;
  const bought = buyers.length === 0 ? ZERO : isSeen ? boughtRiseUsd : undefined;
  const falls = taken.map(rentFall);
  const rent = falls.includes(undefined) ? undefined : sum(falls.map((fall) => fall ?? ZERO));
  const isKnown = taken.length > 0 && rent !== undefined && bought !== undefined;
  return {
    of(pair) {
      const fall = rentFall(pair);
      if (fall === undefined) return { code: 'spend-before-unknown' };
      if (!buys(pair)) return fall;
      if (bought === undefined) return { code: 'no-tokens-bought' };
      if (buyers.length > 1) return { code: 'saving-only-together' };
      return subtract(fall, bought);
    },
    usd: isKnown ? subtract(rent, bought) : undefined,
  };
}

/** True where a host was expected to be paid; what nobody foresaw may be. */
function buys({ past, advice }: Pair): boolean {
  if (advice !== 'delete' && advice !== 'hybrid') return false;
  const expected = figure(optionOf(past, advice)?.hostedUsd);
  return expected === undefined || expected.num > 0n;
}

/** What is no longer attributed is no longer paid: who says "taken" saw to it. */
function rentFall({ past, now }: Pair): Exact | undefined {
  const before = figure(past.spendUsd);
  return before && subtract(before, usd(now?.spend.total ?? 0n));
}
