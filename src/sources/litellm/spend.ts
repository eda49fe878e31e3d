/**
 * The cost of hosted models as LiteLLM computes it: a comparison beside bills, never added to them.
 */

import { add, decimal, type Exact, isZero, ZERO } from '../../domain/exact.ts';
import type { HostedUsage } from '../../domain/usage.ts';
import { nanoFromUsd } from '../../domain/money.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { Fetched, Located } from '../../domain/provenance.ts';

/** One or more requests that a model answered. */
export interface HostedSpend {
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

interface DaySum {
  readonly group: Pick<HostedSpend, 'position' | 'dayMs' | 'model' | 'host'>;
  prompt: number;
  cached: number;
  output: number;
  answered: number;
  /** Absent if one of the requests has no price. */
  usd: Exact | undefined;
}

/** The two kinds of fetches, which report the same facts. */
const KINDS = ['litellm.activity', 'litellm.requests'];

/** Sums by day, model and provider. */
export class SpendTally {
  readonly #sums = new Map<string, DaySum>();

  /**
   * Adds requests. LiteLLM writes a cost of 0 for models without a known price, so 0 means unknown.
   */
  add({ prompt, cached = 0, output, answered, usd, ...of }: HostedSpend): void {
    if (answered === 0) return;
    const key = JSON.stringify([of.dayMs, of.model, of.host]);
    const known = this.#sums.get(key) ?? { group: of, ...NOTHING };
    this.#sums.set(key, known);
    known.prompt += prompt;
    // Cached tokens above the prompt's size are invalid and ignored.
    known.cached += cached <= prompt ? cached : 0;
    known.output += output;
    known.answered += answered;
    const price = decimal(usd ?? '0');
    const isPriced = price.num > 0n || (prompt === 0 && output === 0);
    known.usd = isPriced && known.usd !== undefined ? add(known.usd, price) : undefined;
  }

  /** Facts of the days that have ended. As for usage, a cache of 0 means unknown. */
  facts(sourceId: string, window: Period, nowMs: number): HostedFacts {
    const hostedUsage = [...this.#sums.values()].flatMap((sum): Located<HostedUsage>[] => {
      const { group: of, prompt, cached, output, answered, usd } = sum;
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
