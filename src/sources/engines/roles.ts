/** Which of prefill and decode a process does, so that a request in two servers counts once. */

import { at } from './samples.ts';
import type { CountedProcess } from './presence.ts';
import type { Engine } from './engine.ts';
import type { CountedFact } from './record.ts';

/**
 * What of a process counts: everything, the prompt (of a prefill server), the output and requests
 * (of a decode server), or all but the prompt whose cache came from a prefill server.
 */
export type Share = 'whole' | 'prompt' | 'output' | 'without-transferred';

export interface Shares {
  readonly of: readonly Share[];
  /** What a person should hear. */
  readonly note?: string;
}

/** Of so many requests each one was in both servers. */
const ALL_REQUESTS = 0.98;

/**
 * Roles that the config or the engine tells are taken as told; where the engine's labels name no
 * server of the other role, the one that is there counts whole. Without roles, servers that make
 * one token a request beside others that got their cache from elsewhere are prefill servers. Where
 * as many requests were decoded as were prefilled, the decode servers' prompts are the same ones;
 * where more were, what they computed or had cached themselves counts too.
 */
export function sharesOf(counted: readonly CountedProcess[], { role }: Engine): Shares {
  const roles = counted.map(({ process }) => process.role);
  const isPair = roles.includes('prefill') && roles.includes('decode');
  if (role !== undefined || isPair) {
    return {
      of: roles.map((each) => {
        if (each === undefined) return 'whole';
        return each === 'prefill' ? 'prompt' : 'output';
      }),
    };
  }
  return foundShares(counted);
}

function foundShares(counted: readonly CountedProcess[]): Shares {
  const whole = { of: counted.map((): Share => 'whole') };
  const isPrefill = counted.map(makesOneToken);
  if (!isPrefill.includes(true)) return whole;
  const gets = counted.map((each) => sumOf(each, 'transferred') > 0);
  if (!gets.some((got, index) => got && isPrefill[index] !== true)) {
    return looksSplit(counted, isPrefill) ? { ...whole, note: UNSURE } : whole;
  }
  const total = (wanted: boolean) =>
    counted.reduce(
      (sum, each, index) => (isPrefill[index] === wanted ? sum + sumOf(each, 'requests') : sum),
      0,
    );
  const isEach = total(true) >= ALL_REQUESTS * total(false);
  return {
    of: counted.map((_, index): Share => {
      if (isPrefill[index] === true) return 'prompt';
      return isEach ? 'output' : 'without-transferred';
    }),
    note: FOUND,
  };
}

const FOUND = 'prefill and decode run separately: prompts count at prefill, output at decode';
const UNSURE =
  'one server makes one token per request while others make many. If prefill and decode ' +
  'run separately, every prompt counts twice; set usage.role';

/** All that it made are first tokens: one a request. */
function makesOneToken(each: CountedProcess): boolean {
  const [requests, output] = [sumOf(each, 'requests'), sumOf(each, 'output')];
  return requests > 0 && output > 0 && output <= requests;
}

/** Many requests, and others that make more than a few tokens of each. */
function looksSplit(counted: readonly CountedProcess[], isPrefill: readonly boolean[]): boolean {
  const many = counted.map((each) => sumOf(each, 'requests') >= FEW);
  if (!isPrefill.some((is, index) => is && many[index] === true)) return false;
  return counted.some((each, index) => {
    const isLong = sumOf(each, 'output') > SEVERAL * sumOf(each, 'requests');
    return isPrefill[index] !== true && many[index] === true && isLong;
  });
}

const FEW = 20;
const SEVERAL = 2;

function sumOf({ series }: CountedProcess, fact: CountedFact): number {
  let sum = 0;
  for (const each of series) {
    if (each.fact !== fact) continue;
    const { added } = each.counted;
    for (let index = 0; index < added.length; index += 1) sum += at(added, index);
  }
  return sum;
}
