/** Knows how one piece of last quarter's advice is scored, in dollars and in words. */

import { compare, decimal, divide, exactInteger, ONE, subtract } from '../../domain/exact.ts';
import { AT_BASE, optionCost } from '../../economics/options.ts';
import type { AuditLookBack } from '../auditDecision.ts';
import { moneyText } from '../document/printed.ts';
import { savingOf } from '../judge/deploymentReasons.ts';
import { percent } from '../words.ts';
import type { Realized } from './realized.ts';
import { optionOf } from './stored.ts';
import type { Pair, Taken } from './taken.ts';

export interface Scored {
  readonly pair: Pair;
  readonly found: Taken;
}

type Advice = AuditLookBack['advice'][number];

/** `realized` is absent where the two windows cannot be compared. */
export function scoreAdvice({ pair, found }: Scored, realized: Realized | undefined): Advice {
  const { past, advice } = pair;
  const measured = measuredOf(pair, found, realized);
  const notes = [found.note, measured.note, trafficNote(pair)].filter((note) => note !== '');
  return {
    deployment: past.id,
    verdict: past.verdict,
    taken: found.taken ?? null,
    forecastUsd: optionOf(past, advice)?.savingUsd ?? null,
    measuredUsd: measured.usd,
    note: notes.join(' '),
  };
}

interface Measured {
  readonly usd: string | null;
  readonly note: string;
}

const UNLIKE = 'The two windows are not equally long, so their bills are not compared.';
const BILLS = "Its saving is that of the bills, without people's time.";

function measuredOf(pair: Pair, { taken }: Taken, realized: Realized | undefined): Measured {
  const { now, advice } = pair;
  if (taken === undefined) return unknown('');
  if (taken) {
    if (realized === undefined) return unknown(UNLIKE);
    const saved = realized.of(pair);
    if (typeof saved === 'string') return unknown(saved);
    return { usd: moneyText(saved), note: BILLS };
  }
  if (now === undefined || optionCost(now, advice) === undefined) {
    return unknown('It was not taken, and what it would cost now is not known.');
  }
  const missed = moneyText(savingOf(now, advice, AT_BASE));
  return { usd: missed, note: 'It was not taken; its saving is what it would have been.' };
}

function unknown(note: string): Measured {
  return { usd: null, note };
}

const MUCH = decimal('0.2');

/** `Its traffic rose by 34 %, …`: then the bill's change is not all the advice's. */
function trafficNote({ past, now, pastMs, nowMs }: Pair): string {
  if (now === undefined || now.served.tokens === 0 || past.tokens === 0) return '';
  const rateOf = (tokens: number, ms: number) => divide(exactInteger(tokens), exactInteger(ms));
  const ratio = divide(rateOf(now.served.tokens, nowMs), rateOf(past.tokens, pastMs));
  const change = subtract(ratio, ONE);
  const size = change.num < 0n ? subtract(ONE, ratio) : change;
  if (compare(size, MUCH) <= 0) return '';
  const verb = change.num < 0n ? 'fell' : 'rose';
  return `Its traffic ${verb} by ${percent(size)}, so the change is not all the advice's.`;
}
