/** An HTTP client for tests: real requests, a fixed clock, and pauses that are only recorded. */

import { settableClock } from '../../src/platform/clock.ts';
import type { HttpClient } from '../../src/platform/http.ts';
import { createHttpClient, type HttpClientSettings } from '../../src/platform/httpClient.ts';
import { seededRandom } from '../../src/platform/random.ts';

export const NOW_MS = Date.UTC(2026, 6, 15, 12);

export interface TestClient {
  readonly http: HttpClient;
  readonly clock: ReturnType<typeof settableClock>;
  /** Milliseconds of each pause that the client would have made. */
  readonly pauses: readonly number[];
}

export function testClient(settings: Partial<HttpClientSettings> = {}): TestClient {
  const clock = settableClock(NOW_MS);
  const pauses: number[] = [];
  const http = createHttpClient({
    clock,
    random: seededRandom('test'),
    sleep: (ms) => {
      pauses.push(ms);
      return Promise.resolve();
    },
    ...settings,
  });
  return { http, clock, pauses };
}
