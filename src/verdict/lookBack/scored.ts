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
import { AT_BASE, optionCost } from '../../economics/options.ts';
import type { AuditLookBack } from '../auditDecision.ts';
import { moneyText } from '../document/printed.ts';
import { savingOf } from '../judge/deploymentReasons.ts';
import type { AdviceNote } from './note.ts';
import type { Realized } from './realized.ts';
import { optionOf } from './stored.ts';
import type { Pair, Taken } from './taken.ts';

export interface Scored {
  readonly pair: Pair;
  readonly found: Taken;
}

type Advice = AuditLookBack['advice'][number];

export type ScoredAdvice = Omit<Advice, 'note' | 'noteDetails'> & {
  /** Notes in printing order. */
  readonly notes: readonly AdviceNote[];
};

/** `realized` is absent if the two windows cannot be compared. */
export function scoreAdvice({ pair, found }: Scored, realized: Realized | undefined): ScoredAdvice {
  const { past, advice } = pair;
  const measured = measuredOf(pair, found, realized);
  return {
    deployment: past.id,
    verdict: past.verdict,
    taken: found.taken ?? null,
    forecastUsd: optionOf(past, advice)?.savingUsd ?? null,
    measuredUsd: measured.usd,
    notes: [found.note, ...measured.notes, ...trafficNotes(pair)],
  };
}

interface Measured {
  readonly usd: string | null;
  readonly notes: readonly AdviceNote[];
}

function measuredOf(pair: Pair, { taken }: Taken, realized: Realized | undefined): Measured {
  const { now, advice } = pair;
  if (taken === undefined) return unknown();
  if (taken) {
    if (realized === undefined) return unknown({ code: 'windows-not-alike' });
    const saved = realized.of(pair);
    if ('code' in saved) return unknown(saved);
    return { usd: moneyText(saved), notes: [{ code: 'saving-by-bills' }] };
  }
  if (now === undefined || optionCost(now, advice) === undefined) {
    return unknown({ code: 'not-taken-cost-unknown' });
  }
  const missed = moneyText(savingOf(now, advice, AT_BASE));
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
function trafficNotes({ past, now, pastMs, nowMs }: Pair): AdviceNote[] {
  if (now === undefined || now.served.tokens === 0 || past.tokens === 0) return [];
  const rateOf = (tokens: number, ms: number) => divide(exactInteger(tokens), exactInteger(ms));
  const ratio = divide(rateOf(now.served.tokens, nowMs), rateOf(past.tokens, pastMs));
  const change = subtract(ratio, ONE);
  const size = change.num < 0n ? subtract(ONE, ratio) : change;
  if (compare(size, MUCH) <= 0) return [];
  return [{ code: 'traffic-changed', changeShare: toDecimal(change, 6) }];
}
