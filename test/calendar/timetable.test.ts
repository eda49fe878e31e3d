/** The schedule adds the same jobs whichever worker runs it, each with its purpose. */

import { validate } from 'node-cron';
import { describe, expect, it } from 'vitest';
import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';
import type { DueRule } from '../../src/calendar/reportDue.ts';
import { DEFAULT_CRONS, type Schedule, staleAfterMs } from '../../src/calendar/schedule.ts';
import { jobDueMs, timetable, localTimeCron } from '../../src/calendar/timetable.ts';

const DUE: DueRule = {
  startMonth: 1,
  businessDayOfQuarter: 5,
  at: '07:00',
  timeZone: 'Europe/Paris',
  holidays: new Set(),
};

const options: Schedule = {
  crons: DEFAULT_CRONS,
  sources: [
    { id: 'pods', provides: ['charges', 'inventory', 'rates'], trailingDays: 7 },
    { id: 'prom', provides: ['usage'], trailingDays: 14 },
    { id: 'router', provides: ['prices'], trailingDays: 14 },
  ],
  due: DUE,
  deliver: true,
  corrections: 'auto',
};

function due(ring: string, at: string, changed: Partial<Schedule> = {}) {
  const found = timetable({ ...options, ...changed }).find(({ name }) => name === ring);
  return found?.due(Date.parse(at)) ?? [];
}

const names = (schedule: Partial<Schedule> = {}) =>
  timetable({ ...options, ...schedule }).map(({ name }) => name);

describe('the schedule', () => {
  it('consists of expressions that node-cron accepts', () => {
    expect(timetable(options).filter(({ cron }) => !validate(cron))).toEqual([]);
  });

  it('has no entry for missing sources, nor one that is off', () => {
    expect(names()).toEqual([
      'usage',
      'prices',
      'owed',
      'bills',
      'corrections',
      'check',
      'quarter',
    ]);
    expect(names({ sources: [] })).toEqual(['owed', 'corrections', 'check', 'quarter']);
    const { usage: _, check: __, ...crons } = DEFAULT_CRONS;
    expect(names({ crons })).toEqual(['prices', 'owed', 'bills', 'corrections', 'quarter']);
    const { due: ___, ...noQuarter } = options;
    expect(timetable(noQuarter).map(({ name }) => name)).not.toContain('quarter');
    expect(names({ corrections: 'off' })).not.toContain('corrections');
  });

  it('fires as configured', () => {
    const usage = timetable({ ...options, crons: { ...DEFAULT_CRONS, usage: '*/15 * * * *' } });
    expect(usage.find(({ name }) => name === 'usage')?.cron).toBe('*/15 * * * *');
  });

  it('pulls usage and inventory every hour, since midnight of the day before', () => {
    expect(due('usage', '2026-11-23T09:05:00Z')).toEqual([
      {
        name: 'pull',
        payload: {
          source: 'pods',
          from: '2026-11-22T00:00:00Z',
          to: '2026-11-23T09:05:00Z',
          facts: ['inventory'],
        },
        id: 'pull/usage/pods/2026-11-23T090500Z',
      },
      {
        name: 'pull',
        payload: {
          source: 'prom',
          from: '2026-11-22T00:00:00Z',
          to: '2026-11-23T09:05:00Z',
          facts: ['usage'],
        },
        id: 'pull/usage/prom/2026-11-23T090500Z',
      },
    ]);
  });

  it('pulls each bill again as far back as it may still change', () => {
    const [order, ...others] = due('bills', '2026-11-23T03:40:00Z');
    expect(others).toEqual([]);
    expect(order?.payload).toEqual({
      source: 'pods',
      from: '2026-11-16T00:00:00Z',
      to: '2026-11-23T03:40:00Z',
      facts: ['charges'],
    });
  });

  it('samples often, with entries of its own, and soon forgets these jobs', () => {
    const sources = [
      { id: 'engine', provides: ['usage'], samples: ['usage'], trailingDays: 14 },
      {
        id: 'cloud',
        provides: ['inventory', 'rates'],
        samples: ['inventory', 'rates'],
        trailingDays: 14,
      },
      { id: 'pods', provides: ['inventory', 'rates'], samples: ['inventory'], trailingDays: 7 },
    ];
    expect(names({ sources })).toEqual([
      'scraper',
      'inventory',
      'prices',
      'owed',
      'corrections',
      'check',
      'quarter',
    ]);
    const [sample] = due('scraper', '2026-11-23T09:06:00Z', { sources });
    expect(sample).toMatchObject({
      payload: { source: 'engine', from: '2026-11-23T09:05:00Z', to: '2026-11-23T09:06:00Z' },
      rememberMs: 7_200_000,
    });
    const [seen, steady] = due('inventory', '2026-11-23T09:05:00Z', { sources });
    expect(seen?.payload).toMatchObject({ source: 'cloud', facts: ['inventory', 'rates'] });
    // Its prices are pulled once a day.
    expect(steady?.payload).toMatchObject({ source: 'pods', facts: ['inventory'] });
  });

  it('adds prices, backlog, check and correction at their times', () => {
    expect(due('prices', '2026-11-23T00:20:00Z')).toEqual([
      { name: 'prices', payload: {}, id: 'prices/2026-11-23T002000Z' },
    ]);
    expect(due('corrections', '2026-11-23T05:40:00Z')).toEqual([
      {
        name: 'correct',
        payload: { quarter: '2026-Q3' },
        id: 'correct/2026-Q3/2026-11-23T054000Z',
      },
    ]);
  });

  it('makes ids without a colon, which BullMQ refuses', () => {
    const orders = timetable(options).flatMap((ring) =>
      ring.due(Date.parse('2026-10-07T05:00:00Z')),
    );
    expect(orders.length).toBe(8);
    for (const { id } of orders) expect(id).not.toContain(':');
  });
});

