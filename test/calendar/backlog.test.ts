/** Tests the backlog after downtime: everything that should have run, merged, in order, once. */

import { describe, expect, it } from 'vitest';
import type { DueRule } from '../../src/calendar/reportDue.ts';
import {
  computeBacklog,
  type PulledPeriod,
  type DoneUpTo,
  type WorkRecord,
} from '../../src/calendar/backlog.ts';
import { period } from '../../src/domain/period.ts';
import { DEFAULT_CRONS, type Schedule, type ScheduledSource } from '../../src/calendar/schedule.ts';

const at = (text: string) => Date.parse(text);
const DUE: DueRule = {
  startMonth: 1,
  businessDayOfQuarter: 5,
  at: '07:00',
  timeZone: 'Europe/Paris',
  holidays: new Set(),
};
const PROM: ScheduledSource = { id: 'prom', provides: ['usage'], trailingDays: 14 };
const PODS: ScheduledSource = { id: 'pods', provides: ['charges', 'inventory'], trailingDays: 7 };

function schedule(changed: Partial<Schedule> = {}): Schedule {
  return {
    crons: DEFAULT_CRONS,
    sources: [PROM],
    due: DUE,
    deliver: true,
    corrections: 'auto',
    ...changed,
  };
}

interface Past extends Partial<Omit<WorkRecord, 'nowMs'>> {
  readonly now: string;
}

/** First seen on 2026-01-10; everything of a day is done by its end unless stated otherwise. */
function owed({ now, ...past }: Past) {
  return computeBacklog({ nowMs: at(now), schedule: schedule(), done: [], pulled: [], ...past });
}

const begun = (subject: string, since: string): DoneUpTo => ({
  line: 'begun',
  subject,
  dueAtMs: at(since),
});
const upTo = (until: string, since = '2026-01-09', result: Partial<PulledPeriod> = {}) => ({
  source: 'prom',
  fact: 'usage',
  window: period(at(since), at(until)),
  ...result,
});
const SINCE_JANUARY = [begun('usage/prom', '2026-01-10'), begun('quarter', '2026-01-10')];
const DAILY_DONE = ['prices', 'check'].map((line) => ({ line, subject: '', dueAtMs: at('2099') }));

/** Jobs as `name from to`, or `name payload`. */
function said(past: Past): string[] {
  return owed(past).jobs.map(({ name, payload }) => {
    const { source, from, to } = payload;
    return name === 'pull'
      ? `${String(source)} ${String(from)} ${String(to)}`
      : `${name} ${JSON.stringify(payload)}`;
  });
}

const REPORTED = ['2026-Q1', '2026-Q2', '2026-Q3', '2025-Q4'].map((subject) => ({
  line: 'quarter',
  subject,
  dueAtMs: 0,
}));

describe('a worker that was down', () => {
  const done = [...SINCE_JANUARY, ...DAILY_DONE, ...REPORTED];

  it('for a night, has one pull due: the hours it missed, and those that may have changed', () => {
    const pulled = [upTo('2026-03-03T20:05:00Z')];
    expect(said({ now: '2026-03-04T08:30:00Z', done, pulled })).toEqual([
      'prom 2026-03-02T00:00:00Z 2026-03-04T08:05:00Z',
    ]);
  });

  it('for minutes, with no missed run, has nothing due', () => {
    const pulled = [upTo('2026-03-04T08:05:00Z')];
    expect(said({ now: '2026-03-04T08:59:00Z', done, pulled })).toEqual([]);
  });

  it('for a year, has months due, not half a million minutes', () => {
    const pulled = [upTo('2026-02-01T00:05:00Z')];
    const rhythms = schedule({
      sources: [PROM, PODS, { ...PROM, id: 'scraped', samples: ['usage'] }],
    });
    const { jobs } = owed({ now: '2027-02-01T00:10:00Z', done, pulled, schedule: rhythms });
    expect(jobs.length).toBeGreaterThan(10);
    expect(jobs.length).toBeLessThan(40);
    const usage = jobs.filter(({ payload }) => payload['source'] === 'prom');
    expect(usage[0]?.payload['from']).toBe('2026-01-31T00:00:00Z');
    expect(usage.at(-1)?.payload['to']).toBe('2027-02-01T00:05:00Z');
    for (const [index, { payload }] of usage.entries()) {
      expect(payload['from']).toBe(usage[index - 1]?.payload['to'] ?? '2026-01-31T00:00:00Z');
    }
  });

  it('fills each gap between successful pulls, oldest first', () => {
    const pulled = [
      upTo('2026-02-01'),
      upTo('2026-02-20', '2026-02-10'),
      upTo('2026-03-04T08:05:00Z', '2026-03-01'),
    ];
    expect(said({ now: '2026-03-04T08:30:00Z', done, pulled })).toEqual([
      'prom 2026-01-31T00:00:00Z 2026-02-10T00:00:00Z',
      'prom 2026-02-19T00:00:00Z 2026-03-01T00:00:00Z',
    ]);
  });

  it('pulls a bill again for all of its trailing days', () => {
    const pulled = [
      upTo('2026-03-01T03:40:00Z', '2026-01-01', { source: 'pods', fact: 'charges' }),
    ];
    const record = {
      now: '2026-03-04T08:30:00Z',
      done: [...done, begun('bills/pods', '2026-01-10'), begun('usage/pods', '2026-01-10')],
      pulled: [
        ...pulled,
        upTo('2026-03-04T08:05:00Z', '2026-01-09', { source: 'pods', fact: 'inventory' }),
      ],
      schedule: schedule({ sources: [PODS] }),
    };
    expect(said(record)).toEqual(['pods 2026-02-22T00:00:00Z 2026-03-04T03:40:00Z']);
  });

  it('counts a window only for the facts that it provided', () => {
    const pulled = [upTo('2026-03-04T08:05:00Z', '2026-01-09', { fact: 'inventory' })];
    expect(said({ now: '2026-03-04T08:30:00Z', done, pulled })[0]).toMatch(
      /^prom 2026-01-09T00:00:00Z/,
    );
  });
});

