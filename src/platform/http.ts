/**
 * What asking over HTTP promises: bounded in time, size and tries, secrets never in what it
 * returns.
 */

import type { Failure } from '../domain/failure.ts';
import type { Body } from '../domain/provenance.ts';

export interface HttpRequest {
  readonly url: URL;
  readonly headers?: Readonly<Record<string, string>>;
  /** A question that goes along as JSON: a POST that only reads, so that it may be asked again. */
  readonly json?: string;
  /** Values to remove from URLs, bodies and messages wherever they appear. */
  readonly secrets?: readonly string[];
  readonly timeoutMs?: number;
  readonly maxBytes?: number;
  /**
   * The file into which a good answer's body goes, however long it is: its `body` is then empty.
   * `timeoutMs` is how long nothing may come.
   */
  readonly into?: string;
  /** How many times it is asked again; what the client was told unless told otherwise. */
  readonly retries?: number;
  /** Certificates in PEM by which alone the other side is known. */
  readonly ca?: string;
  /** Between the starts of two requests of this client to the host, tries included. */
  readonly minIntervalMs?: number;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Body as received but for removed secrets. */
  readonly body: Body;
  /** Lower-case hex SHA-256 of the body as received. */
  readonly digest: string;
  /** URL with secrets removed; a question that went along stands behind a `#`. */
  readonly url: string;
  readonly startedAtMs: number;
  readonly endedAtMs: number;
}

/** A 2xx answer, or why there is none, after the retries that were worth making. */
export type HttpResult =
  | { readonly ok: true; readonly answer: HttpAnswer }
  | {
      readonly ok: false;
      readonly failure: Failure;
      readonly url: string;
      readonly startedAtMs: number;
      readonly endedAtMs: number;
      readonly status?: number;
      readonly body?: Body;
      readonly digest?: string;
    };

export interface HttpClient {
  get(request: HttpRequest): Promise<HttpResult>;
}

/** Who may ask a provider now: shared by all who ask, on however many machines. */
export interface Gate {
  /**
   * Waits for a place at the host; the place is held until it is left, or for so long at most.
   * @throws {Failure} `rate-limited` where none becomes free in good time.
   */
  enter(host: string, holdMs: number): Promise<() => Promise<void>>;
  /** The host wants to be left alone for so long: nobody enters before. */
  close(host: string, forMs: number): Promise<void>;
}
