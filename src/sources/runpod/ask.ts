/** Knows how RunPod is asked one question; of an inventory only the harmless part is kept. */

import { Failure } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import type { Body, Fetched } from '../../domain/provenance.ts';
import { urlAt } from '../../platform/baseUrl.ts';
import { plainBytes } from '../../platform/body.ts';
import type { HttpAnswer } from '../../platform/http.ts';
import { parseLossless } from '../../platform/json.ts';
import { type ListBody, openList } from '../../platform/jsonList.ts';
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
  /** Makes facts of the answer; throws a {@link Failure} where it is something else. */
  read(answer: ListBody, where: string): Omit<Fetched, 'fetch'> & { readonly window?: Period };
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
  const opened = orFailure(() => openedOf(result.answer, question));
  // A private body that cannot be parsed cannot be stripped either: nothing of it is kept.
  if (opened instanceof Failure) {
    const fetch = question.isPrivate || body === undefined ? whole : { ...whole, body };
    return unreadableFetch(fetch, opened);
  }
  const fetch = { ...whole, body: opened.body };
  const read = orFailure(() => readAnswer(opened.list, question, fetch.url));
  if (read instanceof Failure) return unreadableFetch(fetch, read);
  const { window: resolved, ...facts } = read;
  return { fetch: resolved === undefined ? fetch : { ...fetch, window: resolved }, ...facts };
}

/** The answer as it is read, and what of its bytes may be kept. */
interface Opened {
  readonly list: ListBody;
  readonly body: Body;
}

function openedOf({ body, url }: HttpAnswer, { isPrivate, list }: Question): Opened {
  const origin = { where: url, quotable: !isPrivate };
  if (!isPrivate) {
    return { list: openList(body, { path: [list], origin, parse: parseLossless }), body };
  }
  const value = withoutPrivate(parseLossless(plainBytes(body), origin));
  return { list: listIn(value, list), body: written(value) };
}

/** An inventory is short, and is read as a whole to be stripped. */
function listIn(value: unknown, key: string): ListBody {
  const found: unknown = (value as Readonly<Record<string, unknown>> | null)?.[key];
  const items: readonly unknown[] = Array.isArray(found) ? found : [];
  return { frame: value, count: items.length, items: () => items };
}

function readAnswer(list: ListBody, question: Question, where: string) {
  refuseErrorInside(list.frame, question.list, where);
  const facts = question.read(list, where);
  if (!hasMorePages(list.frame)) return facts;
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
