/** Reports how a usage interval from a file met a stored one: restated, or rejected for overlap. */

import { invariant } from '../../domain/invariant.ts';
import { instantText } from '../../domain/period.ts';
import type { UsageRow } from '../../domain/usage.ts';
import { quoteShort } from '../../platform/wording.ts';
import { describeChange } from './factWords.ts';
import type { FindFetchName } from './fetchNames.ts';
import type { StoredValue } from './insert.ts';
import type { IntervalResult, StoredInterval } from './interval.ts';
import { undoHint, originText } from './meeting.ts';
import { toContradiction, factExcerpt, MAX_LISTED, type FactOrigin, type Tally } from './place.ts';

interface Line {
  readonly fact: UsageRow;
  readonly place: FactOrigin;
  readonly nameOf: FindFetchName;
}

/** Counts one interval. For a line of a file it also records what to report to the user. */
export function reportInterval(tally: Tally, { put, earlier }: IntervalResult, line: Line): void {
  const { fact, place, nameOf } = line;
  if (put === 'contradicted') {
    tally.rejects.push(toContradiction(place.position, usageText(fact), fact));
    return;
  }
  if (put === 'misplaced') {
    invariant(earlier !== undefined, 'only an interval that is there can be in the way');
    const reason = overlap(earlier, line);
    const { position } = place;
    const refusal = { position, reason, excerpt: factExcerpt(fact), metRef: earlier.fetchRef };
    tally.rejects.push(refusal);
    return;
  }
  tally[put] += 1;
  if (place.byHand !== true || put !== 'restated' || earlier === undefined) return;
  if (tally.restatements.length >= MAX_LISTED) return;
  const change = describeChange('usage', storedValues(fact, earlier), newValues(fact));
  const from = { ...nameOf(earlier.fetchRef), position: earlier.position };
  tally.restatements.push({ position: place.position, ...change, earlier: from });
}

function usageText({ deployment, period }: UsageRow): string {
  return `usage of "${deployment}" from ${instantText(period.startMs)}`;
}

function overlap(old: StoredInterval, { fact, nameOf }: Line): string {
  const from = nameOf(old.fetchRef);
  const place = originText(from, old.position);
  const conflict =
    `the usage of ${quoteShort(fact.deployment)} from ${spanText(fact.period)} overlaps known ` +
    `usage from ${spanText(old)} (${place})`;
  const expected = 'expected the same interval, which restates it, or one without overlap';
  const todo =
    'import the same intervals again, or import this file with another --source' +
    undoHint(from, 'to replace them all');
  return `${conflict}; ${expected}; ${todo}`;
}

function spanText({ startMs, endMs }: { startMs: number; endMs: number }): string {
  return `${instantText(startMs)} to ${instantText(endMs)}`;
}

function storedValues({ deployment }: UsageRow, old: StoredInterval): Map<string, StoredValue> {
  return new Map<string, StoredValue>([
    ['deployment', deployment],
    ['startMs', old.startMs],
    ['endMs', old.endMs],
    ['uncachedPromptTokens', old.uncached],
    ['cachedPromptTokens', old.cached],
    ['outputTokens', old.output],
    ['requests', old.requests],
    ['busyMs', old.busyMs],
    ['replicaMs', old.replicaMs],
    ['withdrawn', old.withdrawn],
  ]);
}

function newValues(fact: UsageRow): Map<string, StoredValue> {
  return new Map<string, StoredValue>([
    ['deployment', fact.deployment],
    ['startMs', fact.period.startMs],
    ['endMs', fact.period.endMs],
    ['uncachedPromptTokens', fact.uncachedPromptTokens],
    ['cachedPromptTokens', fact.cachedPromptTokens ?? null],
    ['outputTokens', fact.outputTokens],
    ['requests', fact.requests ?? null],
    ['busyMs', fact.busyMs ?? null],
    ['replicaMs', fact.replicaMs ?? null],
    ['withdrawn', 0],
  ]);
}
