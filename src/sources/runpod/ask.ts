/** One question to RunPod, and what its answer brings. */

import { Failure } from '../../domain/failure.ts';
import type { Period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { urlAt } from '../../platform/baseUrl.ts';
import { parseLossless } from '../../platform/json.ts';
import { type ListBody, openList } from '../../platform/jsonList.ts';
import type { Fields } from '../../platform/jsonSieve.ts';
import { failedFetch, openedFetch, orFailure, unreadableFetch } from '../fetchRecord.ts';
import type { SourceTools } from '../source.ts';
import type { RunpodOptions } from './options.ts';
import { pageAnswer } from './wire.ts';

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
  /** What of the answer is read, and kept. */
  readonly fields: Fields;
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
  if (!result.ok) return failedFetch(asked, result);
  const { fields, list } = question;
  const opened = openedFetch(asked, result.answer, {
    fields,
    key: list,
    open: (kept, where) => openList(kept, { path: [list], where, parse: parseLossless }),
  });
  const { fetch } = opened;
  if ('failure' in opened) return unreadableFetch(fetch, opened.failure);
  const read = orFailure(() => readAnswer(opened.opened, question, fetch.url));
  if (read instanceof Failure) return unreadableFetch(fetch, read);
  const { window: resolved, ...facts } = read;
  return { fetch: resolved === undefined ? fetch : { ...fetch, window: resolved }, ...facts };
}

function readAnswer(list: ListBody, question: Question, where: string) {
  // What is on the other pages is unknown, and a first page must not pass for the whole.
  if (pageAnswer.safeParse(list.frame).data?.pagination?.hasNextPage === true) {
    throw new Failure('malformed', `${where} has more pages than this version reads`, {
      where,
      hint: 'nothing of it was stored as facts; upgrade rentcheck',
    });
  }
  return question.read(list, where);
}