describe('a finished quarter', () => {
  const order = {
    name: 'quarter',
    payload: { quarter: '2026-Q3', deliver: true, once: true },
    id: 'quarter/2026-Q3',
  };

  it('is added at its hour, and not before', () => {
    expect(due('quarter', '2026-10-07T05:00:00Z')).toEqual([order]);
    expect(due('quarter', '2026-10-07T04:00:00Z')).toEqual([]);
  });

  it('is added again later that day, under the same id, in case a run was missed', () => {
    expect(due('quarter', '2026-10-07T06:00:00Z')).toEqual([order]);
    expect(due('quarter', '2026-10-08T05:00:00Z')).toEqual([]);
  });

  it('waits for holidays to pass', () => {
    const holidays = new Set(['2026-10-01', '2026-10-07']);
    const later = { due: { ...DUE, holidays } };
    expect(due('quarter', '2026-10-07T05:00:00Z', later)).toEqual([]);
    expect(due('quarter', '2026-10-09T05:00:00Z', later)).toEqual([order]);
  });

  it.each([
    ['07:00', 'Europe/Paris', '0 5,6 * * *'],
    ['02:30', 'Europe/Paris', '30 0,1 * * *'],
    ['07:00', 'UTC', '0 7 * * *'],
    ['07:00', 'Asia/Kathmandu', '15 1 * * *'],
    ['07:00', 'Australia/Lord_Howe', '0,30 20 * * *'],
    ['00:15', 'Pacific/Auckland', '15 11,12 * * *'],
  ])('%s in %s is added at %s UTC', (at, timeZone, cron) => {
    expect(localTimeCron({ at, timeZone })).toBe(cron);
  });
});

describe('what is overdue', () => {
  it('was due at the end of its period, a report at its hour', () => {
    const pull = { source: 'pods', from: '2026-10-01', to: '2026-10-02' };
    expect(jobDueMs(pull, options)).toBe(Date.UTC(2026, 9, 2));
    const report = { quarter: '2026-Q3', deliver: true };
    expect(jobDueMs(report, options)).toBe(Date.UTC(2026, 9, 7, 5));
    const { due: _, ...never } = options;
    expect(jobDueMs(report, never)).toBeUndefined();
  });

  it('is a source after 3 hours if it is pulled hourly, else after a day and 2 hours', () => {
    const [pods, prom, router] = options.sources.map((source) => staleAfterMs(source, options));
    expect({ pods, prom, router }).toEqual({
      pods: 3 * HOUR_MS,
      prom: 3 * HOUR_MS,
      router: DAY_MS + 2 * HOUR_MS,
    });
    const [first] = options.sources;
    const { inventory: _, usage: __, ...daily } = DEFAULT_CRONS;
    const rarely = { ...options, crons: daily };
    expect(first && staleAfterMs(first, rarely)).toBe(DAY_MS + 2 * HOUR_MS);
  });
});
