/** A benchmark, and its result: one measured figure and its limit. */

/**
 * `full` is the size that the documents state figures of. `small` takes seconds and only shows that
 * a benchmark still works: its figures mean nothing and are not compared with limits.
 */
export type BenchmarkSize = 'full' | 'small';

export type Benchmark = (size: BenchmarkSize) => Promise<Measured[]>;

export interface Measured {
  /**
   * What was measured, then after a comma what the figure is relative to: `ingest …, of a bare
   * statement`.
   */
  readonly name: string;
  readonly value: number;
  readonly reach: number;
  readonly better: 'higher' | 'lower';
}

/** `ingest 1M usage rows: 0.93 of a bare prepared statement (limit >= 0.70)`. */
export function measuredLine({ name, value, reach, better }: Measured): string {
  const comma = name.indexOf(', ');
  const what = comma < 0 ? name : name.slice(0, comma);
  const against = comma < 0 ? '' : ` ${name.slice(comma + 2)}`;
  const sign = better === 'higher' ? '>=' : '<=';
  return `${what}: ${value.toFixed(2)}${against} (limit ${sign} ${reach.toFixed(2)})`;
}

export function isWithinLimit({ value, reach, better }: Measured): boolean {
  return better === 'higher' ? value >= reach : value <= reach;
}
