/** Which hours of a migration an audit counts. */

import { expect, test } from 'vitest';
import type { MigrationConfig } from '../../src/config/config.ts';
import { decimal, exact, ZERO } from '../../src/domain/exact.ts';
import { toMigrationInput } from '../../src/jobs/engineeringHours.ts';
import { toAuditedPeriod } from '../../src/calendar/quarter.ts';

const MIGRATION: MigrationConfig = {
  hours: {
    delete: decimal('40'),
    hybrid: decimal('60'),
    serverless: decimal('1'),
    move: ZERO,
    spot: decimal('0.5'),
    'bring-back': decimal('12'),
    'right-size': decimal('8'),
  },
  reentryHours: decimal('120'),
  amortizationQuarters: 4,
  stated: true,
};
const over = toAuditedPeriod({ quarter: '2026-Q3' }, Date.UTC(2026, 10, 1), 1);

test('migration hours are spread over its quarters, exactly', () => {
  expect(toMigrationInput(MIGRATION, over)).toEqual({
    hours: {
      delete: decimal('10'),
      hybrid: decimal('15'),
      serverless: decimal('0.25'),
      move: ZERO,
      spot: decimal('0.125'),
      'bring-back': decimal('3'),
      'right-size': decimal('2'),
    },
    reentryHours: decimal('120'),
    share: decimal('0.25'),
    stated: true,
  });
  expect(toMigrationInput({ ...MIGRATION, amortizationQuarters: 3 }, over).hours.delete).toEqual(
    exact(40n, 3n),
  );
});

test('an open quarter takes the share that has passed; hours to return stay whole', () => {
  const partial = toAuditedPeriod({ quarter: '2026-Q3' }, Date.UTC(2026, 6, 24), 1);
  const { hours, reentryHours } = toMigrationInput(MIGRATION, partial);
  expect(hours.delete).toEqual(exact(10n * 23n, 92n));
  expect(hours['right-size']).toEqual(exact(1n, 2n));
  expect(reentryHours).toEqual(decimal('120'));
});

test('an explicit window takes hours by its share of the quarter: 7 of 92 days', () => {
  const [from, to] = [Date.UTC(2026, 6, 1), Date.UTC(2026, 6, 8)];
  const week = toAuditedPeriod({ from, to }, Date.UTC(2026, 10, 1), 1);
  expect(toMigrationInput(MIGRATION, week).hours.delete).toEqual(exact(70n, 92n));
});

test('unstated hours to return stay unknown', () => {
  const { reentryHours: _, ...unstated } = MIGRATION;
  expect(toMigrationInput(unstated, over)).not.toHaveProperty('reentryHours');
});
