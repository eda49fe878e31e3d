/** Scores one piece of the previous quarter's advice: dollars and notes. */

import {
  compare,
  decimal,
  divide,
  exactInteger,
  ONE,
  subtract,
  toDecimal,
} from '../../domain/exact.ts';
import { BASE_ASSUMPTIONS, optionCost } from '../../economics/options.ts';
import type { AuditBacktest } from '../auditDecision.ts';
import { moneyText } from '../document/printed.ts';
import { optionSaving } from '../judge/deploymentReasons.ts';
import type { AdviceNote } from './note.ts';
import type { RealizedSaving } from './realized.ts';
import { findStoredOption } from './stored.ts';
import type { DeploymentPair, AdviceTaken } from './taken.ts';

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
