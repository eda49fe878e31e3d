/** Renders `doctor` findings on the ledger file, contradicting rows and the clock. */

import type { ClockGap, DaySum, LedgerRowFault } from '../../domain/ledgerFaults.ts';
import { formatCount } from '../../domain/figures.ts';
import type { LedgerFact } from '../../domain/finding.ts';
import { DAY_MS, HOUR_MS, MINUTE_MS } from '../../domain/period.ts';
import type { FindingText } from './bills.ts';

export function ledgerText(fact: LedgerFact): FindingText {
  switch (fact.code) {
    case 'ledger-absent':
      return {
        says: `There is no ledger at ${fact.path} yet.`,
        fix: 'Run: rentcheck pull, or rentcheck import',
      };
    case 'ledger-whole': {
      const size = `${(fact.bytes / 1_000_000).toFixed(1)} MB`;
      return { says: `The ledger ${fact.path} (${size}) is intact and writable.` };
    }
    case 'ledger-older':
      return {
        says: `The ledger ${fact.path} is intact, but was written by an older version.`,
        fix: 'Run a command that writes to it, e.g. rentcheck pull',
      };
    case 'ledger-fault':
      return faultText(fact);
    case 'clock-gap':
      return clockGapText(fact);
    case 'import-cut-off': {
      const rows = formatCount(fact.rows, 'row');
      return {
        says: `The import of ${fact.file} (fetch ${fact.fetchRef}) was interrupted after ${rows}.`,
        fix: 'Import the file again. This also removes the rows of the interrupted import.',
      };
    }
  }
}

/** A contradicting row: which one, which fetch stored it, and how to restore it. */
function faultText({
  table,
  key,
  wrong,
  fetch,
  hasMore,
}: Extract<LedgerFact, { code: 'ledger-fault' }>): FindingText {
  const by =
    fetch === undefined
      ? ''
      : ` (fetch ${fetch.ref}, ${fetch.kind} of ${fetch.source}, ${fetch.startedAt})`;
  const more = hasMore ? ' The table has more such rows.' : '';
  const again =
    fetch === undefined ? '' : `, or pull or import the facts of fetch ${fetch.ref} again`;
  return {
    says: `Table ${table}, ${key}${by}: ${ledgerWrongText(wrong)}.${more}`,
    fix:
      'Another program changed the file, or the disk lost data. Restore a backup from before ' +
      `that${again}.`,
  };
}

/** Clause after the name of the row. */
export function ledgerWrongText(wrong: LedgerRowFault): string {
  switch (wrong.code) {
    case 'fact-changed':
      return 'the row differs from what the fetch stored';
    case 'fact-added':
      return 'no fetch stored this row';
    case 'facts-changed':
      return 'some rows differ from what the fetch stored';
    case 'facts-missing':
      return `${formatCount(wrong.rows, 'row')} missing`;
    case 'facts-too-many':
      return `${formatCount(wrong.rows, 'row')} too many`;
    case 'charge-too-long':
      return 'the charge covers more than a century';
    case 'charge-day-differs': {
      const { heldUsd, chargeUsd } = wrong;
      const held = heldUsd === undefined ? 'the day is missing' : `the day has $${heldUsd}`;
      return `${held}, but the charge gives it $${chargeUsd}`;
    }
    case 'charge-day-without-charge':
      return `the day has $${wrong.heldUsd}, but there is no such charge`;
    case 'charge-day-not-billed':
      return `the day has $${wrong.heldUsd}, but the charge bills nothing on that day`;
    case 'spend-day-differs':
      return (
        `the day has ${sumText(wrong.held)}, but its charges add up to ` + sumText(wrong.given)
      );
    case 'usage-day-without-usage':
      return 'the day has totals, but no interval in force begins on it';
    case 'usage-day-too-large':
      return 'its intervals add up to more than can be counted';
    case 'usage-day-missing':
      return 'the day is missing, but intervals in force begin on it';
    case 'usage-day-differs': {
      const { column, held, given } = wrong;
      return `${column} is ${countText(held)}, but its intervals add up to ${countText(given)}`;
    }
  }
}

function sumText(sum: DaySum | undefined): string {
  return sum === undefined ? 'nothing' : `$${sum.usd} of ${formatCount(sum.charges, 'charge')}`;
}

function countText(count: string | null): string {
  return count === null ? 'unknown' : BigInt(count).toLocaleString('en-US');
}

/** What is wrong and how to fix it, in one text. */
export function clockGapSentence(gap: ClockGap): string {
  const { says, fix } = clockGapText(gap);
  return `${says} ${fix}`;
}

function clockGapText({ side, seconds, now, newestRecord }: ClockGap) {
  const by = lengthText(seconds * 1_000);
  const where = side === 'behind' ? 'behind' : 'ahead of';
  return {
    says:
      `The clock of this machine (${now}) is ${by} ${where} the newest record in the ledger ` +
      `(${newestRecord}).`,
    fix:
      side === 'behind'
        ? 'Compare the clock with the real time. If it is wrong, set it (timedatectl set-ntp ' +
          'true). If it was ahead when that was recorded, all figures stay correct. Only ' +
          '--as-of with a date in between leaves out what was recorded since.'
        : 'If nothing was pulled or imported in that time, there is nothing to do. Otherwise set ' +
          'the clock (timedatectl set-ntp true) before anything is recorded.',
  };
}

function lengthText(ms: number): string {
  if (ms >= 2 * DAY_MS) return formatCount(Math.round(ms / DAY_MS), 'day');
  if (ms >= 2 * HOUR_MS) return formatCount(Math.round(ms / HOUR_MS), 'hour');
  return formatCount(Math.round(ms / MINUTE_MS), 'minute');
}
