/** What is said of a row of a ledger that contradicts another. */

import { counted } from '../../domain/counted.ts';
import type { DaySum, LedgerWrong } from '../../domain/ledgerWrong.ts';

export function ledgerWrongText(wrong: LedgerWrong): string {
  switch (wrong.code) {
    case 'fact-changed':
      return 'it is not what the fetch brought';
    case 'fact-added':
      return 'no fetch brought it';
    case 'facts-changed':
      return 'some are not what the fetch brought';
    case 'facts-missing':
      return `${counted(wrong.rows, 'row')} missing`;
    case 'facts-too-many':
      return `${counted(wrong.rows, 'row')} too many`;
    case 'charge-too-long':
      return 'its period is longer than a century';
    case 'charge-day-differs': {
      const { heldUsd, chargeUsd } = wrong;
      const held = heldUsd === undefined ? 'the day is missing' : `it holds $${heldUsd}`;
      return `${held}, the charge gives the day $${chargeUsd}`;
    }
    case 'charge-day-without-charge':
      return `it holds $${wrong.heldUsd}, but there is no such charge`;
    case 'charge-day-not-billed':
      return `it holds $${wrong.heldUsd}, but the charge bills nothing on that day`;
    case 'spend-day-differs':
      return `it holds ${sumText(wrong.held)}, the charges come to ${sumText(wrong.given)}`;
    case 'usage-day-without-usage':
      return 'it holds sums, but no interval in force begins on that day';
    case 'usage-day-too-large':
      return 'its intervals sum to more than can be counted';
    case 'usage-day-missing':
      return 'the day is missing, and intervals in force begin on it';
    case 'usage-day-differs': {
      const { column, held, given } = wrong;
      return `it holds ${column} ${countText(held)}, its intervals give ${countText(given)}`;
    }
  }
}

function sumText(sum: DaySum | undefined): string {
  return sum === undefined ? 'nothing' : `$${sum.usd} of ${counted(sum.charges, 'charge')}`;
}

function countText(count: string | null): string {
  return count === null ? 'unknown' : BigInt(count).toLocaleString('en-US');
}
