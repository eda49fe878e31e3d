/** Tests local time around the hours that a clock change skips or repeats. */

import { describe, expect, it } from 'vitest';
import { HOUR_MS, instantText, parseInstant } from '../../src/domain/period.ts';
import { localDayText, utcOffsets, localTimeMs } from '../../src/domain/localTime.ts';

describe('local time', () => {
  it.each([
    ['Europe/Paris', '2026-01-15', '07:00', '2026-01-15T06:00:00Z'],
    ['Europe/Paris', '2026-03-29', '02:30', '2026-03-29T01:30:00Z'],
    ['Europe/Paris', '2026-03-29', '03:00', '2026-03-29T01:00:00Z'],
    ['Europe/Paris', '2026-10-25', '02:30', '2026-10-25T00:30:00Z'],
    ['Europe/Paris', '2026-10-25', '03:00', '2026-10-25T02:00:00Z'],
    ['America/New_York', '2026-03-08', '02:30', '2026-03-08T07:30:00Z'],
    ['Asia/Kathmandu', '2026-06-01', '07:00', '2026-06-01T01:15:00Z'],
    ['Pacific/Kiritimati', '2026-01-01', '00:00', '2025-12-31T10:00:00Z'],
    ['UTC', '2026-02-28', '23:59', '2026-02-28T23:59:00Z'],
  ])('in %s first shows %s %s at %s', (...[timeZone, day, at, instant]) => {
    expect(instantText(localTimeMs(day, at, timeZone))).toBe(instant);
  });

  it('is a day ahead or behind in zones far from UTC', () => {
    const instantMs = parseInstant('2026-06-30T11:30:00Z') ?? Number.NaN;
    expect(localDayText(instantMs, 'Pacific/Auckland')).toBe('2026-06-30');
    expect(localDayText(instantMs, 'Pacific/Kiritimati')).toBe('2026-07-01');
    expect(localDayText(instantMs, 'America/Los_Angeles')).toBe('2026-06-30');
  });
});

describe('the clock changes of a zone within a window', () => {
  const resultOf = (start: string, end: string, timeZone: string) =>
    utcOffsets({ startMs: Date.parse(start), endMs: Date.parse(end) }, timeZone).map(
      ({ fromMs, aheadMs }) => [instantText(fromMs), aheadMs / HOUR_MS],
    );

  it.each([
    ['UTC', [['2026-07-01T00:00:00Z', 0]]],
    ['Asia/Kolkata', [['2026-07-01T00:00:00Z', 5.5]]],
    [
      'Europe/Paris',
      [
        ['2026-07-01T00:00:00Z', 2],
        ['2026-10-25T01:00:00Z', 1],
      ],
    ],
    [
      'America/New_York',
      [
        ['2026-07-01T00:00:00Z', -4],
        ['2026-11-01T06:00:00Z', -5],
      ],
    ],
  ])('of July to December in %s begin when its clocks turn', (timeZone, shifts) => {
    expect(resultOf('2026-07-01', '2027-01-01', timeZone)).toEqual(shifts);
  });

  it('are one where clocks change at the very end, or before the start', () => {
    expect(resultOf('2026-10-01', '2026-10-25T01:00Z', 'Europe/Paris')).toHaveLength(1);
    expect(resultOf('2026-10-25T01:00Z', '2026-11-01', 'Europe/Paris')).toEqual([
      ['2026-10-25T01:00:00Z', 1],
    ]);
  });
});
