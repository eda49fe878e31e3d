/** The lines of the timetable as data: what each is called, and when it rings by itself. */

import type { DueRule } from './due.ts';
import { DAY_MS } from './period.ts';

/** A line that rings by cron, in UTC, in the order of the table. */
export const RHYTHM = {
  scraper: '* * * * *',
  inventory: '*/5 * * * *',
  usage: '5 * * * *',
  prices: '20 0 * * *',
  owed: '50 0 * * *',
  bills: '40 3 * * *',
  corrections: '40 5 * * *',
  check: '10 9 * * *',
} as const;

export type CronLine = keyof typeof RHYTHM;
/** The quarter's own line rings by its business day, not by cron. */
export type LineName = CronLine | 'quarter';

/** What a source can tell. */
export type Told = 'charges' | 'inventory' | 'usage' | 'prices' | 'rates';

/** What a line asks sources for. */
export const LINE_FACTS = {
  scraper: ['usage'],
  inventory: ['inventory', 'rates'],
  usage: ['usage', 'inventory'],
  prices: ['prices', 'rates'],
  bills: ['charges'],
} as const satisfies Partial<Record<CronLine, readonly Told[]>>;

export type PullLine = 'scraper' | 'inventory' | 'usage' | 'bills';

/** A source as the timetable sees it. */
export interface RhythmSource {
  readonly id: string;
  readonly tells: readonly string[];
  /**
   * Facts of which it tells the present alone and on whose samples figures stand: what was not
   * asked in time is lost. Rates that are not among them are asked once a day.
   */
  readonly samples?: readonly string[];
  /** Days after which its bill no longer changes: so far back it is read again each day. */
  readonly trailingDays: number;
}

/** The whole timetable as configured: a line that is missing is off. */
export interface Rhythm {
  readonly crons: Readonly<Partial<Record<CronLine, string>>>;
  readonly sources: readonly RhythmSource[];
  /** Absent where no quarter is to be reported by itself. */
  readonly due?: DueRule;
  /** Whether a quarter's report is delivered, or only made. */
  readonly deliver: boolean;
  /** What becomes of a reported quarter whose facts changed: sent, made only, or nothing. */
  readonly corrections: 'auto' | 'ask' | 'off';
}

/** A source that does not say: bills settle within a fortnight. */
export const TRAILING_DAYS = 14;

/**
 * The sources that a line asks. What must be sampled has a line of its own, and is left out of the
 * slow ones.
 */
export function sourcesOf(line: PullLine, sources: readonly RhythmSource[]): RhythmSource[] {
  return sources.filter((source) => factsOf(line, source).length > 0);
}

/** What a line asks of one source; `[]` where it is not for this line. */
export function factsOf(line: PullLine, { tells, samples = [] }: RhythmSource): Told[] {
  const main = line === 'bills' ? 'charges' : line === 'inventory' ? 'inventory' : 'usage';
  const facts = LINE_FACTS[line].filter((fact) => tells.includes(fact));
  if (isSampled(line)) {
    return samples.includes(main) ? facts.filter((fact) => samples.includes(fact)) : [];
  }
  return facts.filter((fact) => !samples.includes(fact));
}

/** A source that is asked once a day what models or GPUs cost. */
export function tellsPrices({ tells }: Pick<RhythmSource, 'tells'>): boolean {
  return LINE_FACTS.prices.some((fact) => tells.includes(fact));
}

/** A line that asks for the present alone. */
export function isSampled(line: PullLine): boolean {
  return line === 'scraper' || line === 'inventory';
}

/** How far back the ring of a line reads again what may have changed. */
export function overlapMs(line: PullLine, { trailingDays }: RhythmSource): number {
  if (line === 'bills') return trailingDays * DAY_MS;
  return line === 'usage' ? DAY_MS : 0;
}
