/** Asks a JSON API as its source declares it: keys, pages, windows and failures. */

import { doubtText } from './doubtText.ts';
import { Failure } from '../domain/failure.ts';
import { durationMs, instantText, type Period } from '../domain/period.ts';
import type { Fetch, Fetched } from '../domain/provenance.ts';
import { type Query, urlAt } from '../platform/baseUrl.ts';
import type { HttpResult } from '../platform/http.ts';
import { parseLossless } from '../platform/json.ts';
import { type ListBody, openList } from '../platform/jsonList.ts';
import type { Answered, Api, ApiOptions, Question, Span, Unaskable } from './api.ts';
import {
  emptyFetch,
  failedFetch,
  openedFetch,
  orFailure,
  unreadableFetch,
  unsentFetch,
} from './fetchRecord.ts';
import type { PullRequest, Puller, Setting } from './source.ts';
import { Whole } from './whole.ts';

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
  const asking: Asking = { ...setting, secrets, api, longestMs: new Map(), series: new Map() };
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
  /** By name: what several questions tell together. */
  readonly series: Map<string, Whole>;
}

async function* answersTo(asking: Asking, question: Question | Unaskable): AsyncGenerator<Fetched> {
  if ('failure' in question) yield unasked(asking, question, question.failure);
  else if (question.span === undefined) yield* pagesOf(asking, question, { isEnd: true });
  else yield* stretchesOf(asking, question, question.span);
}

/** What the answers to a question, or to one stretch of it, are parts of. */
function wholeOf({ series }: Asking, question: Question, window: Period | undefined): Whole {
  const stretch = window === undefined ? '' : ` ${instantText(window.startMs)}`;
  if (question.series === undefined) return new Whole(`${question.kind}${stretch}`);
  const { name } = question.series;
  const whole = series.get(name) ?? new Whole(name);
  series.set(name, whole);
  return whole;
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
    const isEnd = stretch.endMs === window.endMs;
    const wish = { window: stretch, isHalvable: halfMs > 0, isEnd };
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
  /** Nothing of the question comes after this window. */
  readonly isEnd: boolean;
}

/** The pages of one window; true where one was too large. */
async function* pagesOf(
  asking: Asking,
  question: Question,
  { window, isHalvable = false, isEnd }: Wish,
): AsyncGenerator<Fetched, boolean> {
  const whole = wholeOf(asking, question, window);
  const seen = new Set<string>();
  let query: Query | undefined = question.pages?.first ?? {};
  while (query !== undefined) {
    seen.add(JSON.stringify(query));
    const page: Page = await askPage(asking, question, { query, window });
    if (page.failure?.code === 'too-large' && isHalvable) return true;
    const { failure } = page;
    const rest = failure === undefined ? nextPage(question, { page, seen }) : failure;
    if (rest instanceof Failure) whole.fail();
    const { series } = question;
    const isLast = rest === undefined && (series === undefined || (isEnd && series.isLast));
    yield partOf(whole, page.fetched, isLast);
    if (failure !== undefined) return false;
    if (rest instanceof Failure) {
      yield unasked(asking, question, rest);
      return false;
    }
    query = rest;
  }
  return false;
}

/** A page says nothing of what is on the others: all of them together do. */
function partOf(whole: Whole, fetched: Fetched, isLast: boolean): Fetched {
  const { completeFor, ...facts } = fetched;
  return { ...facts, ...whole.part({ completeFor, isLast }) };
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
    `the list of ${kind} does not end: ${where} returns ` +
    (seen.size < MOST_PAGES ? 'a page that was already read' : `more than ${MOST_PAGES} pages`);
  return new Failure('malformed', message, { where, hint: INCOMPLETE });
}

const INCOMPLETE = 'the pages read so far are stored; the others are missing';

interface PageWish {
  readonly query: Query;
  readonly window: Period | undefined;
}

async function askPage(asking: Asking, question: Question, wish: PageWish): Promise<Page> {
  const { id, tools } = asking;
  const { window } = wish;
  const asked = { sourceId: id, kind: question.kind, ...(window === undefined ? {} : { window }) };
  const askedAtMs = tools.clock.nowMs();
  const explained = (failure: Failure) => question.explain?.(failure) ?? failure;
  const result = await send(asking, question, wish);
  if (!result.ok) {
    if (question.isEmpty?.(result.failure) === true) {
      return { fetched: emptyFetch(asked, result), where: result.url };
    }
    const failure = explained(result.failure);
    return { fetched: failedFetch(asked, { ...result, failure }), failure, where: result.url };
  }
  const { url: where } = result.answer;
  const opened = openedFetch(asked, result.answer, {
    fields: question.fields,
    key: question.expects,
    open: (kept) => openList(kept, { path: pathOf(question), where, parse: parseLossless }),
  });
  const { fetch } = opened;
  if ('failure' in opened) {
    if (question.isEmpty?.(opened.failure) === true) return { fetched: { fetch }, where };
    const failure = explained(opened.failure);
    return { fetched: unreadableFetch(fetch, failure), failure, where };
  }
  const about = { where, askedAtMs, ...(window === undefined ? {} : { window }) };
  return { ...readPage(question, { list: opened.opened, fetch, about, wish }), where };
}

/** A list that is the whole answer has no name. */
function pathOf({ expects, isBareList }: Question): string[] {
  return isBareList === true ? [] : [expects];
}

function send(asking: Asking, question: Question, wish: PageWish): Promise<HttpResult> {
  const { api, options, secrets, tools } = asking;
  const { timeoutSeconds } = options;
  const { window } = wish;
  const asked = { ...(window === undefined ? {} : question.span?.query(window)), ...wish.query };
  const json = question.json?.({ ...(window === undefined ? {} : { window }), asked });
  const query = json === undefined ? { ...question.query, ...asked } : question.query;
  const url = urlAt(options.baseUrl, question.path, query);
  return tools.http.get({
    url,
    headers: api.auth.headers(secrets, url),
    secrets,
    ...(json === undefined ? {} : { json: JSON.stringify(json) }),
    ...(api.minIntervalMs === undefined ? {} : { minIntervalMs: api.minIntervalMs }),
    ...(timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 }),
  });
}

/** Prices out of the ordinary are kept, and a person hears of them. */
function withDoubts(read: Omit<Fetched, 'fetch'>): Omit<Fetched, 'fetch'> {
  const doubts = (read.priceSnapshots ?? []).flatMap(({ fact }) => fact.prices.flatMap(doubtText));
  return doubts.length === 0 ? read : { ...read, warnings: [...(read.warnings ?? []), ...doubts] };
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
  const { window, ...told } = read;
  const facts = withDoubts(told);
  const resolved = window === undefined ? fetch : { ...fetch, window };
  return { fetched: { fetch: resolved, ...facts }, next };
}
