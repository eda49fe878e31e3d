/** The text of jobs: their title, their state and their result. */

import { DAY_MS, parseInstant, type Period } from '../../domain/period.ts';
import { quarterAt, quarterPeriod } from '../../calendar/quarter.ts';
import type { QueuedJob } from '../../calendar/queuedJob.ts';
import { dateText, momentText, quarterName } from '../../report/format.ts';
import { shortText } from '../../platform/json.ts';
import type { Reader } from '../../report/locale.ts';

type JobRequest = Pick<QueuedJob, 'name' | 'payload'>;
type Fields = Readonly<Record<string, unknown>>;

const TITLES: Readonly<Record<string, (payload: Fields, reader: Reader) => string>> = {
  pull: ({ source, facts, ...span }, reader) =>
    `Pull of ${textOf(source)}${factsText(facts)}${periodText(span, reader)}`,
  prices: () => 'Pull of current prices and GPU rates',
  audit: (payload, reader) => `Audit${periodText(payload, reader, ' of ')}`,
  report: ({ runId, ...payload }, reader) =>
    typeof runId === 'string'
      ? `Report of audit ${runId.slice(0, 8)}`
      : `Report${periodText(payload, reader)}`,
  deliver: ({ edition, to }) =>
    `Delivery of report ${textOf(edition)}${to === undefined ? '' : ` to ${textOf(to)}`}`,
  quarter: ({ deliver, ...span }, reader) =>
    `Pull, audit and report${periodText(span, reader)}${deliver === true ? ', with delivery' : ''}`,
  correct: (payload, reader) => `Check for corrections${periodText(payload, reader, ' of ')}`,
  owed: () => 'Start of jobs that are due',
  check: () => 'Check for an overdue report',
};

/** `Pull of runpod-main for Q3 2026`; an unknown job or payload is titled with the job name. */
export function renderJobTitle({ name, payload }: JobRequest, reader: Reader): string {
  const title = Object.hasOwn(TITLES, name) ? TITLES[name] : undefined;
  if (title === undefined || typeof payload !== 'object' || payload === null) return name;
  return title(payload as Fields, reader);
}

function textOf(value: unknown): string {
  return typeof value === 'string' ? value : (JSON.stringify(value) ?? 'unknown');
}

function factsText(facts: unknown): string {
  return Array.isArray(facts) && facts.length > 0 ? ` (${facts.map(textOf).join(', ')})` : '';
}

function periodText({ quarter, from, to }: Fields, reader: Reader, joint = ' for '): string {
  if (typeof quarter === 'string') return `${joint}${renderQuarter(quarter)}`;
  if (from === undefined && to === undefined) return '';
  const [startMs, endMs] = [from, to].map((end) => parseInstant(textOf(end)));
  if (startMs === undefined || endMs === undefined || endMs <= startMs) {
    return `${joint}${textOf(from)} to ${textOf(to)}`;
  }
  return `${joint}${spanText({ startMs, endMs }, reader)}`;
}

/** `2026-Q3` becomes `Q3 2026`; other text is returned unchanged. */
export function renderQuarter(quarter: string): string {
  return quarter === 'last' ? 'the last quarter' : quarterName(quarter);
}

/** A whole quarter by its name, a span of whole days by its first and last day. */
function spanText({ startMs, endMs }: Period, reader: Reader): string {
  const quarter = quarterAt(startMs);
  const whole = quarterPeriod(quarter);
  if (whole.startMs === startMs && whole.endMs === endMs) {
    return `Q${quarter.number} ${quarter.year}`;
  }
  if (startMs % DAY_MS !== 0 || endMs % DAY_MS !== 0) {
    return `${momentText(startMs, reader)} to ${momentText(endMs, reader)}`;
  }
  const [first, last] = [dateText(startMs, reader), dateText(endMs - DAY_MS, reader)];
  return first === last ? first : `${first} to ${last}`;
}

/** `failed after 5 of 5 attempts`; the limit is omitted if it is unknown. */
export function renderStateText({ state, tries, mostTries, shortfalls = [] }: QueuedJob): string {
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
      return shortfalls.length === 0 ? 'done' : 'incomplete';
  }
}

/** The first shortfall, else the reason of the failure, else the last progress message. */
export function renderOutcome({ state, shortfalls = [], reason, progress }: QueuedJob): string {
  const why = state === 'done' ? undefined : reason;
  const outcome = [...shortfalls, why, progress].find((text) => text !== undefined && text !== '');
  return shortText(outcome ?? '', MOST_CHARACTERS);
}

/** `minMoveUsd` becomes `Min move usd`. */
export function renderFigureName(name: string): string {
  const words = name.replace(/([a-z])([A-Z])/g, '$1 $2').toLowerCase();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** A value in plain words: `yes`, `usage and charges`, `3`. */
export function renderFigureValue(value: unknown): string {
  if (typeof value === 'string') return value;
  if (typeof value === 'boolean') return value ? 'yes' : 'no';
  if (Array.isArray(value) && value.length > 0) return value.map(renderFigureValue).join(' and ');
  return JSON.stringify(value) ?? 'none';
}

/** A pull can fail in a hundred places; the page of the job lists all of them. */
const MOST_CHARACTERS = 240;
