/** How a source declares the JSON API that it pulls from. `driver.ts` sends the requests. */

import { z } from 'zod';
import { type Failure, type FailureCode, withHint } from '../domain/failure.ts';
import type { Period } from '../domain/period.ts';
import type { Fetched } from '../domain/provenance.ts';
import { baseUrlSchema, type Query } from '../platform/baseUrl.ts';
import type { JsonList } from '../platform/jsonList.ts';
import type { JsonFields } from '../platform/jsonFilter.ts';
import { parseResponse } from '../platform/responseSchemas.ts';
import { findReadFields } from '../platform/schemaFields.ts';
import type { Secret } from '../platform/secret.ts';
import type { PullRequest, SourceContext } from './source.ts';

/** Options that every source of a JSON API accepts. */
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

/** One JSON API: its authentication, its request rate, and the questions of a pull in order. */
export interface Api<Options extends ApiOptions = ApiOptions> {
  /** The kind of the source. A fetch that failed before its first request has this kind too. */
  readonly kind: string;
  readonly auth: Auth<Options>;
  /** Minimum time between the starts of two requests to one host, with or without Redis. */
  readonly minIntervalMs?: number;
  /**
   * The questions of one pull. Each is created after the answer to the previous one was read, so
   * later questions can use earlier answers.
   */
  questions(pull: ApiPull<Options>): Iterable<ApiQuestion | FailedQuestion>;
}

/**
 * How requests are authenticated. The secrets are removed from everything that is stored or logged.
 */
export interface Auth<Options> {
  /**
   * The secrets in plain text, taken from the options. Empty if the API needs no key.
   * @throws {Failure} `config` if a required key is not set.
   */
  secrets(options: Options): readonly string[];
  /** Headers of one request. A signature may depend on the URL. */
  headers(secrets: readonly string[], url: URL): Readonly<Record<string, string>>;
}

/** Sends `Authorization: Bearer KEY`. Sends no header if the options have no key. */
export function bearerAuth<Options>(
  keyOf: (options: Options) => Secret | undefined,
): Auth<Options> {
  return {
    secrets: (options) => {
      const key = keyOf(options);
      return key === undefined ? [] : [key.reveal()];
    },
    headers: ([key]) => (key === undefined ? {} : { authorization: `Bearer ${key}` }),
  };
}

export interface ApiPull<Options> extends SourceContext<Options> {
  readonly request: PullRequest;
  /** When the pull began. */
  readonly nowMs: number;
}

/** One question to the API. With `pages` or a `span` it may take several requests. */
export interface ApiQuestion {
  /** For example `runpod.billing.pods`. */
  readonly kind: string;
  readonly path: readonly string[];
  readonly query?: Query;
  /**
   * Set if the question is sent as a JSON body. The POST only reads, so it is retried like any
   * other request. The parameters of `span` and `pages` are passed to this function and left out of
   * the URL.
   */
  readonly json?: (asked: { readonly window?: Period; readonly asked: Query }) => unknown;
  /** Set if the question covers a period. */
  readonly span?: QuestionSpan;
  /** Set if the answer may have more than one page. */
  readonly pages?: Paging;
  /**
   * A key that every answer has unless it is an error. If its value is a list, the list is
   * streamed.
   */
  readonly expects: string;
  /** Set if the answer is a bare list, which is then streamed. */
  readonly isBareList?: true;
  /**
   * Which fields of an answer are read: `findReadFields` of its schema. Only these are stored and
   * passed to `read` and `pages`. The same facts can therefore be read again from the stored body.
   */
  readonly fields: JsonFields;
  /**
   * Converts one answer to facts. If the value under `expects` is a list, it is in `items`;
   * otherwise it is in `frame`.
   * @throws {Failure} if the answer has another format.
   */
  read(answer: JsonList, answered: AnswerContext): AnswerFacts;
  /**
   * Returns a failure with a message that fits the question. The default is the failure as it is.
   */
  explain?(failure: Failure): Failure;
  /**
   * Whether the API reports an empty result by this failure. If so, the answer has no facts and is
   * not a failure.
   */
  isEmpty?(failure: Failure): boolean;
  /**
   * Set if several consecutive questions together cover every charge of a window, such as one
   * question per invoice. Each answer claims the same `completeFor`. The claim counts once the last
   * question has been read to its end and none of them failed.
   */
  readonly series?: { readonly name: string; readonly isLast: boolean };
}

