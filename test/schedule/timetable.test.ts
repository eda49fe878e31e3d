/** Knows that the timetable rings when it says, and asks for the same work whoever rings. */

import { validate } from 'node-cron';
import { describe, expect, it } from 'vitest';
import { type TimetableWish, timetable } from '../../src/schedule/timetable.ts';

const wish: TimetableWish = {
  sources: [
    { id: 'pods', tells: ['charges', 'inventory'] },
    { id: 'router', tells: ['prices'] },
  ],
  startMonth: 1,
  sendOn: { businessDayOfQuarter: 5, at: '07:00', timeZone: 'Europe/Paris' },
  reportFolder: '/data/reports',
};

function due(ring: string, at: string, changed: Partial<TimetableWish> = {}) {
  const found = timetable({ ...wish, ...changed }).find(({ name }) => name === ring);
  return found?.due(Date.parse(at)) ?? [];
}

describe('the timetable', () => {
  it('is written in expressions that node-cron reads', () => {
    const rings = timetable(wish);
    expect(rings.map(({ name }) => name)).toEqual(['hourly', 'prices', 'quarter']);
    expect(rings.filter(({ cron }) => !validate(cron))).toEqual([]);
  });

  it('collects by UTC, where no hour is ever skipped', () => {
    const zones = timetable(wish).map(({ name, timeZone }) => [name, timeZone]);
    expect(zones).toEqual([
      ['hourly', 'UTC'],
      ['prices', 'UTC'],
      ['quarter', 'Europe/Paris'],
    ]);
  });

  it('pulls each source every hour, since midnight of the day before', () => {
    expect(due('hourly', '2026-11-23T09:05:00Z')).toEqual([
      {
        name: 'pull',
        payload: { source: 'pods', from: '2026-11-22T00:00:00Z', to: '2026-11-23T09:00:00Z' },
        id: 'pull/pods/2026-11-23T090000Z',
      },
    ]);
  });

  it('pulls sources that tell prices alone once a day', () => {
    expect(due('prices', '2026-11-23T00:20:00Z')).toEqual([
      {
        name: 'pull',
        payload: { source: 'router', from: '2026-11-22T00:00:00Z', to: '2026-11-23T00:00:00Z' },
        id: 'pull/router/2026-11-23T000000Z',
      },
    ]);
  });

  it('asks for the same work under the same id, however late it rings within the minute', () => {
    const ids = ['09:05:00Z', '09:05:59Z'].map(
      (time) => due('hourly', `2026-11-23T${time}`)[0]?.id,
    );
    expect(ids[0]).toBe(ids[1]);
  });

  it('makes ids without a colon, which BullMQ refuses', () => {
    const orders = ['hourly', 'prices', 'quarter'].flatMap((ring) =>
      due(ring, '2026-10-07T05:00:00Z'),
    );
    expect(orders.length).toBe(3);
    for (const { id } of orders) expect(id).not.toContain(':');
  });
});

describe('a finished quarter', () => {
  it('is audited and then reported on the fifth business day of the next', () => {
    expect(due('quarter', '2026-10-07T05:00:00Z')).toEqual([
      {
        name: 'report',
        payload: { quarter: '2026-Q3', out: '/data/reports/2026-Q3' },
        id: 'report/2026-Q3',
        after: { name: 'audit', payload: { quarter: '2026-Q3' }, id: 'audit/2026-Q3' },
      },
    ]);
  });

  it('rings on one day of the quarter only, and never on a weekend', () => {
    const days: string[] = [];
    for (
      let at = Date.parse('2026-10-01T05:00:00Z');
      at < Date.parse('2027-01-01');
      at += 86_400_000
    ) {
      const day = new Date(at).toISOString();
      if (due('quarter', day).length > 0) days.push(day.slice(0, 10));
    }
    expect(days).toEqual(['2026-10-07']);
  });

  it('goes by the calendar of the report, not by UTC', () => {
    const sendOn = { businessDayOfQuarter: 1, at: '07:00', timeZone: 'Pacific/Auckland' };
    // 18:00 UTC on June 30 is July 1 in Auckland.
    const [order] = due('quarter', '2026-06-30T19:00:00Z', { sendOn });
    expect(order?.payload).toMatchObject({ quarter: '2026-Q2' });
    expect(due('quarter', '2026-06-30T11:00:00Z', { sendOn })).toEqual([]);
  });

  it('follows the fiscal year', () => {
    const [order] = due('quarter', '2026-05-07T05:00:00Z', { startMonth: 2 });
    expect(order?.payload).toMatchObject({ quarter: '2026-Q1' });
  });
});
