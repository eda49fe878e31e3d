/** Tests how cron's five fields are read, and when a schedule last fired. */

import * as fc from 'fast-check';
import { createTask } from 'node-cron';
import { describe, expect, it } from 'vitest';
import { lastCronTimeMs, parseCron } from '../../src/calendar/cron.ts';
import { instantText } from '../../src/domain/period.ts';

function last(text: string, now: string): string | undefined {
  const cron = parseCron(text);
  if (cron === undefined) throw new Error(`${text} was refused`);
  const ringMs = lastCronTimeMs(cron, Date.parse(now));
  return ringMs === undefined ? undefined : instantText(ringMs);
}

describe('five fields of cron', () => {
  it.each([
    ['5 * * * *', '2026-11-23T09:04:59Z', '2026-11-23T08:05:00Z'],
    ['5 * * * *', '2026-11-23T09:05:00Z', '2026-11-23T09:05:00Z'],
    ['*/20 8-18/5 * * 1-5', '2026-11-23T07:00:00Z', '2026-11-20T18:40:00Z'],
    ['0 0 29 2 *', '2026-11-23T07:00:00Z', '2024-02-29T00:00:00Z'],
    ['30 4 * * 7', '2026-11-23T07:00:00Z', '2026-11-22T04:30:00Z'],
    ['0 7 1-7 * 1', '2026-11-23T07:00:00Z', '2026-11-02T07:00:00Z'],
    ['10-59/25 1,3 * * *', '2026-11-23T03:36:00Z', '2026-11-23T03:35:00Z'],
  ])('%s last ran, as of %s, at %s', (text, now, expected) => {
    expect(last(text, now)).toBe(expected);
  });

  it.each(['0 0 31 2 *', '0 0 30,31 2 *', '0 0 31 4,6,9,11 *'])(
    'that never run are refused: "%s"',
    (text) => expect(parseCron(text)).toBeUndefined(),
  );

  it('that are accepted here fire in node-cron at the same minutes', () => {
    const bound = (most: number, least = 0) => fc.integer({ min: least, max: most });
    const field = (least: number, most: number) =>
      fc.oneof(
        fc.constant('*'),
        bound(most, least).map(String),
        fc.tuple(bound(most, least), bound(most, least)).map(([a, b]) => `${a}-${b}`),
        fc.tuple(bound(most, least), bound(40)).map(([a, step]) => `${a}/${step}`),
        fc.tuple(bound(most, least), bound(most, least), bound(40)).map((all) => {
          const [a, b, step] = all;
          return `${a}-${b}/${step}`;
        }),
        bound(70).map((step) => `*/${step}`),
        fc.tuple(bound(most, least), bound(most, least)).map(([a, b]) => `${a},${b}`),
      );
    const texts = fc.tuple(field(0, 59), field(0, 23), field(1, 31), field(1, 12), field(0, 7));
    fc.assert(
      fc.property(texts, bound(366 * 24 * 60), (fields, minute) => {
        const text = fields.join(' ');
        const cron = parseCron(text);
        if (cron === undefined) return;
        const task = createTask(text, () => undefined, { timezone: 'UTC' });
        const atMs = lastCronTimeMs(cron, Date.UTC(2026, 0, 1) + minute * 60_000);
        if (atMs === undefined) return;
        expect(task.match(new Date(atMs)), `${text} at ${instantText(atMs)}`).toBe(true);
        const next = task.getNextRuns(1)[0]?.getTime() ?? Number.NaN;
        expect(lastCronTimeMs(cron, next), `${text} next`).toBe(next);
      }),
    );
  });

  it.each([
    '',
    '* * * *',
    '* * * * * *',
    '60 * * * *',
    '* 24 * * *',
    '* * 0 * *',
    '5-1 * * * *',
    '5/10 * * * *',
  ])('that do not exist are refused: "%s"', (text) => expect(parseCron(text)).toBeUndefined());

  it.each(['@daily', '0 7 L * *', '0 7 * * mon', '*/0 * * * *', '1,,2 * * * *', '-1 * * * *'])(
    'with anything but numbers, lists, ranges and steps are refused: "%s"',
    (text) => expect(parseCron(text)).toBeUndefined(),
  );

  it('the last run is never in the future, and none lies between it and now', () => {
    const anyMinute = fc.integer({ min: 0, max: 60 * 24 * 400 });
    fc.assert(
      fc.property(anyMinute, fc.integer({ min: 0, max: 59 }), (at, minute) => {
        const nowMs = Date.UTC(2026, 0, 1) + at * 60_000;
        const cron = parseCron(`${minute} */3 * * *`);
        const ringMs =
          cron === undefined ? Number.NaN : (lastCronTimeMs(cron, nowMs) ?? Number.NaN);
        expect(ringMs <= nowMs && nowMs - ringMs < 3 * 3_600_000).toBe(true);
        expect(new Date(ringMs).getUTCMinutes()).toBe(minute);
      }),
    );
  });
});
