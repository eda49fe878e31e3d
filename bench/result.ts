/** Knows what a benchmark hands back: one ratio measured in one run, and the reach it must keep. */

export interface BenchResult {
  /** What was done, e.g. `ingest 1M usage rows`. */
  readonly name: string;
  readonly ratio: number;
  readonly reach: number;
  readonly better: 'higher' | 'lower';
  /** What the ratio is of, e.g. `a bare prepared statement`. */
  readonly against: string;
}

/** `ingest 1M usage rows: 0.93 of a bare prepared statement (reach >= 0.70)`. */
export function resultLine({ name, ratio, reach, better, against }: BenchResult): string {
  const sign = better === 'higher' ? '>=' : '<=';
  return `${name}: ${ratio.toFixed(2)} of ${against} (reach ${sign} ${reach.toFixed(2)})`;
}

export function isReached({ ratio, reach, better }: BenchResult): boolean {
  return better === 'higher' ? ratio >= reach : ratio <= reach;
}
