/** Pulls from a JSON API as its source declares it: keys, pages, windows and failures. */

import { doubtText } from './tokenPrices.ts';
import { Failure } from '../domain/failure.ts';
import { durationMs, instantText, type Period } from '../domain/period.ts';
import type { Fetch, Fetched } from '../domain/provenance.ts';
import { type Query, urlAt } from '../platform/baseUrl.ts';
import type { HttpResult } from '../platform/http.ts';
import { parseLossless } from '../platform/json.ts';
import { type JsonList, openJsonList } from '../platform/jsonList.ts';
import type {
  AnswerContext,
  Api,
  ApiOptions,
  ApiQuestion,
  QuestionSpan,
  FailedQuestion,
} from './api.ts';
import {
  emptyFetch,
  failedFetch,
  openedFetch,
  catchFailure,
  unreadableFetch,
  unsentFetch,
} from './fetchRecord.ts';
import type { PullRequest, Puller, SourceContext } from './source.ts';
import { CompletenessTracker } from './completeness.ts';

/**
 * The `pull` function of this API. It yields one value per answer, in the order of the questions.
 */
export function createPull<Options extends ApiOptions>(api: Api<Options>): Puller<Options>['pull'] {
  return (setting, request) => pull(api, setting, request);
}

async function* pull<Options extends ApiOptions>(
  api: Api<Options>,
  setting: SourceContext<Options>,
  request: PullRequest,
): AsyncGenerator<Fetched> {
  const { id, options, tools } = setting;
  const nowMs = tools.clock.nowMs();
  const secrets = catchFailure(() => api.auth.secrets(options));
  if (secrets instanceof Failure) {
    const unsent = { url: options.baseUrl, nowMs };
    yield unsentFetch({ sourceId: id, kind: api.kind }, unsent, secrets);
    return;
  }
  const about = { secrets, api, requested: request.window };
  const run: PullRun = { ...setting, ...about, longestMs: new Map(), series: new Map() };
  for (const question of api.questions({ ...setting, request, nowMs })) {
    for await (const fetched of pullQuestion(run, question)) {
      yield fetched;
      // If one request is refused for its key, all are. Further requests would look like an attack.
      if (fetched.fetch.failure?.code === 'auth') return;
    }
  }
}

interface PullRun extends SourceContext<ApiOptions> {
  readonly api: { readonly auth: Pick<Api['auth'], 'headers'>; readonly minIntervalMs?: number };
  readonly secrets: readonly string[];
  readonly requested: Period;
  /** By kind of question: the largest window, once a larger one was too large. */
  readonly longestMs: Map<string, number>;
  /** By name: series of questions that are complete only together. */
  readonly series: Map<string, CompletenessTracker>;
}

async function* pullQuestion(
  run: PullRun,
  question: ApiQuestion | FailedQuestion,
): AsyncGenerator<Fetched> {
  if ('failure' in question) yield unsentQuestion(run, question, question.failure);
  else if (question.span === undefined) yield* pullPages(run, question, { isEnd: true });
  else yield* pullSpan(run, question, question.span);
}

/** The whole that the answers to a question, or to one window of it, belong to. */
function findWhole(
  { series }: PullRun,
  question: ApiQuestion,
  window: Period | undefined,
): CompletenessTracker {
  const suffix = window === undefined ? '' : ` ${instantText(window.startMs)}`;
  if (question.series === undefined) return new CompletenessTracker(`${question.kind}${suffix}`);
  const { name } = question.series;
  const whole = series.get(name) ?? new CompletenessTracker(name);
  series.set(name, whole);
  return whole;
}

function unsentQuestion(
  { id, options, tools }: PullRun,
  { kind }: { kind: string },
  failure: Failure,
) {
  const unsent = { url: options.baseUrl, nowMs: tools.clock.nowMs() };
  return unsentFetch({ sourceId: id, kind }, unsent, failure);
}

/**
 * Pulls a span window by window. A window whose answer is too large is halved, and so are later
 * ones.
 */
async function* pullSpan(
  run: PullRun,
  question: ApiQuestion,
  { window, bucketMs }: QuestionSpan,
): AsyncGenerator<Fetched> {
  const { longestMs } = run;
  for (let { startMs } = window; startMs < window.endMs; ) {
    const lengthMs = longestMs.get(question.kind) ?? durationMs(window);
    const part = { startMs, endMs: Math.min(startMs + lengthMs, window.endMs) };
    const halfMs = halfLengthMs(part, bucketMs);
    const isEnd = part.endMs === window.endMs;
    const pageOptions = { window: part, isHalvable: halfMs > 0, isEnd };
    const isTooLarge = yield* pullPages(run, question, pageOptions);
    if (isTooLarge) longestMs.set(question.kind, halfMs);
    else startMs = part.endMs;
  }
}

/** Half the length of a window in whole buckets: 15 days for 31 days, 0 for a single bucket. */
function halfLengthMs(window: Period, bucketMs: number): number {
  const buckets = Math.ceil(durationMs(window) / bucketMs);
  return Math.floor(buckets / 2) * bucketMs;
}

interface PageOptions {
  readonly window?: Period;
  /** Whether the window can be halved. An answer that is too large is then not a failure. */
  readonly isHalvable?: boolean;
  /** Whether this is the last window of the question. */
  readonly isEnd: boolean;
}

