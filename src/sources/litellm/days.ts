/** What LiteLLM's daily activity says of each deployment: sums of UTC days, over all pages. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, type Period, parseInstant } from '../../domain/period.ts';
import type { ListBody } from '../../platform/jsonList.ts';
import { readWire } from '../../platform/wire.ts';
import type { Answered, Read } from '../api.ts';
import { deploymentOf, GatewayTally, unmatchedNote } from '../gatewayTally.ts';
import { readRecords, rejectOf } from '../records.ts';
import type { UsageTarget } from '../source.ts';
import { type ActivityDay, activityAnswer, activityDay, type Metrics } from './wire.ts';

export interface DaysWish {
  readonly sourceId: string;
  readonly targets: readonly UsageTarget[];
  readonly window: Period;
  readonly nowMs: number;
}

/** By which of its two lists a day's requests are told apart. */
export const DAY_KEYS = ['model', 'model_group'] as const;

/**
 * Days are summed over the pages of one question, for a page holds so many rows of the database and
 * a day may stand on two of them. The facts come with the last page.
 */
export function dayReader({ sourceId, targets, window, nowMs }: DaysWish) {
  const tally = new GatewayTally();
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
        else rejects.push(rejectOf(position, fact, 'a day that was not asked for'));
        days.add(startMs);
      }
      if (!isLast) return { rejects, warnings };
      const told = tally.facts({ sourceId, lengthMs: DAY_MS, nowMs });
      return { ...told, rejects, warnings: [...warnings, ...unmatchedNote(unmatched)] };
    },
  };

  function take({ breakdown }: ActivityDay, { position, startMs, where }: Place): void {
    // A day of which anything is told is told for all: no request of a deployment is none.
    tally.fill(
      targets.map(({ deployment }) => deployment),
      [startMs],
    );
    for (const key of DAY_KEYS) {
      const asking = targets.filter(({ match }) => Object.hasOwn(match, key));
      const lists = key === 'model' ? breakdown?.models : breakdown?.model_groups;
      if (asking.length === 0) continue;
      for (const [name, { metrics }] of Object.entries(lists ?? {})) {
        const deployment = deploymentOf({ [key]: name }, asking);
        if (deployment === undefined) note(name, metrics);
        else tally.add(startMs, { position, deployment, ...measured(metrics, where) });
      }
    }
  }

  function note(name: string, { successful_requests: requests = 0 }: Metrics): void {
    unmatched.set(name, (unmatched.get(name) ?? 0) + requests);
  }
}

interface Place {
  readonly position: number;
  readonly startMs: number;
  readonly where: string;
}

function toldTwice(date: string, where: string): Failure {
  const message = `${where} tells ${date.slice(0, 10)} twice on one page`;
  return new Failure('malformed', message, { where, expected: 'each day once on a page' });
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
    const message = `${where} tells requests without their tokens`;
    throw new Failure('malformed', message, { where, expected: 'prompt and completion tokens' });
  }
  if (cached !== undefined && cached > prompt) {
    const message = `${where} tells ${cached} cached tokens of a prompt of ${prompt}`;
    throw new Failure('malformed', message, { where, expected: 'cached tokens inside the prompt' });
  }
  return {
    prompt,
    output,
    answered,
    ...(cached === undefined ? {} : { cached }),
    ...(failed === undefined ? {} : { failed }),
  };
}

/** A list of something else has nothing that can be read. */
export function refuseOther(read: number, rejected: number, where: string): void {
  if (read > 0 || rejected === 0) return;
  throw new Failure('malformed', `${where} answered a list of something else`, { where });
}
