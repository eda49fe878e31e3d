/**
 * Knows the sentences that go with a deployment's figures where they rest on less than was wished
 * for.
 */

import { compare, toNumber } from '../../domain/exact.ts';
import { HOUR_MS, instantText } from '../../domain/period.ts';
import { tokensAt } from '../../domain/usage.ts';
import type { DeploymentBill, Guess } from '../bill/bill.ts';
import type { UsageDoubt } from '../input.ts';
import { counted } from '../../domain/counted.ts';
import type { DayEconomics } from '../result.ts';
import type { UsageTally } from './usageTally.ts';

const GUESSES: Readonly<Record<Guess, string>> = {
  'dearest bucket':
    'Paid time is estimated from the dearest bucket of each resource, because the bill ' +
    'tells neither hours nor a rate',
  'whole period':
    'Paid time is estimated as the whole period of each line, because the bill tells ' +
    'neither hours nor a rate',
  'equal shares':
    'Shared resources were split equally, because no sharer was seen at work in the window',
};

const MOST_NAMES = 3;

const DOUBTS: Readonly<Record<UsageDoubt['code'], string>> = {
  'beyond-published':
    'left out, tokens and dollars: faster than ten times the highest figure published for these ' +
    'GPUs',
  alone:
    'left out, tokens and dollars: more than ten times as fast as the third-fastest hour. If it ' +
    'is right, state the capacity in the config',
  'capacity-not-raised':
    'counted, and not used as the capacity: more than twice as fast as the third-fastest hour',
};

/** One sentence for each kind of doubt, with its fastest interval. */
export function doubtWarnings(doubts: readonly UsageDoubt[]): string[] {
  const codes = [...new Set(doubts.map(({ code }) => code))].sort();
  return codes.flatMap((code) => {
    const own = doubts.filter((doubt) => doubt.code === code);
    const [first] = own.toSorted((a, b) => compare(b.tokensPerSecond, a.tokensPerSecond));
    if (first === undefined) return [];
    const tokens = own.reduce((sum, doubt) => sum + doubt.tokens, 0);
    const [found, supported] = [toNumber(first.tokensPerSecond), first.supported].map(plain);
    const fastest = `${found} tokens a second of a replica at ${instantText(first.startMs)}`;
    return [
      `${counted(own.length, 'interval')} with ${counted(tokens, 'token')} ${
        own.length === 1 ? 'is' : 'are'
      } ${DOUBTS[code]} (${fastest}, against ${supported}).`,
    ];
  });
}

function plain(value: number): string {
  return Math.round(value).toLocaleString('en-US');
}

export function guessWarnings(bill: DeploymentBill): string[] {
  return [...bill.guesses]
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([guess, resources]) => `${GUESSES[guess]}: ${listed([...resources].sort())}.`);
}

function listed(names: readonly string[]): string {
  const rest = names.length - MOST_NAMES;
  const shown = names.slice(0, MOST_NAMES).join(', ');
  return rest > 0 ? `${shown} and ${rest} more` : shown;
}

export interface Excess {
  readonly utilization: boolean;
  readonly busy: boolean;
  readonly waterfall: boolean;
}

export function excessWarnings({ utilization, busy, waterfall }: Excess): string[] {
  return [
    ...(utilization
      ? [
          'More tokens were served than the paid time allows at this capacity: utilization ' +
            'is shown as 1.',
        ]
      : []),
    ...(busy
      ? ['More busy time was seen than was paid for: the busy fraction is shown as 1.']
      : []),
    ...(waterfall
      ? ['Utilization is above the busy fraction: nothing is shown as under-filled.']
      : []),
  ];
}

/**
 * Tokens on days without any paid time were served by something that is billed elsewhere, or not at
 * all.
 */
export function unpaidWarnings(days: readonly DayEconomics[]): string[] {
  const unpaid = days.filter(
    ({ paidNs, promptTokens, outputTokens }) => paidNs === 0n && promptTokens + outputTokens > 0,
  );
  if (unpaid.length === 0) return [];
  const tokens = unpaid.reduce((sum, day) => sum + day.promptTokens + day.outputTokens, 0);
  const [what, when] = [counted(tokens, 'token'), counted(unpaid.length, 'day')];
  return [
    `${what} ${tokens === 1 ? 'was' : 'were'} served on ${when} without any paid replica time.`,
  ];
}

/** Peaks inside a long interval are levelled: fewer replicas seem to hold them than would. */
export function coarseWarnings({ series }: UsageTally): string[] {
  let coarse = 0;
  for (let row = 0; row < series.length; row += 1) {
    const lengthMs = (series.endMs[row] ?? 0) - (series.startMs[row] ?? 0);
    if (lengthMs > HOUR_MS && tokensAt(series, row) > 0) coarse += 1;
  }
  if (coarse === 0) return [];
  const [what, are] = [counted(coarse, 'interval'), coarse === 1 ? 'is' : 'are'];
  return [
    `${what} with tokens ${are} longer than an hour: peaks inside cannot be seen, so right-size ` +
      'and hybrid figures are lower bounds.',
  ];
}
