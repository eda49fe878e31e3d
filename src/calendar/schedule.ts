/** The lines of the job schedule, from the config: their names, times and sources. */

import { type DueRule, type FiscalYear, type ReportTimes, toDueRule } from './reportDue.ts';
import { HOUR_MS } from '../domain/period.ts';
import type { ProvidedFact } from '../domain/provenance.ts';

/** Schedule lines that run by cron, in UTC, in display order. */
export const DEFAULT_CRONS = {
  scraper: '* * * * *',
  inventory: '*/5 * * * *',
  usage: '5 * * * *',
  prices: '20 0 * * *',
  owed: '50 0 * * *',
  bills: '40 3 * * *',
  corrections: '40 5 * * *',
  check: '10 9 * * *',
} as const;

export type CronLine = keyof typeof DEFAULT_CRONS;
/** The quarter's own line runs by business day, not by cron. */
export type LineName = CronLine | 'quarter';

/** The kinds of data that each line pulls. */
export const LINE_FACTS = {
  scraper: ['usage'],
  inventory: ['inventory', 'rates'],
  usage: ['usage', 'inventory'],
  prices: ['prices', 'rates'],
  bills: ['charges'],
} as const satisfies Partial<Record<CronLine, readonly ProvidedFact[]>>;

export type PullLine = 'scraper' | 'inventory' | 'usage' | 'bills';

/** A source as the schedule uses it. */
export interface ScheduledSource {
  readonly id: string;
  readonly provides: readonly string[];
  /**
   * Facts of which it provides only current values that figures depend on: a missed sample is lost.
   * Rates that are not listed here are pulled once a day.
   */
  readonly samples?: readonly string[];
  /** Days after which its bill no longer changes. The bill is read again for this long each day. */
  readonly trailingDays: number;
}

/** The configured schedule. A missing line is off. */
export interface Schedule {
  readonly crons: Readonly<Partial<Record<CronLine, string>>>;
  readonly sources: readonly ScheduledSource[];
  /** Absent if no quarter is reported automatically. */
  readonly due?: DueRule;
  /** Whether a quarter's report is delivered, or only made. */
  readonly deliver: boolean;
  /**
   * How to handle a reported quarter whose facts changed: send a correction, only make it, or
   * neither.
   */
  readonly corrections: 'auto' | 'ask' | 'off';
}

/** Default for a source without a setting: bills settle within two weeks. */
export const DEFAULT_TRAILING_DAYS = 14;

/**
 * The sources that a line pulls. Sampled facts have their own frequent line and are left out of the
 * slow ones.
 */
export function sourcesForLine(
  line: PullLine,
  sources: readonly ScheduledSource[],
): ScheduledSource[] {
  return sources.filter((source) => factsForLine(line, source).length > 0);
}

/** The facts that a line pulls from one source; `[]` if none. */
export function factsForLine(
  line: PullLine,
  { provides, samples = [] }: ScheduledSource,
): ProvidedFact[] {
  const main = line === 'bills' ? 'charges' : line === 'inventory' ? 'inventory' : 'usage';
  const facts = LINE_FACTS[line].filter((fact) => provides.includes(fact));
  if (isSampled(line)) {
    return samples.includes(main) ? facts.filter((fact) => samples.includes(fact)) : [];
  }
  return facts.filter((fact) => !samples.includes(fact));
}

/** Whether a source is pulled once a day for model or GPU prices. */
export function providesPrices({ provides }: Pick<ScheduledSource, 'provides'>): boolean {
  return LINE_FACTS.prices.some((fact) => provides.includes(fact));
}

/** Whether a line pulls only current values. */
export function isSampled(line: PullLine): boolean {
  return line === 'scraper' || line === 'inventory';
}

/** The section `schedule` of the config: a line that is absent uses its default; null is off. */
export interface ScheduleSettings extends Readonly<Partial<Record<CronLine, string | null>>> {
  readonly quarter: 'on' | 'off';
  /** By source ID: days back for which its bill is pulled again each day. */
  readonly trailingDays: Readonly<Record<string, number>>;
  /** By source ID: facts for which it reports only the present. */
  readonly sampled: Readonly<Record<string, readonly ('usage' | 'inventory')[]>>;
}

/** The part of the config and of its sources from which the schedule follows. */
export interface ScheduleInput {
  readonly config: {
    readonly schedule: ScheduleSettings;
    readonly fiscal: FiscalYear;
    readonly report?: ReportTimes & {
      readonly channels: readonly unknown[];
      readonly corrections: Schedule['corrections'];
    };
    readonly smtp?: unknown;
  };
  readonly sources: ReadonlyMap<string, ProvidingSource>;
}

interface ProvidingSource {
  readonly id: string;
  readonly provides: readonly ProvidedFact[];
  readonly samples?: readonly ProvidedFact[];
  readonly trailingDays?: number;
}

export function toSchedule({ config, sources }: ScheduleInput): Schedule {
  const { schedule, report, smtp } = config;
  const crons = (Object.keys(DEFAULT_CRONS) as CronLine[]).flatMap((line) => {
    const configured = schedule[line];
    return configured === null ? [] : [[line, configured ?? DEFAULT_CRONS[line]] as const];
  });
  return {
    crons: Object.fromEntries(crons),
    sources: [...sources.values()].map(
      ({ id, provides, samples = [], trailingDays = DEFAULT_TRAILING_DAYS }) => ({
        id,
        provides,
        samples: sampledFacts(schedule.sampled[id], samples),
        trailingDays: schedule.trailingDays[id] ?? trailingDays,
      }),
    ),
    ...(schedule.quarter === 'off' ? {} : { due: toDueRule(config) }),
    deliver: report !== undefined && (smtp !== undefined || report.channels.length > 0),
    corrections: report?.corrections ?? 'ask',
  };
}

/** Adds rates if the source's kind samples them, because the config cannot name them. */
function sampledFacts(
  configured: readonly ProvidedFact[] | undefined,
  own: readonly ProvidedFact[],
): readonly ProvidedFact[] {
  if (configured === undefined) return own;
  return own.includes('rates') && configured.includes('inventory')
    ? [...configured, 'rates']
    : configured;
}

/** The age at which a source's last fetch is stale: 3 hours if it is pulled hourly, else 26. */
export function staleAfterMs(source: ScheduledSource, { crons }: Schedule): number {
  const lines = (['usage', 'scraper', 'inventory'] as const).filter((line) => crons[line]);
  const isHourly = lines.some((line) => factsForLine(line, source).length > 0);
  return isHourly ? 3 * HOUR_MS : 26 * HOUR_MS;
}
