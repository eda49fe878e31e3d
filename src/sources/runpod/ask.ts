/** Knows how RunPod is asked one question; of an inventory only the harmless part is kept. */

import { Failure } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { urlAt } from '../../platform/baseUrl.ts';
import type { HttpAnswer } from '../../platform/http.ts';
import { parseLossless } from '../../platform/json.ts';
import { refuseErrorInside } from '../errorInside.ts';
import { failedFetch, fetchOf, orFailure, unreadableFetch } from '../fetchRecord.ts';
import type { SourceTools } from '../source.ts';
import type { RunpodOptions } from './options.ts';
import { withoutPrivate } from './strip.ts';

export interface Account {
  readonly sourceId: string;
  /** The revealed key: in headers and in the list of secrets, nowhere else. */
  readonly key: string;
  readonly options: RunpodOptions;
  readonly tools: SourceTools;
}

export interface Question {
  readonly kind: string;
  readonly path: readonly string[];
  readonly query?: Readonly<Record<string, string>>;
  /** The time asked about; the answer may resolve it to another. */
  readonly window?: Period;
  /** The key under which an answer that is no error has its list. */
  readonly list: string;
  /** True for inventories, whose bodies hold environments and ways in. */
  readonly isPrivate: boolean;
  /** Makes facts of the parsed body; throws a {@link Failure} where it is something else. */
  read(value: unknown, where: string): Omit<Fetched, 'fetch'> & { readonly window?: Period };
}

/** Asks, and hands back what came, failures included. */
export async function ask(account: Account, question: Question): Promise<Fetched> {
  const { key, options, sourceId, tools } = account;
  const { kind, window } = question;
  const asked = { sourceId, kind, ...(window === undefined ? {} : { window }) };
  const { timeoutSeconds } = options;
  const result = await tools.http.get({
    url: urlAt(options.baseUrl, question.path, question.query),
    headers: { authorization: `Bearer ${key}` },
    secrets: [key],
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }),
  });
  if (!result.ok) return failedFetch(asked, result, !question.isPrivate);
  const { body, ...whole } = fetchOf(asked, result.answer);
  const value = orFailure(() => parsed(result.answer, question));
  // A private body that cannot be parsed cannot be stripped either: nothing of it is kept.
  if (value instanceof Failure) {
    const fetch = question.isPrivate || body === undefined ? whole : { ...whole, body };
    return unreadableFetch(fetch, value);
  }
  const fetch = { ...whole, body: question.isPrivate ? written(value) : result.answer.body };
  const read = orFailure(() => readAnswer(value, question, fetch.url));
  if (read instanceof Failure) return unreadableFetch(fetch, read);
  const { window: resolved, ...facts } = read;
  return { fetch: resolved === undefined ? fetch : { ...fetch, window: resolved }, ...facts };
}

function parsed(answer: HttpAnswer, question: Question): unknown {
  const value = parseLossless(answer.body, {
    where: answer.url,
    quotable: !question.isPrivate,
  });
  return question.isPrivate ? withoutPrivate(value) : value;
}

function readAnswer(value: unknown, question: Question, where: string) {
  refuseErrorInside(value, question.list, where);
  const facts = question.read(value, where);
  if (!hasMorePages(value)) return facts;
  const warning = `${where} has more pages than this version reads; what is on them is missing`;
  // A first page says nothing of what is on the others: it withdraws nothing.
  const { completeFor: _part, ...page } = facts;
  return { ...page, warnings: [...(facts.warnings ?? []), warning] };
}

/**
 * The documented lists come whole; should they ever be paged, a page must not pass for the whole.
 */
function hasMorePages(value: unknown): boolean {
  const page = (value as { pagination?: { hasNextPage?: unknown } | null }).pagination;
  return page?.hasNextPage === true;
}

function written(value: unknown): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(value));
}
