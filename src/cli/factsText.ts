/** Renders the counts of an import or a pull. */

import { counted, grouped } from '../domain/counted.ts';
import type { ImportResult } from '../jobs/importResult.ts';
import type { PullResult } from '../jobs/pullResult.ts';

/** `charges.csv: 1,204 rows, 1,200 new, 0 restated, 3 unchanged, 1 rejected`. */
export function importText(result: Omit<ImportResult, 'fetch'>): string {
  return `${result.file}: ${[counted(result.rows, 'row'), ...countParts(result)].join(', ')}`;
}

/** `prom: 2,016 new, 0 restated, 0 unchanged, 1 of 7 requests failed`. */
export function pullText(result: PullResult): string {
  const { source, fetches, failures } = result;
  const requests = counted(fetches, 'request');
  const failed = failures.length === 0 ? [] : [`${grouped(failures.length)} of ${requests} failed`];
  return `${source}: ${[...countParts(result), ...failed].join(', ')}`;
}

type Counts = Pick<PullResult, 'added' | 'restated' | 'unchanged' | 'rejected'>;

function countParts({ added, restated, unchanged, rejected }: Counts): string[] {
  const parts = [
    `${grouped(added)} new`,
    `${grouped(restated)} restated`,
    `${grouped(unchanged)} unchanged`,
  ];
  return rejected > 0 ? [...parts, `${grouped(rejected)} rejected`] : parts;
}
