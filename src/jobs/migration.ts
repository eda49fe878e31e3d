/** The engineering hours of a change, for the length of the audited period. */

import type { MigrationConfig } from '../config/config.ts';
import { divide, type Exact, exactInteger, multiply } from '../domain/exact.ts';
import type { MigrationInput } from '../economics/input.ts';
import type { AuditedPeriod } from './window.ts';

/**
 * One-off hours of a change are spread over quarters, so that they compare with savings per
 * quarter, and scaled to the window. 40 hours over 4 quarters are 10 in a whole quarter, 5 in half
 * of one. Hours to return to self-hosting are not spread.
 */
export function toMigrationInput(
  { hours, reentryHours, amortizationQuarters, stated }: MigrationConfig,
  { quarters }: Pick<AuditedPeriod, 'quarters'>,
): MigrationInput {
  const share = divide(quarters, exactInteger(amortizationQuarters));
  const spread = (once: Exact) => multiply(once, share);
  return {
    hours: {
      delete: spread(hours.delete),
      hybrid: spread(hours.hybrid),
      serverless: spread(hours.serverless),
      move: spread(hours.move),
      spot: spread(hours.spot),
      'right-size': spread(hours['right-size']),
      'bring-back': spread(hours['bring-back']),
    },
    ...(reentryHours === undefined ? {} : { reentryHours }),
    share,
    stated,
  };
}
