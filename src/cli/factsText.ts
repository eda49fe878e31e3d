/** Renders the counts of an import or a pull. */

import { formatCount, groupThousands } from '../domain/counted.ts';
import type { ImportResult } from '../jobs/importResult.ts';
import type { PullResult } from '../jobs/pullResult.ts';

/** `charges.csv: 1,204 rows, 1,200 new, 0 restated, 3 unchanged, 1 rejected`. */
export function renderImportCounts(result: Omit<ImportResult, 'fetch'>): string {
  return `${result.file}: ${[formatCount(result.rows, 'row'), ...countParts(result)].join(', ')}`;
}

/** `prom: 2,016 new, 0 restated, 0 unchanged, 1 of 7 requests failed`. */
export function renderPullCounts(result: PullResult): string {
  const { source, fetches, failures } = result;
  const requests = formatCount(fetches, 'request');
  const failed =
    failures.length === 0 ? [] : [`${groupThousands(failures.length)} of ${requests} failed`];
  return `${source}: ${[...countParts(result), ...failed].join(', ')}`;
}

type Counts = Pick<PullResult, 'added' | 'restated' | 'unchanged' | 'rejected'>;

function countParts({ added, restated, unchanged, rejected }: Counts): string[] {
  const parts = [
    `${groupThousands(added)} new`,
    `${groupThousands(restated)} restated`,
    `${groupThousands(unchanged)} unchanged`,
  ];
  return rejected > 0 ? [...parts, `${groupThousands(rejected)} rejected`] : parts;
}
