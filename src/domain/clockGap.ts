/** How far a machine's clock is from the newest time that a ledger has recorded. */

import { counted } from './counted.ts';
import { DAY_MS, HOUR_MS, instantText, MINUTE_MS } from './period.ts';

/** So far a clock may be behind: clocks of two machines differ, and are set by a little. */
const BEHIND_MS = 5 * MINUTE_MS;
/** So long nothing may have been recorded: a quarter and a week. */
const AHEAD_MS = 100 * DAY_MS;

export interface ClockGap {
  /** One sentence without a full stop. */
  readonly says: string;
  readonly mend: string;
}

/**
 * What is odd about a clock: it is more than 5 minutes behind the ledger's newest record, or more
 * than 100 days ahead of it. `undefined` where it is neither, or nothing was recorded yet (0).
 */
export function clockGap(lastRecordedMs: number, nowMs: number): ClockGap | undefined {
  const byMs = nowMs - lastRecordedMs;
  if (lastRecordedMs === 0 || (byMs >= -BEHIND_MS && byMs <= AHEAD_MS)) return undefined;
  const side = byMs < 0 ? 'behind' : 'ahead of';
  const says =
    `the clock of this machine (${instantText(nowMs)}) is ${lengthText(Math.abs(byMs))} ${side} ` +
    `the newest record in the ledger (${instantText(lastRecordedMs)})`;
  return { says, mend: byMs < 0 ? MEND_BEHIND : MEND_AHEAD };
}

const MEND_BEHIND =
  'compare the clock with the real time and set it if it is wrong (timedatectl set-ntp true); if ' +
  'it was ahead when that was recorded, figures stay right, and only --as-of with a date in ' +
  'between leaves out what was recorded since';

const MEND_AHEAD =
  'if nothing was pulled or imported in that time, all is well; otherwise set the clock ' +
  '(timedatectl set-ntp true) before anything is recorded';

function lengthText(ms: number): string {
  if (ms >= 2 * DAY_MS) return counted(Math.round(ms / DAY_MS), 'day');
  if (ms >= 2 * HOUR_MS) return counted(Math.round(ms / HOUR_MS), 'hour');
  return counted(Math.round(ms / MINUTE_MS), 'minute');
}
