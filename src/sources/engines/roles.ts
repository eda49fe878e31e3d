/** Finds which processes do prefill or decode, so that a request in two servers counts once. */

import { numberAt } from './samples.ts';
import type { CountedProcess } from './presence.ts';
import type { EngineMetrics } from './engine.ts';
import type { CountedFact } from './record.ts';

/**
 * The share of a process that counts. `whole` is everything. `prompt` is that of a prefill server.
 * `output` is output and requests, of a decode server. `without-transferred` is everything except
 * the prompt that a prefill server cached.
 */
export type ProcessShare = 'whole' | 'prompt' | 'output' | 'without-transferred';

export interface ProcessShares {
  readonly shares: readonly ProcessShare[];
  /** The code of a warning. */
  readonly note?: 'prefill-split' | 'prefill-split-unclear';
}

/** From this share on, all requests were in both servers. */
const ALL_REQUESTS_SHARE = 0.98;

/**
 * Roles in the config or in the engine's labels are used as they are. If the labels name no server
 * of the other role, the existing one counts whole.
 * Without roles, servers that make one token per request beside others that got their cache from
 * elsewhere are prefill servers. If as many requests were decoded as prefilled, the prompts of
 * decode servers are the same ones. If more were decoded, the prompts that decode servers computed
 * or had cached count too.
 */
export function findShares(
  counted: readonly CountedProcess[],
  { role }: EngineMetrics,
): ProcessShares {
  const roles = counted.map(({ process }) => process.role);
  const isPair = roles.includes('prefill') && roles.includes('decode');
  if (role !== undefined || isPair) {
    return {
      shares: roles.map((each) => {
        if (each === undefined) return 'whole';
        return each === 'prefill' ? 'prompt' : 'output';
      }),
    };
  }
  return inferShares(counted);
}

function inferShares(counted: readonly CountedProcess[]): ProcessShares {
  const wholeShares = { shares: counted.map((): ProcessShare => 'whole') };
  const isPrefill = counted.map(makesOneToken);
  if (!isPrefill.includes(true)) return wholeShares;
  const receives = counted.map((each) => sumFact(each, 'transferred') > 0);
  if (!receives.some((isReceiver, index) => isReceiver && isPrefill[index] !== true)) {
    return looksSplit(counted, isPrefill)
      ? { ...wholeShares, note: 'prefill-split-unclear' }
      : wholeShares;
  }
  const total = (wanted: boolean) =>
    counted.reduce(
      (sum, each, index) => (isPrefill[index] === wanted ? sum + sumFact(each, 'requests') : sum),
      0,
    );
  const isEachRequest = total(true) >= ALL_REQUESTS_SHARE * total(false);
  return {
    shares: counted.map((_, index): ProcessShare => {
      if (isPrefill[index] === true) return 'prompt';
      return isEachRequest ? 'output' : 'without-transferred';
    }),
    note: 'prefill-split',
  };
}

/** Whether it made only first tokens, one per request. */
function makesOneToken(each: CountedProcess): boolean {
  const [requests, output] = [sumFact(each, 'requests'), sumFact(each, 'output')];
  return requests > 0 && output > 0 && output <= requests;
}

/** Whether a server with many requests makes one token each, while others make several. */
function looksSplit(counted: readonly CountedProcess[], isPrefill: readonly boolean[]): boolean {
  const hasMany = counted.map((each) => sumFact(each, 'requests') >= MANY_REQUESTS);
  if (!isPrefill.some((isOne, index) => isOne && hasMany[index] === true)) return false;
  return counted.some((each, index) => {
    const isLong = sumFact(each, 'output') > LONG_OUTPUT_TOKENS * sumFact(each, 'requests');
    return isPrefill[index] !== true && hasMany[index] === true && isLong;
  });
}

const MANY_REQUESTS = 20;
const LONG_OUTPUT_TOKENS = 2;

function sumFact({ series }: CountedProcess, fact: CountedFact): number {
  let sum = 0;
  for (const each of series) {
    if (each.fact !== fact) continue;
    const { added } = each.counted;
    for (let index = 0; index < added.length; index += 1) sum += numberAt(added, index);
  }
  return sum;
}
