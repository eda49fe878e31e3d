/** Reads the warnings of pulls and imports as sentences, newest first. */

import type { RowOrigin } from '../../ledger/reads/rejects.ts';
import { pullWarningSentence } from '../../report/copy/pullWarnings.ts';
import type { WebServices } from '../site.ts';

export interface WarnedPull {
  readonly origin: RowOrigin;
  readonly says: string;
}

/** Each distinct warning of a source once, from its newest fetch. */
export async function readPullWarnings({
  ledger,
}: Pick<WebServices, 'ledger'>): Promise<WarnedPull[]> {
  const fetches = await ledger.work.fetchWarnings();
  const warned = fetches.flatMap(({ origin, warnings }) =>
    warnings.map((warning) => ({ origin, says: pullWarningSentence(warning) })),
  );
  const seen = new Set<string>();
  return warned.filter(({ origin: { source }, says }) => {
    const key = JSON.stringify([source, says]);
    return !seen.has(key) && seen.add(key);
  });
}