export interface QuestionSpan {
  readonly window: Period;
  /**
   * If an answer is too large, its window is split in halves, down to this length. Later windows of
   * the same question then start at the smaller size.
   */
  readonly bucketMs: number;
  /** The query parameters for a window. */
  query(window: Period): Query;
}

/** How a list is paged. */
export interface Paging {
  /** Parameters of the first page, for example `{ limit: '1000' }`. */
  readonly first: Query;
  /**
   * Parameters of the next page, read from the answer beside its list. `undefined` after the last
   * page.
   * @throws {Failure} `malformed` if there is a next page but the answer does not identify it.
   */
  next(frame: unknown, asked: Query): Query | undefined;
}

export interface AnswerContext {
  /** The redacted URL, for messages. */
  readonly where: string;
  /** The part of the span that this answer covers. Without a span, the window of the pull. */
  readonly window: Period;
  readonly askedAtMs: number;
}

/** The facts of one answer. `window` is set if the answer covers another window than requested. */
export type AnswerFacts = Omit<Fetched, 'fetch'> & { readonly window?: Period };

/** An answer that fits its schema. */
export type Answered = JsonList & AnswerContext;

/** A question whose answer follows one schema, which is checked before anything is read. */
export interface SchemaQuestion<Body> extends Omit<ApiQuestion, 'fields' | 'read' | 'pages'> {
  readonly answer: z.ZodType<Body>;
  /** @throws {Failure} if the answer cannot be used. */
  readonly read: (body: Body, answer: Answered) => AnswerFacts;
  /** Set if the answer may have more than one page. Its body names the next one, as in `Paging`. */
  readonly pages?: {
    readonly first: Query;
    readonly next: (body: Body, asked: Query) => Query | undefined;
  };
}

/** Stores and reads the fields of the schema. An answer that does not fit it is `malformed`. */
export function question<Body>(asked: SchemaQuestion<Body>): ApiQuestion {
  const { answer, read, pages, ...rest } = asked;
  const paging = pages && {
    first: pages.first,
    next: (frame: unknown, query: Query) =>
      pages.next(parseResponse(answer, frame, 'the next page'), query),
  };
  return {
    ...rest,
    fields: findReadFields(answer),
    read: (list, context) =>
      read(parseResponse(answer, list.frame, context.where), { ...list, ...context }),
    ...(paging && { pages: paging }),
  };
}

/** Pages by cursor: the member of a body that has it, and the parameter that takes it. */
export function byCursor<Member extends string>(
  member: Member,
  parameter: string,
  first: Query = {},
) {
  return {
    first,
    next(body: { readonly [Name in Member]?: string | null | undefined }): Query | undefined {
      const cursor: string | null | undefined = body[member];
      return cursor ? { ...first, [parameter]: cursor } : undefined;
    },
  };
}

/** The same question for the next page of a list whose pages are numbered. */
export function nextPage(asked: Query): Query {
  return { ...asked, page: String(Number(asked['page']) + 1) };
}

/** An `explain` that gives failures with these codes a hint that fits the API. */
export function hintsFor(hints: Readonly<Partial<Record<FailureCode, string>>>) {
  return (failure: Failure): Failure => {
    const hint = hints[failure.code];
    return hint === undefined ? failure : withHint(failure, hint);
  };
}

/** A question that cannot be sent, and why. */
export interface FailedQuestion {
  readonly kind: string;
  readonly failure: Failure;
}

/**
 * Widens a window to whole UTC buckets and splits it into windows of at most `longestMs`. With
 * hourly buckets, 10:20 to 11:10 becomes one window from 10:00 to 12:00.
 */
export function splitWindow(
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
