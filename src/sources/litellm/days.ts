/** Reads LiteLLM's daily activity: sums by deployment and UTC day, over all pages. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, type Period, parseInstant } from '../../domain/period.ts';
import type { Answered, AnswerFacts } from '../api.ts';
import { encodePart } from '../engines/attribution.ts';
import { findTarget, unmatchedNote } from '../gatewayMatch.ts';
import { GatewayTally } from '../gatewayTally.ts';
import { readRecords, requireSomeRead, toReject } from '../records.ts';
import type { UsageTarget } from '../source.ts';
import type { DAY_KEYS } from './options.ts';
import { SpendTally } from './tallies.ts';
import { type ActivityDay, activityDay, type ActivityMetrics } from './wire.ts';

export interface ActivityOptions {
  readonly sourceId: string;
  readonly targets: readonly UsageTarget[];
  /** The list by which requests of a day are matched: its models or its model groups. */
  readonly key: (typeof DAY_KEYS)[number];
  readonly window: Period;
  readonly nowMs: number;
}

/**
 * Sums days over all pages of one question. A page holds a fixed number of database rows, so a day
 * may be split between two pages. The facts come with the last page.
 */
export function createActivityReader({ sourceId, targets, key, window, nowMs }: ActivityOptions) {
  const tally = new GatewayTally();
  const spend = new SpendTally();
  let isComplete = true;
  const unmatched = new Map<string, number>();
  return {
    read({ where, ...list }: Answered, isLast: boolean): AnswerFacts {
      const { facts, rejects, warnings } = readRecords(list.items(), activityDay, (day) => day);
      requireSomeRead(facts.length, rejects.length, where);
      const days = new Set<number>();
      for (const { position, fact } of facts) {
        const startMs = parseInstant(fact.date.slice(0, 10)) ?? Number.NaN;
        const isRequested = startMs >= window.startMs && startMs < window.endMs;
        if (isRequested && days.has(startMs)) throw duplicateDay(fact.date, where);
        if (isRequested) take(fact, { position, startMs, where });
        else rejects.push(toReject(position, fact, 'outside the requested period'));
        days.add(startMs);
      }
      isComplete &&= rejects.length === 0;
      if (!isLast) return { rejects, warnings };
      const usage = {
        ...tally.facts({ sourceId, lengthMs: DAY_MS, nowMs }),
        ...(isComplete ? spend.facts(sourceId, window, nowMs) : {}),
      };
      return { ...usage, rejects, warnings: [...warnings, ...unmatchedNote(unmatched)] };
    },
  };

  function take({ breakdown }: ActivityDay, { position, startMs, where }: Place): void {
    // A day that LiteLLM reports on is known for all deployments. Those without requests had none.
    tally.fill(
      targets.map(({ deployment }) => deployment),
      [startMs],
    );
    const list = key === 'model' ? breakdown?.models : breakdown?.model_groups;
    for (const [name, { metrics, api_key_breakdown: byKey }] of Object.entries(list ?? {})) {
      const target = findTarget({ [key]: name }, targets);
      if (target === undefined) {
        addUnmatched(name, metrics, { position, startMs });
        continue;
      }
      const { deployment } = target;
      tally.add(startMs, { position, deployment, ...toCounts(metrics, where) });
      for (const { metrics: own, metadata } of Object.values(byKey ?? {})) {
        const part = encodePart(metadata ?? {}, target);
        if (part === undefined) continue;
        tally.addShare(startMs, { position, deployment, part, ...toCounts(own, where) });
      }
    }
  }

  function addUnmatched(model: string, metrics: ActivityMetrics, at: Omit<Place, 'where'>): void {
    unmatched.set(model, (unmatched.get(model) ?? 0) + (metrics.successful_requests ?? 0));
    const hosted = toHostedCounts(metrics);
    if (hosted === undefined) return;
    spend.add({ position: at.position, dayMs: at.startMs, model, ...hosted });
  }
}

interface Place {
  readonly position: number;
  readonly startMs: number;
  readonly where: string;
}

function duplicateDay(date: string, where: string): Failure {
  const message = `${where} returned ${date.slice(0, 10)} twice on one page`;
  return new Failure('malformed', message, { where, expected: 'each day once on a page' });
}

/**
 * The counts and the cost that LiteLLM computed for a day of a hosted model. `undefined` if its
 * tokens are missing.
 */
function toHostedCounts(metrics: ActivityMetrics) {
  const { prompt_tokens: prompt, completion_tokens: output, spend: usd } = metrics;
  const { successful_requests: answered = 0, cache_read_input_tokens: cached = 0 } = metrics;
  if (prompt === undefined || output === undefined) return undefined;
  return { prompt, cached, output, answered, ...(usd === undefined ? {} : { usd }) };
}

/**
 * Token and request counts.
 * @throws {Failure} `malformed` if tokens are missing, since they would count as 0.
 */
function toCounts(metrics: ActivityMetrics, where: string) {
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
