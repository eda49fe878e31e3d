/** What LiteLLM reckons that hosted models cost: a second opinion, beside bills and never added. */

import { add, decimal, type Exact, isZero, ZERO } from '../../domain/exact.ts';
import type { HostedUsage } from '../../domain/hostedUsage.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';

/** Requests that a model answered, or one of them. */
export interface Reckoned {
  readonly position: number;
  readonly dayMs: number;
  readonly model: string;
  readonly host?: string;
  readonly prompt: number;
  readonly cached?: number;
  readonly output: number;
  readonly answered: number;
  readonly usd?: string;
}

interface Sum {
  readonly of: Pick<Reckoned, 'position' | 'dayMs' | 'model' | 'host'>;
  prompt: number;
  cached: number;
  output: number;
  answered: number;
  /** Absent where one of the requests has no price. */
  usd: Exact | undefined;
}

/** Both ways to ask tell the same. */
const KINDS = ['litellm.activity', 'litellm.requests'];

/** Sums up by day, model and provider. */
export class SpendTally {
  readonly #sums = new Map<string, Sum>();

  /** LiteLLM writes 0 for a model of which it knows no price: that is unknown. */
  add({ prompt, cached = 0, output, answered, usd, ...of }: Reckoned): void {
    if (answered === 0) return;
    const key = JSON.stringify([of.dayMs, of.model, of.host]);
    const known = this.#sums.get(key) ?? { of, ...NOTHING };
    this.#sums.set(key, known);
    known.prompt += prompt;
    // More than the whole prompt is no part of it.
    known.cached += cached <= prompt ? cached : 0;
    known.output += output;
    known.answered += answered;
    const price = decimal(usd ?? '0');
    const isPriced = price.num > 0n || (prompt === 0 && output === 0);
    known.usd = isPriced && known.usd !== undefined ? add(known.usd, price) : undefined;
  }

  /** Of the days that are over. A cache of 0 is unknown, as for usage. */
  facts(sourceId: string, window: Period, nowMs: number): HostedFacts {
    const hostedUsage = [...this.#sums.values()].flatMap((sum): Located<HostedUsage>[] => {
      const { of, prompt, cached, output, answered, usd } = sum;
      const period = { startMs: of.dayMs, endMs: of.dayMs + DAY_MS };
      if (usd === undefined || isZero(usd) || period.endMs > nowMs) return [];
      const fact: HostedUsage = {
        sourceId,
        model: of.model,
        ...(of.host === undefined ? {} : { host: of.host }),
        period,
        uncachedPromptTokens: prompt - cached,
        ...(cached === 0 ? {} : { cachedPromptTokens: cached }),
        outputTokens: output,
        requests: answered,
        usd: nanoFromUsd(usd),
        secondHand: true,
      };
      return [{ position: of.position, fact }];
    });
    if (hostedUsage.length === 0) return {};
    return { hostedUsage, hostedUsageFor: { window, kinds: KINDS } };
  }
}

type HostedFacts = Pick<Fetched, 'hostedUsage' | 'hostedUsageFor'>;

const NOTHING = { prompt: 0, cached: 0, output: 0, answered: 0, usd: ZERO };
