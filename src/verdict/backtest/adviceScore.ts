/** Scores one piece of the previous quarter's advice: dollars and notes. */

import {
  compare,
  decimal,
  divide,
  type Exact,
  exactInteger,
  ONE,
  subtract,
  sum,
  toDecimal,
  ZERO,
} from '../../domain/exact.ts';
import { BASE_ASSUMPTIONS, optionCost } from '../../economics/options.ts';
import type { AuditBacktest } from '../auditDecision.ts';
import { moneyText } from '../document/printed.ts';
import { optionSaving } from '../judge/deploymentReasons.ts';
import type { AdviceNote } from './adviceNote.ts';
import {
  type AdviceTaken,
  type DeploymentPair,
  findStoredOption,
  parseFigure,
} from './adviceTaken.ts';
import { usd } from '../../domain/money.ts';

export interface AdviceToScore {
  readonly pair: DeploymentPair;
  readonly found: AdviceTaken;
}

type Advice = AuditBacktest['advice'][number];

export type ScoredAdvice = Omit<Advice, 'note' | 'noteDetails'> & {
  /** Notes in printing order. */
  readonly notes: readonly AdviceNote[];
};

/** `realized` is absent if the two windows cannot be compared. */
export function scoreAdvice(
  { pair, found }: AdviceToScore,
  realized: RealizedSaving | undefined,
): ScoredAdvice {
  const { past, advice } = pair;
  const measured = measuredOf(pair, found, realized);
  return {
    deployment: past.id,
    verdict: past.verdict,
    taken: found.taken ?? null,
    forecastUsd: findStoredOption(past, advice)?.savingUsd ?? null,
    measuredUsd: measured.usd,
    notes: [found.note, ...measured.notes, ...trafficNotes(pair)],
  };
}

interface Measured {
  readonly usd: string | null;
  readonly notes: readonly AdviceNote[];
}

function measuredOf(
  pair: DeploymentPair,
  { taken }: AdviceTaken,
  realized: RealizedSaving | undefined,
): Measured {
  const { now, advice } = pair;
  if (taken === undefined) return unknown();
  if (taken) {
    if (realized === undefined) return unknown({ code: 'windows-not-alike' });
    const saved = realized.forDeployment(pair);
    if ('code' in saved) return unknown(saved);
    return { usd: moneyText(saved), notes: [{ code: 'saving-by-bills' }] };
  }
  if (now === undefined || optionCost(now, advice) === undefined) {
    return unknown({ code: 'not-taken-cost-unknown' });
  }
  const missed = moneyText(optionSaving(now, advice, BASE_ASSUMPTIONS));
  return { usd: missed, notes: [{ code: 'not-taken' }] };
}

function unknown(...notes: readonly AdviceNote[]): Measured {
  return { usd: null, notes };
}

const MUCH = decimal('0.2');

/**
 * Notes a change of tokens per day of more than 20%: the bill changed for more reasons than the
 * advice.
 */
function trafficNotes({ past, now, pastMs, nowMs }: DeploymentPair): AdviceNote[] {
  if (now === undefined || now.served.tokens === 0 || past.tokens === 0) return [];
  const rateOf = (tokens: number, ms: number) => divide(exactInteger(tokens), exactInteger(ms));
  const ratio = divide(rateOf(now.served.tokens, nowMs), rateOf(past.tokens, pastMs));
  const change = subtract(ratio, ONE);
  const size = change.num < 0n ? subtract(ONE, ratio) : change;
  if (compare(size, MUCH) <= 0) return [];
  return [{ code: 'traffic-changed', changeShare: toDecimal(change, 6) }];
}

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
