/** Asks a JSON API as its source declares it: keys, pages, windows and failures. */

import { Failure } from '../domain/failure.ts';
import { durationMs, type Period } from '../domain/period.ts';
import type { Fetch, Fetched } from '../domain/provenance.ts';
import { type Query, urlAt } from '../platform/baseUrl.ts';
import type { HttpResult } from '../platform/http.ts';
import { parseLossless } from '../platform/json.ts';
import { type ListBody, openList } from '../platform/jsonList.ts';
import type { Answered, Api, ApiOptions, Question, Span, Unaskable } from './api.ts';
import {
  failedFetch,
  openedFetch,
  orFailure,
  unreadableFetch,
  unsentFetch,
} from './fetchRecord.ts';
import type { PullRequest, Puller, Setting } from './source.ts';

/** What pulls by this API: one value for each answer, in the order of the questions. */
export function pullerOf<Options extends ApiOptions>(api: Api<Options>): Puller<Options>['pull'] {
  return (setting, request) => pull(api, setting, request);
}

async function* pull<Options extends ApiOptions>(
  api: Api<Options>,
  setting: Setting<Options>,
  request: PullRequest,
): AsyncGenerator<Fetched> {
  const { id, options, tools } = setting;
  const nowMs = tools.clock.nowMs();
  const secrets = orFailure(() => api.auth.secrets(options));
  if (secrets instanceof Failure) {
    const unsent = { url: options.baseUrl, nowMs };
    yield unsentFetch({ sourceId: id, kind: api.kind }, unsent, secrets);
    return;
  }
  const asking: Asking = { ...setting, secrets, api, longestMs: new Map() };
  for (const question of api.questions({ ...setting, request, nowMs })) {
    for await (const fetched of answersTo(asking, question)) {
      yield fetched;
      // A key that is refused once is refused for all: asking on would only look like an attack.
      if (fetched.fetch.failure?.code === 'auth') return;
    }
  }
}

interface Asking extends Setting<ApiOptions> {
  readonly api: { readonly auth: Pick<Api['auth'], 'headers'>; readonly minIntervalMs?: number };
  readonly secrets: readonly string[];
  /** By kind of question: what was too large once is not asked for again. */
  readonly longestMs: Map<string, number>;
}

async function* answersTo(asking: Asking, question: Question | Unaskable): AsyncGenerator<Fetched> {
  if ('failure' in question) yield unasked(asking, question, question.failure);
  else if (question.span === undefined) yield* pagesOf(asking, question, {});
  else yield* stretchesOf(asking, question, question.span);
}

function unasked({ id, options, tools }: Asking, { kind }: { kind: string }, failure: Failure) {
  const unsent = { url: options.baseUrl, nowMs: tools.clock.nowMs() };
  return unsentFetch({ sourceId: id, kind }, unsent, failure);
}

/** A stretch whose answer is too large is asked for in halves, and so is what comes after it. */
async function* stretchesOf(
  asking: Asking,
  question: Question,
  { window, bucketMs }: Span,
): AsyncGenerator<Fetched> {
  const { longestMs } = asking;
  for (let { startMs } = window; startMs < window.endMs; ) {
    const lengthMs = longestMs.get(question.kind) ?? durationMs(window);
    const stretch = { startMs, endMs: Math.min(startMs + lengthMs, window.endMs) };
    const halfMs = halfOf(stretch, bucketMs);
    const wish = { window: stretch, isHalvable: halfMs > 0 };
    const isTooLarge = yield* pagesOf(asking, question, wish);
    if (isTooLarge) longestMs.set(question.kind, halfMs);
    else startMs = stretch.endMs;
  }
}

/** Half a window, in whole buckets: 31 days are 15. 0 for a single bucket. */
function halfOf(window: Period, bucketMs: number): number {
  const buckets = Math.ceil(durationMs(window) / bucketMs);
  return Math.floor(buckets / 2) * bucketMs;
}

interface Wish {
  readonly window?: Period;
  /** An answer that is too large is then no failure. */
  readonly isHalvable?: boolean;
}