/** Pulls the pages of one window. Returns true if an answer was too large. */
async function* pullPages(
  run: PullRun,
  question: ApiQuestion,
  { window, isHalvable = false, isEnd }: PageOptions,
): AsyncGenerator<Fetched, boolean> {
  const whole = findWhole(run, question, window);
  const seen = new Set<string>();
  let query: Query | undefined = question.pages?.first ?? {};
  while (query !== undefined) {
    seen.add(JSON.stringify(query));
    const page: Page = await pullPage(run, question, { query, window });
    if (page.failure?.code === 'too-large' && isHalvable) return true;
    const { failure } = page;
    const rest = failure === undefined ? findNextPage(question, { page, seen }) : failure;
    if (rest instanceof Failure) whole.fail();
    const { series } = question;
    const isLast = rest === undefined && (series === undefined || (isEnd && series.isLast));
    yield asPart(whole, page.fetched, isLast);
    if (failure !== undefined) return false;
    if (rest instanceof Failure) {
      yield unsentQuestion(run, question, rest);
      return false;
    }
    query = rest;
  }
  return false;
}

/** One page claims nothing about the other pages; only the whole list is complete. */
function asPart(whole: CompletenessTracker, fetched: Fetched, isLast: boolean): Fetched {
  const { completeFor, ...facts } = fetched;
  return { ...facts, ...whole.part({ completeFor, isLast }) };
}

interface Page {
  readonly fetched: Fetched;
  readonly failure?: Failure;
  /** The redacted URL. `next` holds the parameters of the next page, for a page that was read. */
  readonly where: string;
  readonly next?: Query | Failure | undefined;
}

/** Stops a list whose cursor never repeats and never ends. */
const MAX_PAGES = 10_000;

function findNextPage(
  { kind }: ApiQuestion,
  { page: { next, where }, seen }: { page: Page; seen: ReadonlySet<string> },
): Query | Failure | undefined {
  if (next === undefined || next instanceof Failure) return next;
  if (!seen.has(JSON.stringify(next)) && seen.size < MAX_PAGES) return next;
  const message =
    `the list of ${kind} does not end: ${where} returns ` +
    (seen.size < MAX_PAGES ? 'a page that was already read' : `more than ${MAX_PAGES} pages`);
  return new Failure('malformed', message, { where, hint: INCOMPLETE });
}

const INCOMPLETE = 'the pages read so far are stored; the others are missing';

interface PageRequest {
  readonly query: Query;
  readonly window: Period | undefined;
}

async function pullPage(run: PullRun, question: ApiQuestion, page: PageRequest): Promise<Page> {
  const { id, tools } = run;
  const { window } = page;
  const asked = { sourceId: id, kind: question.kind, ...(window === undefined ? {} : { window }) };
  const askedAtMs = tools.clock.nowMs();
  const explain = (failure: Failure) => question.explain?.(failure) ?? failure;
  const result = await send(run, question, page);
  if (!result.ok) {
    if (question.isEmpty?.(result.failure) === true) {
      return { fetched: emptyFetch(asked, result), where: result.url };
    }
    const failure = explain(result.failure);
    return { fetched: failedFetch(asked, { ...result, failure }), failure, where: result.url };
  }
  const { url: where } = result.answer;
  const opened = openedFetch(asked, result.answer, {
    fields: question.fields,
    key: question.expects,
    open: (kept) => openJsonList(kept, { path: pathOf(question), where, parse: parseLossless }),
  });
  const { fetch } = opened;
  if ('failure' in opened) {
    if (question.isEmpty?.(opened.failure) === true) return { fetched: { fetch }, where };
    const failure = explain(opened.failure);
    return { fetched: unreadableFetch(fetch, failure), failure, where };
  }
  const about = { where, askedAtMs, window: window ?? run.requested };
  return { ...readPage(question, { list: opened.opened, fetch, about, page }), where };
}

/** The path to the list in the answer. A bare list has an empty path. */
function pathOf({ expects, isBareList }: ApiQuestion): string[] {
  return isBareList === true ? [] : [expects];
}

function send(run: PullRun, question: ApiQuestion, page: PageRequest): Promise<HttpResult> {
  const { api, options, secrets, tools } = run;
  const { timeoutSeconds } = options;
  const { window } = page;
  const parameters = {
    ...(window === undefined ? {} : question.span?.query(window)),
    ...page.query,
  };
  const json = question.json?.({ ...(window === undefined ? {} : { window }), asked: parameters });
  const query = json === undefined ? { ...question.query, ...parameters } : question.query;
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

/** Adds a warning for each price that is out of the ordinary. Such prices are stored. */
function withDoubts(read: Omit<Fetched, 'fetch'>): Omit<Fetched, 'fetch'> {
  const doubts = (read.priceSnapshots ?? []).flatMap(({ fact }) => fact.prices.flatMap(doubtText));
  return doubts.length === 0 ? read : { ...read, warnings: [...(read.warnings ?? []), ...doubts] };
}

interface Answer {
  readonly list: JsonList;
  readonly fetch: Fetch;
  readonly about: AnswerContext;
  readonly page: PageRequest;
}

function readPage(
  question: ApiQuestion,
  { list, fetch, about, page }: Answer,
): Pick<Page, 'fetched' | 'failure' | 'next'> {
  const read = catchFailure(() => question.read(list, about));
  if (read instanceof Failure) {
    const failure = question.explain?.(read) ?? read;
    return { fetched: unreadableFetch(fetch, failure), failure };
  }
  const next = catchFailure(() => question.pages?.next(list.frame, page.query));
  const { window, ...rest } = read;
  const facts = withDoubts(rest);
  const resolved = window === undefined ? fetch : { ...fetch, window };
  return { fetched: { fetch: resolved, ...facts }, next };
}
