/** What LiteLLM's daily activity says of each deployment: sums of UTC days, over all pages. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, type Period, parseInstant } from '../../domain/period.ts';
import type { ListBody } from '../../platform/jsonList.ts';
import { readWire } from '../../platform/wire.ts';
import type { Answered, Read } from '../api.ts';
import { partOf } from '../engines/attribution.ts';
import { targetOf, unmatchedNote } from '../gatewayMatch.ts';
import { GatewayTally } from '../gatewayTally.ts';
import { readRecords, refuseOther, rejectOf } from '../records.ts';
import type { UsageTarget } from '../source.ts';
import type { DAY_KEYS } from './options.ts';
import { SpendTally } from './spend.ts';
import { type ActivityDay, activityAnswer, activityDay, type Metrics } from './wire.ts';

export interface DaysWish {
  readonly sourceId: string;
  readonly targets: readonly UsageTarget[];
  /** By which of its two lists a day's requests are told apart. */
  readonly key: (typeof DAY_KEYS)[number];
  readonly window: Period;
  readonly nowMs: number;
}

/**
 * Days are summed over the pages of one question, for a page holds so many rows of the database and
 * a day may stand on two of them. The facts come with the last page.
 */
export function dayReader({ sourceId, targets, key, window, nowMs }: DaysWish) {
  const tally = new GatewayTally();
  const spend = new SpendTally();
  let isWhole = true;
  const unmatched = new Map<string, number>();
  return {
    read(list: ListBody, { where }: Answered, isLast: boolean): Read {
      readWire(activityAnswer, list.frame, where);
      const { facts, rejects, warnings } = readRecords(list.items(), activityDay, (day) => day);
      refuseOther(facts.length, rejects.length, where);
      const days = new Set<number>();
      for (const { position, fact } of facts) {
        const startMs = parseInstant(fact.date.slice(0, 10)) ?? Number.NaN;
        const isAsked = startMs >= window.startMs && startMs < window.endMs;
        if (isAsked && days.has(startMs)) throw toldTwice(fact.date, where);
        if (isAsked) take(fact, { position, startMs, where });
        else rejects.push(rejectOf(position, fact, 'outside the requested period'));
        days.add(startMs);
      }
      isWhole &&= rejects.length === 0;
      if (!isLast) return { rejects, warnings };
      const told = {
        ...tally.facts({ sourceId, lengthMs: DAY_MS, nowMs }),
        ...(isWhole ? spend.facts(sourceId, window, nowMs) : {}),
      };
      return { ...told, rejects, warnings: [...warnings, ...unmatchedNote(unmatched)] };
    },
  };

  function take({ breakdown }: ActivityDay, { position, startMs, where }: Place): void {
    // A day of which anything is told is told for all: no request of a deployment is none.
    tally.fill(
      targets.map(({ deployment }) => deployment),
      [startMs],
    );
    const list = key === 'model' ? breakdown?.models : breakdown?.model_groups;
    for (const [name, { metrics, api_key_breakdown: byKey }] of Object.entries(list ?? {})) {
      const target = targetOf({ [key]: name }, targets);
      if (target === undefined) {
        note(name, metrics, { position, startMs });
        continue;
      }
      const { deployment } = target;
      tally.add(startMs, { position, deployment, ...measured(metrics, where) });
      for (const { metrics: own, metadata } of Object.values(byKey ?? {})) {
        const part = partOf(metadata ?? {}, target);
        if (part === undefined) continue;
        tally.addShare(startMs, { position, deployment, part, ...measured(own, where) });
      }
    }
  }

  function note(model: string, metrics: Metrics, at: Pick<Place, 'position' | 'startMs'>): void {
    unmatched.set(model, (unmatched.get(model) ?? 0) + (metrics.successful_requests ?? 0));
    const told = reckoned(metrics);
    if (told !== undefined) spend.add({ position: at.position, dayMs: at.startMs, model, ...told });
  }
}

interface Place {
  readonly position: number;
  readonly startMs: number;
  readonly where: string;
}

function toldTwice(date: string, where: string): Failure {
  const message = `${where} returned ${date.slice(0, 10)} twice on one page`;
  return new Failure('malformed', message, { where, expected: 'each day once on a page' });
}

/** What a day of a hosted model is said to cost; nothing where its tokens are not told. */
function reckoned(metrics: Metrics) {
  const { prompt_tokens: prompt, completion_tokens: output, spend: usd } = metrics;
  const { successful_requests: answered = 0, cache_read_input_tokens: cached = 0 } = metrics;
  if (prompt === undefined || output === undefined) return undefined;
  return { prompt, cached, output, answered, ...(usd === undefined ? {} : { usd }) };
}

/** Tokens that are not told of requests that were answered would be none. */
function measured(metrics: Metrics, where: string) {
  const {
    prompt_tokens: prompt,
    completion_tokens: output,
    cache_read_input_tokens: cached,
    api_requests: all,
    failed_requests: failed,
  } = metrics;
  const answered = metrics.successful_requests ?? (all ?? 0) - (failed ?? 0);
  if (prompt === undefined || output === undefined || answered < 0) {
    const message = `${where} returned requests without token counts`;
    throw new Failure('malformed', message, { where, expected: 'prompt and completion tokens' });
  }
  if (cached !== undefined && cached > prompt) {
    const message = `${where} returned ${cached} cached tokens for a prompt of ${prompt}`;
    throw new Failure('malformed', message, {
      where,
      expected: 'cached tokens as a part of the prompt',
    });
  }
  return {
    prompt,
    output,
    answered,
    ...(cached === undefined ? {} : { cached }),
    ...(failed === undefined ? {} : { failed }),
  };
}
