/** Knows how cron's five fields are read, and when they rang last. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lastRingMs, parseCron } from '../../src/domain/cron.ts';
import { instantText } from '../../src/domain/period.ts';

function last(text: string, now: string): string | undefined {
  const cron = parseCron(text);
  if (cron === undefined) throw new Error(`${text} was refused`);
  const ringMs = lastRingMs(cron, Date.parse(now));
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
    ['10/25 1,3 * * *', '2026-11-23T03:36:00Z', '2026-11-23T03:35:00Z'],
  ])('%s rang last, as of %s, at %s', (text, now, expected) => {
    expect(last(text, now)).toBe(expected);
  });

  it('that never ring have no last ring', () => {
    expect(last('0 0 31 2 *', '2026-11-23T07:00:00Z')).toBeUndefined();
  });

  it.each(['', '* * * *', '* * * * * *', '60 * * * *', '* 24 * * *', '* * 0 * *', '5-1 * * * *'])(
    'that do not exist are refused: "%s"',
    (text) => expect(parseCron(text)).toBeUndefined(),
  );

  it.each(['@daily', '0 7 L * *', '0 7 * * mon', '*/0 * * * *', '1,,2 * * * *', '-1 * * * *'])(
    'that are beyond numbers, lists, ranges and steps are refused: "%s"',
    (text) => expect(parseCron(text)).toBeUndefined(),
  );

  it('a ring is never ahead, and none lies between it and now', () => {
    const anyMinute = fc.integer({ min: 0, max: 60 * 24 * 400 });
    fc.assert(
      fc.property(anyMinute, fc.integer({ min: 0, max: 59 }), (at, minute) => {
        const nowMs = Date.UTC(2026, 0, 1) + at * 60_000;
        const cron = parseCron(`${minute} */3 * * *`);
        const ringMs = cron === undefined ? Number.NaN : (lastRingMs(cron, nowMs) ?? Number.NaN);
        expect(ringMs <= nowMs && nowMs - ringMs < 3 * 3_600_000).toBe(true);
        expect(new Date(ringMs).getUTCMinutes()).toBe(minute);
      }),
    );
  });
});
