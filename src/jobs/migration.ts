/** The engineering hours of a change, for the length of the audited period. */

import type { MigrationConfig } from '../config/config.ts';
import { divide, type Exact, exactInteger, multiply } from '../domain/exact.ts';
import type { MigrationInput } from '../economics/input.ts';
import type { AuditedPeriod } from './window.ts';

/**
 * Hours of a change are taken once and spread over quarters, so that they stand beside savings a
 * quarter; a window takes them by the quarters that it lasts. 40 hours over 4 quarters are 10 in a
 * whole quarter, 5 in half of one. Hours to come back are told as they are.
 */
export function migrationInput(
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
