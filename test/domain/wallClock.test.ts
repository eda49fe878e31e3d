/** Knows the wall's clock around the hours that are skipped and shown twice. */

import { describe, expect, it } from 'vitest';
import { instantText, parseInstant } from '../../src/domain/period.ts';
import { localDayText, wallTimeMs } from '../../src/domain/wallClock.ts';

describe('the clock on the wall', () => {
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
    expect(instantText(wallTimeMs(day, at, timeZone))).toBe(instant);
  });

  it('is a day ahead or behind where the zone is', () => {
    const instantMs = parseInstant('2026-06-30T11:30:00Z') ?? Number.NaN;
    expect(localDayText(instantMs, 'Pacific/Auckland')).toBe('2026-06-30');
    expect(localDayText(instantMs, 'Pacific/Kiritimati')).toBe('2026-07-01');
    expect(localDayText(instantMs, 'America/Los_Angeles')).toBe('2026-06-30');
  });
});
