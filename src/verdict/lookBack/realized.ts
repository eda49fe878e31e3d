/** Computes the realized saving of advice that was taken, from bills of both windows. */

import { type Exact, subtract, sum, ZERO } from '../../domain/exact.ts';
import { usd } from '../../domain/money.ts';
import type { AdviceNote } from './note.ts';
import { parseFigure, findStoredOption } from './stored.ts';
import type { DeploymentPair } from './taken.ts';

export interface RealizedSaving {
  /** Saving of one deployment, or a note on why it is unknown. */
  readonly forDeployment: (pair: DeploymentPair) => Exact | AdviceNote;
  /** Saving of all of them. `undefined` if no advice was taken, or if one saving is unknown. */
  readonly usd: Exact | undefined;
}

/**
 * Hosted tokens are billed for the whole stack. If only one deployment was advised to buy tokens,
 * the whole rise of hosted spend is attributed to it. $54,000 less GPU spend and $24,000 more
 * hosted spend are a saving of $30,000.
 */
export function computeRealizedSaving(
  taken: readonly DeploymentPair[],
  boughtRiseUsd: Exact | undefined,
): RealizedSaving {
  const buyers = taken.filter(buys);
  const isSeen = boughtRiseUsd !== undefined && boughtRiseUsd.num > 0n;
  const bought = buyers.length === 0 ? ZERO : isSeen ? boughtRiseUsd : undefined;
  const falls = taken.map(spendFall);
  const rent = falls.includes(undefined) ? undefined : sum(falls.map((fall) => fall ?? ZERO));
  const isKnown = taken.length > 0 && rent !== undefined && bought !== undefined;
  return {
    forDeployment(pair) {
      const fall = spendFall(pair);
      if (fall === undefined) return { code: 'spend-before-unknown' };
      if (!buys(pair)) return fall;
      if (bought === undefined) return { code: 'no-tokens-bought' };
      if (buyers.length > 1) return { code: 'saving-only-together' };
      return subtract(fall, bought);
    },
    usd: isKnown ? subtract(rent, bought) : undefined,
  };
}

/** True if the advice expected hosted spend. An unknown amount counts as expected. */
function buys({ past, advice }: DeploymentPair): boolean {
  if (advice !== 'delete' && advice !== 'hybrid') return false;
  const expected = parseFigure(findStoredOption(past, advice)?.hostedUsd);
  return expected === undefined || expected.num > 0n;
}

/**
 * Fall of the GPU spend. Spend that is no longer attributed counts as no longer paid: `takenOf` has
 * ruled out a rise of unattributed spend.
 */
function spendFall({ past, now }: DeploymentPair): Exact | undefined {
  const before = parseFigure(past.spendUsd);
  return before && subtract(before, usd(now?.spend.total ?? 0n));
}