describe('a quarter that was due while the worker was down', () => {
  const pulled = [upTo('2027-01-01')];
  const done = [...SINCE_JANUARY, ...DAILY_DONE];

  it('is due to be made and sent once; of two, the older one first', () => {
    const known = [...done, ...REPORTED.filter(({ subject }) => subject !== '2026-Q2')];
    expect(said({ now: '2026-08-20T10:00:00Z', done: known, pulled })).toEqual([
      'quarter {"quarter":"2026-Q2","deliver":true,"once":true}',
    ]);
    expect(said({ now: '2026-10-07T05:00:00Z', done: [...done], pulled })).toEqual(
      ['2026-Q1', '2026-Q2', '2026-Q3'].map(
        (quarter) => `quarter {"quarter":"${quarter}","deliver":true,"once":true}`,
      ),
    );
  });

  it('is not due a minute before its hour, nor once it is done', () => {
    const known = [...done, ...REPORTED.filter(({ subject }) => subject !== '2026-Q3')];
    expect(said({ now: '2026-10-07T04:59:00Z', done: known, pulled })).toEqual([]);
    expect(said({ now: '2026-10-07T05:00:00Z', done: known, pulled })).toHaveLength(1);
    expect(said({ now: '2026-10-07T05:00:00Z', done: [...done, ...REPORTED], pulled })).toEqual([]);
  });

  it('is not due where its schedule is off', () => {
    const { due: _, ...off } = schedule();
    expect(said({ now: '2026-10-09T05:00:00Z', done, pulled, schedule: off })).toEqual([]);
  });
});

describe('a new install', () => {
  const now = '2026-11-23T09:30:00Z';

  it('has nothing due from before it, only what its first runs would have pulled', () => {
    expect(said({ now, done: DAILY_DONE })).toEqual([
      'prom 2026-11-22T00:00:00Z 2026-11-23T09:05:00Z',
    ]);
  });

  it('records its start for each source separately, so a failing source is still overdue', () => {
    const { firstSeen: first } = owed({ now, done: DAILY_DONE });
    expect(first).toEqual([begun('usage/prom', now), begun('quarter', now)]);
    const later = owed({ now: '2026-12-03T09:30:00Z', done: [...DAILY_DONE, ...first] });
    expect(later.firstSeen).toEqual([]);
    expect(later.jobs[0]?.payload['from']).toBe('2026-11-22T00:00:00Z');
  });
});

describe('what is pulled once a day', () => {
  const base = {
    now: '2026-11-23T09:30:00Z',
    pulled: [upTo('2027-01-01')],
    schedule: schedule({
      sources: [PROM, { id: 'router', provides: ['prices'], trailingDays: 14 }],
    }),
  };

  it('is not due where no source provides it', () => {
    const done = [...SINCE_JANUARY, ...REPORTED];
    const alone = { ...base, schedule: schedule({ sources: [PROM] }), done };
    expect(owed(alone).jobs.map(({ name }) => name)).not.toContain('prices');
  });

  it('is due where it did not follow the last run, once however many were missed', () => {
    const done = [...SINCE_JANUARY, ...REPORTED];
    expect(owed({ ...base, done }).jobs.map(({ id }) => id)).toEqual([
      'owed/prices/2026-11-23T002000Z',
      'owed/check/2026-11-23T091000Z',
    ]);
  });

  it('is not due where it has been done since', () => {
    const done = [...SINCE_JANUARY, ...REPORTED];
    const since = (line: string, dueAtMs: number) => ({ line, subject: '', dueAtMs });
    const ringMs = at('2026-11-23T09:10:00Z');
    const settled = [...done, since('prices', ringMs), since('check', ringMs)];
    expect(owed({ ...base, done: settled }).jobs).toEqual([]);
    const early = [...done, since('prices', ringMs), since('check', ringMs - 1)];
    expect(owed({ ...base, done: early }).jobs.map(({ name }) => name)).toEqual(['check']);
  });
});

it('the same record gives the same jobs with the same ids, none of them with a colon', () => {
  const past = { now: '2026-11-23T09:30:00Z', done: SINCE_JANUARY, pulled: [] };
  const ids = owed(past).jobs.map(({ id }) => id);
  expect(owed(past).jobs.map(({ id }) => id)).toEqual(ids);
  expect(new Set(ids).size).toBe(ids.length);
  expect(ids.filter((id) => id.includes(':'))).toEqual([]);
});

it('a failed backlog job is due again the next day, with another id', () => {
  const past = { done: [...SINCE_JANUARY, ...DAILY_DONE, ...REPORTED], pulled: [] };
  const today = owed({ ...past, now: '2026-11-23T09:30:00Z' }).jobs;
  const tomorrow = owed({ ...past, now: '2026-11-24T09:30:00Z' }).jobs;
  const ids = new Set(today.map(({ id }) => id));
  expect(tomorrow.filter(({ id }) => ids.has(id))).toEqual([]);
});
