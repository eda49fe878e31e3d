/** Opens the configured sources, all with one HTTP client. */

import type { Clock } from '../platform/clock.ts';
import type { RateLimiter } from '../platform/http.ts';
import { createHttpClient } from '../platform/httpClient.ts';
import { sourceKinds } from './registry.ts';
import type { Source } from './source.ts';

/** A source as the config names it, with the parsed options of its kind. */
interface ConfiguredSource {
  readonly id: string;
  readonly kind: string;
  readonly options: unknown;
}

export interface SourceSettings {
  readonly sources: readonly ConfiguredSource[];
  readonly http: { readonly retries: number; readonly timeoutMs: number };
}

export interface SourceEnvironment {
  readonly clock: Clock;
  /** Waits between two requests to a provider; a real wait if absent. */
  readonly sleep?: (ms: number) => Promise<unknown>;
  /** Limits the requests of a worker; a single command has none. */
  readonly rateLimiter?: RateLimiter;
}

/** Returns the sources by id. */
export function openSources(
  { sources, http: { retries, timeoutMs } }: SourceSettings,
  environment: SourceEnvironment,
): Map<string, Source> {
  const { clock } = environment;
  const http = createHttpClient({ retries, timeoutMs, ...environment });
  return new Map(
    sources.flatMap(({ id, kind, options }) => {
      const known = sourceKinds.find((candidate) => candidate.kind === kind);
      return known === undefined ? [] : [[id, known.create(id, options, { http, clock })]];
    }),
  );
}
