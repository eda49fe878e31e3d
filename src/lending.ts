/** Knows which work needs no ledger, and lets workers do it for the one that writes. */

import { Failure } from './domain/failure.ts';
import type { Fetched } from './domain/provenance.ts';
import type { Errands } from './schedule/errands.ts';
import type { Deeds } from './schedule/hands.ts';
import type { PullRequest, Source } from './sources/source.ts';

const FETCH = 'fetch';

interface FetchErrand {
  readonly source: string;
  readonly request: PullRequest;
}

/** What a worker with these sources can do for others. */
export function deedsOf(sources: ReadonlyMap<string, Source>): Deeds {
  return {
    [FETCH]: (payload) => {
      const { source, request } = payload as FetchErrand;
      return sourceOf(sources, source).pull(request);
    },
  };
}

/**
 * The same sources, asked by whichever worker has a hand free: what they tell comes back here, to
 * be written by the one that may.
 */
export function askedByOthers(
  sources: ReadonlyMap<string, Source>,
  errands: Errands,
): Map<string, Source> {
  const asked = [...sources].map(([id, source]): [string, Source] => [
    id,
    {
      ...source,
      pull: (request) => {
        const errand: FetchErrand = { source: id, request };
        return errands.run(FETCH, errand) as AsyncIterable<Fetched>;
      },
    },
  ]);
  return new Map(asked);
}

function sourceOf(sources: ReadonlyMap<string, Source>, id: string): Source {
  const source = sources.get(id);
  if (source !== undefined) return source;
  throw new Failure('config', `a worker has no source "${id}" to fetch from`, {
    expected: 'the same sources in the rentcheck.yaml of every worker',
    hint: 'give all workers the same configuration and start them again',
  });
}
