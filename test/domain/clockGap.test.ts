/** Tests the warning about a clock that does not fit the ledger, and what to do about it. */

import { expect, it } from 'vitest';
import { clockGap } from '../../src/domain/ledgerFaults.ts';
import { clockGapSentence } from '../../src/report/copy/ledgerFindings.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../src/domain/period.ts';

const OCTOBER_5 = Date.UTC(2026, 9, 5);

it('is fine where nothing has been recorded yet, and up to the tolerance on both sides', () => {
  expect(clockGap(0, OCTOBER_5)).toBeUndefined();
  expect(clockGap(OCTOBER_5, OCTOBER_5 - 5 * MINUTE_MS)).toBeUndefined();
  expect(clockGap(OCTOBER_5, OCTOBER_5 + 100 * DAY_MS)).toBeUndefined();
});

it('is behind one millisecond beyond the tolerance', () => {
  const late = clockGap(OCTOBER_5, OCTOBER_5 - 5 * MINUTE_MS - 1);
  expect(late).toMatchObject({ side: 'behind', seconds: 300.001 });
  expect(late && clockGapSentence(late)).toMatch(
    'The clock of this machine (2026-10-04T23:54:59.999Z) is 5 minutes behind ' +
      'the newest record in the ledger (2026-10-05T00:00:00Z). Compare the clock ' +
      'with the real time. If it is wrong, set it (timedatectl set-ntp true). If ' +
      'it was ahead when that was recorded, all figures stay correct. Only --as-of ' +
      'with a date in between leaves out what was recorded since.',
  );
  const hours = clockGap(OCTOBER_5, OCTOBER_5 - 3 * HOUR_MS);
  expect(hours && clockGapSentence(hours)).toContain(' 3 hours behind ');
});

it('is ahead after more than a quarter without a record', () => {
  const gap = clockGap(OCTOBER_5, OCTOBER_5 + 400 * DAY_MS);
  expect(gap).toMatchObject({ side: 'ahead', newestRecord: '2026-10-05T00:00:00Z' });
  const result = gap && clockGapSentence(gap);
  expect(result).toContain(' is 400 days ahead of the newest record in the ledger ');
  expect(result).toContain('set the clock');
});
