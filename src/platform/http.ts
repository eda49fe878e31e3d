/**
 * The HTTP client interface. Requests are limited in time, size and attempts, and results contain
 * no secrets.
 */

import type { Failure } from '../domain/failure.ts';
import type { FetchBody } from '../domain/provenance.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** A JSON body, sent as a POST that only reads, so it may be retried. */
  readonly json?: string;
  /** Values to remove from URLs, bodies and messages wherever they appear. */
  readonly secrets?: readonly string[];
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /**
   * The file for the body of a 2xx response of any length. Its `body` is then empty. `timeoutMs`
   * limits the time without data.
   */
  readonly into?: string;
  /** Overrides the number of retries of the client. */
  readonly retries?: number;
  /** PEM certificates; only servers that these authorities signed are trusted. */
  readonly ca?: string;
  /** The time between the starts of two requests of this client to the host, retries included. */
  readonly minIntervalMs?: number;
}

export interface HttpResponse {
  readonly status: number;
  readonly headers: Headers;
  /** The body as received, without secrets. */
  readonly body: FetchBody;
  /** Lower-case hex SHA-256 of the body as received. */
  readonly digest: string;
  /** The URL without secrets. A JSON body follows after `#`. */
  readonly url: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** A 2xx response, or the failure after all retries. */
export type HttpResult =
  | { readonly ok: true; readonly answer: HttpResponse }
  | {
      readonly ok: false;
      readonly failure: Failure;
      readonly url: string;
      readonly startedAtMs: number;
      readonly endedAtMs: number;
      readonly status?: number;
      readonly body?: FetchBody;
      readonly digest?: string;
    };

export interface HttpClient {
  get(request: HttpRequest): Promise<HttpResult>;
}

/** Limits requests per host. */
export interface RateLimiter {
  /**
   * Takes a slot for the host and returns a function to free it.
   * @throws {Failure} `rate-limited` if no slot becomes free in time.
   */
  acquire(host: string): Promise<() => void>;
  /** Pauses all requests to the host for `forMs`. */
  pause(host: string, forMs: number): void;
}