/** The pages of one window; true where one was too large. */
async function* pagesOf(
  asking: Asking,
  question: Question,
  { window, isHalvable = false }: Wish,
): AsyncGenerator<Fetched, boolean> {
  const seen = new Set<string>();
  let query: Query | undefined = question.pages?.first ?? {};
  while (query !== undefined) {
    seen.add(JSON.stringify(query));
    const page: Page = await askPage(asking, question, { query, window, isFirst: seen.size === 1 });
    if (page.failure?.code === 'too-large' && isHalvable) return true;
    yield page.fetched;
    if (page.failure !== undefined) return false;
    const rest = nextPage(question, { page, seen });
    if (rest instanceof Failure) {
      yield unasked(asking, question, rest);
      return false;
    }
    query = rest;
  }
  return false;
}

interface Page {
  readonly fetched: Fetched;
  readonly failure?: Failure;
  /** Of a page that was read: where it is from, and what the next one is asked with. */
  readonly where: string;
  readonly next?: Query | Failure | undefined;
}

/** Bounds a list whose cursor never repeats and never ends. */
const MOST_PAGES = 10_000;

function nextPage(
  { kind }: Question,
  { page: { next, where }, seen }: { page: Page; seen: ReadonlySet<string> },
): Query | Failure | undefined {
  if (next === undefined || next instanceof Failure) return next;
  if (!seen.has(JSON.stringify(next)) && seen.size < MOST_PAGES) return next;
  const message =
    `the list of ${kind} does not end: ${where} leads to ` +
    (seen.size < MOST_PAGES ? 'a page that was already read' : `more than ${MOST_PAGES} pages`);
  return new Failure('malformed', message, { where, hint: INCOMPLETE });
}

const INCOMPLETE = 'what was read before is stored; what is on the pages left is missing';

interface PageWish {
  readonly query: Query;
  readonly window: Period | undefined;
  readonly isFirst: boolean;
}

async function askPage(asking: Asking, question: Question, wish: PageWish): Promise<Page> {
  const { id, tools } = asking;
  const { window } = wish;
  const asked = { sourceId: id, kind: question.kind, ...(window === undefined ? {} : { window }) };
  const askedAtMs = tools.clock.nowMs();
  const explained = (failure: Failure) => question.explain?.(failure) ?? failure;
  const result = await send(asking, question, wish);
  if (!result.ok) {
    const failure = explained(result.failure);
    return { fetched: failedFetch(asked, { ...result, failure }), failure, where: result.url };
  }
  const { url: where } = result.answer;
  const opened = openedFetch(asked, result.answer, {
    fields: question.fields,
    key: question.expects,
    open: (kept) => openList(kept, { path: [question.expects], where, parse: parseLossless }),
  });
  const { fetch } = opened;
  if ('failure' in opened) {
    const failure = explained(opened.failure);
    return { fetched: unreadableFetch(fetch, failure), failure, where };
  }
  const about = { where, askedAtMs, ...(window === undefined ? {} : { window }) };
  return { ...readPage(question, { list: opened.opened, fetch, about, wish }), where };
}

function send(asking: Asking, question: Question, wish: PageWish): Promise<HttpResult> {
  const { api, options, secrets, tools } = asking;
  const { timeoutSeconds } = options;
  const spanned = wish.window === undefined ? {} : question.span?.query(wish.window);
  const query = { ...question.query, ...spanned, ...wish.query };
  const url = urlAt(options.baseUrl, question.path, query);
  return tools.http.get({
    url,
    headers: api.auth.headers(secrets, url),
    secrets,
    ...(api.minIntervalMs === undefined ? {} : { minIntervalMs: api.minIntervalMs }),
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }),
  });
}

interface Answer {
  readonly list: ListBody;
  readonly fetch: Fetch;
  readonly about: Answered;
  readonly wish: PageWish;
}

function readPage(
  question: Question,
  { list, fetch, about, wish }: Answer,
): Pick<Page, 'fetched' | 'failure' | 'next'> {
  const read = orFailure(() => question.read(list, about));
  if (read instanceof Failure) {
    const failure = question.explain?.(read) ?? read;
    return { fetched: unreadableFetch(fetch, failure), failure };
  }
  const next = orFailure(() => question.pages?.next(list.frame, wish.query));
  const { window, completeFor, ...facts } = read;
  const resolved = window === undefined ? fetch : { ...fetch, window };
  // A page says nothing of what is on the others: it withdraws nothing.
  const isWhole = wish.isFirst && next === undefined;
  const whole = completeFor === undefined || !isWhole ? {} : { completeFor };
  return { fetched: { fetch: resolved, ...facts, ...whole }, next };
}
