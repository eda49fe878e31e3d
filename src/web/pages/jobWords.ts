/** Says in words what a job does and how it ended. */

import {
  DAY_MS,
  parseInstant,
  type Period,
  quarterAt,
  quarterPeriod,
} from '../../domain/period.ts';
import type { QueuedJob } from '../../domain/queuedJob.ts';
import { dateText, momentText } from '../../report/format.ts';

type Named = Pick<QueuedJob, 'name' | 'payload'>;
type Fields = Readonly<Record<string, unknown>>;

const TITLES: Readonly<Record<string, (payload: Fields) => string>> = {
  pull: ({ source, facts, ...span }) =>
    `Pull of ${textOf(source)}${factsText(facts)}${periodText(span)}`,
  prices: () => 'Pull of current prices and GPU rates',
  audit: (payload) => `Audit${periodText(payload, ' of ')}`,
  report: ({ runId, ...payload }) =>
    typeof runId === 'string'
      ? `Report of audit ${runId.slice(0, 8)}`
      : `Report${periodText(payload)}`,
  deliver: ({ edition, to }) =>
    `Delivery of report ${textOf(edition)}${to === undefined ? '' : ` to ${textOf(to)}`}`,
  quarter: ({ deliver, ...span }) =>
    `Pull, audit and report${periodText(span)}${deliver === true ? ', with delivery' : ''}`,
  correct: (payload) => `Check for corrections${periodText(payload, ' of ')}`,
  owed: () => 'Start of jobs that are due',
  check: () => 'Check for an overdue report',
};

/** `Pull of runpod-main for Q3 2026`; a job or a payload that is not ours keeps its name. */
export function jobTitle({ name, payload }: Named): string {
  const title = Object.hasOwn(TITLES, name) ? TITLES[name] : undefined;
  if (title === undefined || typeof payload !== 'object' || payload === null) return name;
  return title(payload as Fields);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'unknown');
}

function factsText(facts: unknown): string {
  return Array.isArray(facts) && facts.length > 0 ? ` (${facts.map(textOf).join(', ')})` : '';
}

function periodText({ quarter, from, to }: Fields, joint = ' for '): string {
  if (typeof quarter === 'string') return `${joint}${quarterName(quarter)}`;
  if (from === undefined && to === undefined) return '';
  const [startMs, endMs] = [from, to].map((end) => parseInstant(textOf(end)));
  if (startMs === undefined || endMs === undefined || endMs <= startMs) {
    return `${joint}${textOf(from)} to ${textOf(to)}`;
  }
  return `${joint}${spanText({ startMs, endMs })}`;
}

/** `2026-Q3` is `Q3 2026`; anything else stays as it is. */
export function quarterName(quarter: string): string {
  if (quarter === 'last') return 'the last quarter';
  return quarter.replace(/^(\d{4})-(Q[1-4])$/, '$2 $1');
}

/** A whole quarter by its name, whole days by the first and the last one. */
function spanText({ startMs, endMs }: Period): string {
  const quarter = quarterAt(startMs);
  const whole = quarterPeriod(quarter);
  if (whole.startMs === startMs && whole.endMs === endMs) {
    return `Q${quarter.number} ${quarter.year}`;
  }
  if (startMs % DAY_MS !== 0 || endMs % DAY_MS !== 0) {
    return `${momentText(startMs)} to ${momentText(endMs)}`;
  }
  const [first, last] = [dateText(startMs), dateText(endMs - DAY_MS)];
  return first === last ? first : `${first} to ${last}`;
}

/** `failed after 5 of 5 attempts`; a job that was started once and has no limit says less. */
export function stateText({ state, tries, mostTries, shortfalls = [] }: QueuedJob): string {
  const limit = mostTries === undefined ? '' : ` of ${mostTries}`;
  switch (state) {
    case 'waiting':
      return 'waiting';
    case 'awaiting':
      return 'waiting for its parts';
    case 'running':
      return tries === 0 ? 'running' : `running, attempt ${tries + 1}${limit}`;
    case 'delayed':
      return tries === 0 ? 'scheduled' : `attempt ${tries}${limit} failed, will be retried`;
    case 'failed':
      return `failed after ${tries}${limit} ${(mostTries ?? tries) === 1 ? 'attempt' : 'attempts'}`;
    case 'done':
      return shortfalls.length === 0 ? 'done' : 'done with problems';
  }
}

/** The first problem, else why it failed, else the last line of its progress. */
export function outcomeText({ state, shortfalls = [], reason, progress }: QueuedJob): string {
  const why = state === 'done' ? undefined : reason;
  return cut(
    [...shortfalls, why, progress].find((text) => text !== undefined && text !== '') ?? '',
  );
}

/** `minMoveUsd` is `Min move usd`. */
export function figureName(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value in plain words: `yes`, `usage and charges`, `3`. */
export function valueText(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.length > 0) return value.map(valueText).join(' and ');
  return JSON.stringify(value) ?? 'none';
}

/** A pull can fail in a hundred places; its own page lists all of them. */
const MOST_LETTERS = 240;

function cut(text: string): string {
  return text.length > MOST_LETTERS ? `${text.slice(0, MOST_LETTERS)} …` : text;
}
