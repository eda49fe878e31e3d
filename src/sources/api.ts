/** What a source declares of the JSON API that it asks; `driver.ts` does the asking. */

import { z } from 'zod';
import type { Failure } from '../domain/failure.ts';
import type { Period } from '../domain/period.ts';
import type { Fetched } from '../domain/provenance.ts';
import { baseUrlSchema, type Query } from '../platform/baseUrl.ts';
import type { ListBody } from '../platform/jsonList.ts';
import type { Fields } from '../platform/jsonSieve.ts';
import type { Secret } from '../platform/secret.ts';
import type { PullRequest, Setting } from './source.ts';

/** The options that every source of a JSON API has. */
export function apiOptions(baseUrl: string) {
  return {
    baseUrl: baseUrlSchema.default(baseUrl),
    timeoutSeconds: z.number().positive().max(3600).optional(),
  };
}

export interface ApiOptions {
  readonly baseUrl: string;
  readonly timeoutSeconds?: number | undefined;
}

/** One API: how it lets us in, how often it may be asked, and what is asked in which order. */
export interface Api<Options extends ApiOptions = ApiOptions> {
  /** The kind of its source; also the kind of a fetch that could not even begin. */
  readonly kind: string;
  readonly auth: Auth<Options>;
  /** Between the starts of two requests to one host, with or without Redis. */
  readonly minIntervalMs?: number;
  /**
   * The questions of one pull. Each is made when the one before it has been read, so that later
   * questions may use what earlier answers told.
   */
  questions(pull: Pull<Options>): Iterable<Question | Unaskable>;
}

/** How a key goes along; the secrets it returns are removed from whatever is kept or said. */
export interface Auth<Options> {
  /**
   * The revealed secrets of these options; none where the API answers without.
   * @throws {Failure} `config` where one is not set.
   */
  secrets(options: Options): readonly string[];
  /** Headers of one request; a signature may depend on its address. */
  headers(secrets: readonly string[], url: URL): Readonly<Record<string, string>>;
}

/** `Authorization: Bearer KEY`; nothing where the options name no key. */
export function bearer<Options>(keyOf: (options: Options) => Secret | undefined): Auth<Options> {
  return {
    secrets: (options) => {
      const key = keyOf(options);
      return key === undefined ? [] : [key.reveal()];
    },
    headers: ([key]) => (key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
}

export interface Pull<Options> extends Setting<Options> {
  readonly request: PullRequest;
  /** When the pull began. */
  readonly nowMs: number;
}

/** One question to the API; with `pages` or a `span` it may take several requests. */
export interface Question {
  /** E.g. `runpod.billing.pods`. */
  readonly kind: string;
  readonly path: readonly string[];
  readonly query?: Query;
  /**
   * Set where the question goes along as JSON: a POST that only reads, and is asked again like any
   * other. What `span` and `pages` ask with is handed to it, and is then no part of the address.
   */
  readonly json?: (asked: { readonly window?: Period; readonly asked: Query }) => unknown;
  /** Set where the question is about a stretch of time. */
  readonly span?: Span;
  /** Set where the answer may go on on further pages. */
  readonly pages?: Pages;
  /** The key that an answer has unless it is an error; where it holds a list, that is streamed. */
  readonly expects: string;
  /** Set where the answer is nothing but its list, which is then streamed. */
  readonly isBareList?: true;
  /**
   * What of an answer is read: `fieldsOf` its schema. Nothing else is kept, and `read` and `pages`
   * get only that, so that the same facts can be read again of what is kept.
   */
  readonly fields: Fields;
  /**
   * Makes facts of one answer; throws a {@link Failure} where it is something else. What `expects`
   * holds is in `items` where it is a list, and in `frame` where it is not.
   */
  read(answer: ListBody, answered: Answered): Read;
  /** A failure in words that fit the question; the failure itself unless told. */
  explain?(failure: Failure): Failure;
  /** Whether this failure is how the API says that there is nothing: no facts, and no failure. */
  isEmpty?(failure: Failure): boolean;
  /**
   * Set where several questions together tell every charge of a window, such as one for each
   * invoice. Each answer claims the same `completeFor`; it counts once the last question is read
   * to its end and none of them failed. Such questions follow one another.
   */
  readonly series?: { readonly name: string; readonly isLast: boolean };
}

export interface Span {
  readonly window: Period;
  /** An answer that is too large is asked for in halves, down to this length; what follows too. */
  readonly bucketMs: number;
  /** How the window is asked for. */
  query(window: Period): Query;
}

/** How a list goes on, from one page to the next. */
export interface Pages {
  /** What the first page is asked with, e.g. `{ limit: '1000' }`. */
  readonly first: Query;
  /**
   * What the page after this one is asked with, by what stands beside its list; `undefined` after
   * the last.
   * @throws {Failure} `malformed` where there is one and the answer does not say which.
   */
  next(frame: unknown, asked: Query): Query | undefined;
}

export interface Answered {
  /** For messages: the redacted URL. */
  readonly where: string;
  /** What of the span this answer was asked for. */
  readonly window?: Period;
  readonly askedAtMs: number;
}

/** The facts of one answer, and the window that it was resolved to where that is another. */
export type Read = Omit<Fetched, 'fetch'> & { readonly window?: Period };

/** A question that cannot be put. */
export interface Unaskable {
  readonly kind: string;
  readonly failure: Failure;
}

/**
 * A window widened to whole UTC buckets and cut into spans of at most `longestMs`. By the hour,
 * 10:20 to 11:10 is one window from 10:00 to 12:00.
 */
export function windowsOf(
  window: Period,
  { bucketMs, longestMs }: { readonly bucketMs: number; readonly longestMs: number },
): Period[] {
  const lastMs = Math.ceil(window.endMs / bucketMs) * bucketMs;
  const windows: Period[] = [];
  let startMs = Math.floor(window.startMs / bucketMs) * bucketMs;
  while (startMs < lastMs) {
    const endMs = Math.min(startMs + longestMs, lastMs);
    windows.push({ startMs, endMs });
    startMs = endMs;
  }
  return windows;
}
