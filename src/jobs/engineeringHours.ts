/** Engineering hours: recorded by a person, otherwise the assumptions of the config. */

import { z } from 'zod';
import type { LaborConfig, LaborSideConfig, MigrationConfig } from '../config/config.ts';
import { add, divide, type Exact, exact, exactInteger, multiply, ZERO } from '../domain/exact.ts';
import type { OpsEntry } from '../domain/provenance.ts';
import { dayText, HOUR_MS } from '../domain/period.ts';
import type { AssumedRange, LaborInput, LaborSide, MigrationInput } from '../economics/input.ts';
import type { AuditedPeriod } from '../calendar/quarter.ts';
import type { Job } from './job.ts';

export interface LaborTerms {
  readonly audited: Pick<AuditedPeriod, 'quarters'>;
  /** Deployments of the config; hours for any other name count for the whole stack. */
  readonly known: ReadonlySet<string>;
}

/**
 * The config states hours per quarter, which are scaled to the length of the window. Of 92 hours
 * per quarter, a week of July has 7 and half a year 184. A single entry of the ops log makes the
 * self-hosted hours measured; those are not scaled.
 */
export function toLaborInput(
  labor: LaborConfig,
  entries: readonly OpsEntry[],
  { audited, known }: LaborTerms,
): LaborInput {
  const { quarters } = audited;
  const measured = entries.length > 0;
  return {
    loadedUsdPerHour: labor.loadedUsdPerHour,
    serverlessShare: labor.serverlessShare,
    hosted: scaledSide(labor.hosted, quarters),
    selfHosted: measured ? measuredSide(entries, known) : scaledSide(labor.selfHosted, quarters),
    basis: measured ? 'measured' : 'assumed',
  };
}

function scaledSide(
  { fixedHours, hoursPerDeployment }: LaborSideConfig,
  quarters: Exact,
): LaborSide {
  return {
    fixedHours: scaled(fixedHours, quarters),
    hoursPerDeployment: scaled(hoursPerDeployment, quarters),
  };
}

function scaled({ low, base, high }: AssumedRange, by: Exact): AssumedRange {
  return { low: multiply(low, by), base: multiply(base, by), high: multiply(high, by) };
}

function measuredSide(entries: readonly OpsEntry[], known: ReadonlySet<string>): LaborSide {
  const byDeployment = new Map<string, Exact>();
  let stack = ZERO;
  for (const { deployment, workedMs } of entries) {
    const hours = exact(BigInt(workedMs), exactInteger(HOUR_MS).num);
    const isStack = deployment === undefined || !known.has(deployment);
    if (isStack) stack = add(stack, hours);
    else byDeployment.set(deployment, add(byDeployment.get(deployment) ?? ZERO, hours));
  }
  // `Object.fromEntries` makes an own key of any name; in a literal, `__proto__` would not be one.
  const measuredHours = Object.fromEntries(byDeployment);
  return { fixedHours: exactRange(stack), hoursPerDeployment: exactRange(ZERO), measuredHours };
}

function exactRange(hours: Exact): AssumedRange {
  return { low: hours, base: hours, high: hours };
}

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

const payload = z.strictObject({
  /** Midnight UTC of a day that is not in the future. */
  dayMs: z.int(),
  workedMs: z.int().positive(),
  /** A deployment of the config; absent for work on the whole stack. */
  deployment: z.string().optional(),
  note: z.string().optional(),
  /** Entries with the same ID are the same entry. */
  id: z.string().min(1),
  /** Who recorded the hours, if known. */
  by: z.string().optional(),
  source: z.string().min(1),
});

export interface HoursResult {
  readonly entry: OpsEntry;
  readonly outcome: 'added' | 'restated' | 'unchanged';
}

/**
 * `ops.add {dayMs, workedMs, deployment?, note?, id, by?, source}`: stores one entry, like an
 * import of one row.
 */
export const addHoursJob: Job<z.output<typeof payload>, HoursResult> = {
  name: 'ops.add',
  payload,
  async run({ clock, ledger }, { source, id, by, dayMs, workedMs, deployment, note }) {
    const entry: OpsEntry = {
      sourceId: source,
      key: `added/${id}`,
      dayMs,
      ...(deployment === undefined ? {} : { deployment }),
      workedMs,
      ...(note === undefined ? {} : { note }),
    };
    const nowMs = clock.nowMs();
    const record = { by, id, date: dayText(dayMs), deployment, workedMs, note };
    const fetch = {
      sourceId: source,
      kind: 'ops.add',
      url: 'command:ops add',
      startedAtMs: nowMs,
      endedAtMs: nowMs,
      body: new TextEncoder().encode(`${JSON.stringify(record)}\n`),
    };
    const ops = [{ position: 1, fact: entry }];
    const { added, restated } = await ledger.facts.append({ fetch, ops }, nowMs);
    const outcome = added > 0 ? 'added' : restated > 0 ? 'restated' : 'unchanged';
    return { kind: 'done', result: { entry, outcome }, shortfalls: [] };
  },
};
