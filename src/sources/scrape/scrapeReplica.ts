/** Scrapes one replica once: the request, and the samples that are used and stored. */

import { Failure } from '../../domain/failure.ts';
import { HOUR_MS, instantText } from '../../domain/period.ts';
import type { Fetch, Fetched, Reject } from '../../domain/provenance.ts';
import { plainPieces } from '../../platform/body.ts';
import type { HttpResponse } from '../../platform/http.ts';
import { recordExcerpt } from '../../platform/responseSchemas.ts';
import { isWholeCounter, type EngineMetrics } from '../engines/engine.ts';
import { toLabelKey } from '../engines/samples.ts';
import { errorBody, failedFetch, findErrorInBody, unreadableFetch } from '../fetchRecord.ts';
import type { SourceContext } from '../source.ts';
import type { ReplicaScrape } from './history.ts';
import { SAMPLES_KIND, type ScrapeOptions } from './options.ts';
import type { ScrapeTarget } from './discovery.ts';
import { type TextSample, parseMetrics } from './text.ts';

/** The most bytes of an answer. A replica with all its histograms sends 200 kB. */
const MAX_BYTES = 64 * 1024 * 1024;

const ACCEPT =
  'text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1';

/** The largest difference between a sample's own time and the scrape. */
const MAX_TIME_DIFFERENCE_MS = HOUR_MS;

/** How many rejects of one answer are stored. A fault usually repeats in every line. */
const REJECT_LIMIT = 20;

export type ScrapeResult =
  | { readonly fetched: Fetched; readonly scrape: ReplicaScrape; readonly failure?: never }
  | { readonly fetched: Fetched; readonly scrape?: never; readonly failure: Failure };

/** What is read from each replica, and the credentials for it. */
export interface ScrapeSelection {
  readonly engines: readonly EngineMetrics[];
  readonly names: ReadonlySet<string>;
  readonly credentials: ReturnType<typeof toCredentials>;
}

/**
 * Scrapes a replica without retries. A late scrape would be of another time, and the next one is
 * soon.
 */
export async function scrapeReplica(
  { id, options, tools }: SourceContext<ScrapeOptions>,
  { url }: ScrapeTarget,
  wanted: ScrapeSelection,
): Promise<ScrapeResult> {
  const common = { sourceId: id, kind: SAMPLES_KIND };
  const result = await tools.http.get({
    url: new URL(url),
    ...wanted.credentials,
    timeoutMs: options.timeoutSeconds * 1000,
    maxBytes: MAX_BYTES,
    retries: 0,
  });
  if (!result.ok) return { fetched: failedFetch(common, result), failure: result.failure };
  try {
    return readAnswer(common, result.answer, wanted);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return toUnreadable(common, result.answer, error);
  }
}

/**
 * An answer without metrics. The failure is the server's own error message, if the body has one.
 */
function toUnreadable(
  common: Pick<Fetch, 'sourceId' | 'kind'>,
  { url, status, digest, body, startedAtMs, endedAtMs }: HttpResponse,
  failure: Failure,
): ScrapeResult {
  const fetch = { ...common, url, status, digest, startedAtMs, endedAtMs };
  const [serverError, problem] = [findErrorInBody(body, url), errorBody(body, url)];
  if (serverError === undefined || problem === undefined) {
    return { fetched: unreadableFetch(fetch, failure), failure };
  }
  return {
    fetched: unreadableFetch({ ...fetch, body: problem }, serverError),
    failure: serverError,
  };
}

function readAnswer(
  common: Pick<Fetch, 'sourceId' | 'kind'>,
  { url, status, digest, body, headers, startedAtMs, endedAtMs }: HttpResponse,
  { names, engines }: ScrapeSelection,
): ScrapeResult {
  const contentType = headers.get('content-type') ?? '';
  if (body.byteLength === 0) {
    throw new Failure('malformed', `${url} returned an empty response`, {
      where: url,
      hint: "check that the address is that of the engine's own /metrics",
    });
  }
  const isCompressed = (headers.get('content-encoding') ?? 'identity') !== 'identity';
  const format = { where: url, names, contentType, isCompressed };
  const allSamples = [...parseMetrics(plainPieces(body), format)];
  const conflicting = findConflicting(allSamples);
  const faults = allSamples.map((sample) =>
    conflicting.has(sample)
      ? `${sample.name} appears twice with different values; the first one is used`
      : findFault(sample, engines, startedAtMs),
  );
  const samples = allSamples.filter((_, position) => faults[position] === undefined);
  const rejects = faults.flatMap((reason, position): Reject[] =>
    reason === undefined
      ? []
      : [{ position, reason, excerpt: recordExcerpt(allSamples[position]) }],
  );
  const fetch = { ...common, url, status, digest, startedAtMs, endedAtMs };
  return {
    fetched: {
      fetch,
      ...(rejects.length === 0 ? {} : { rejects: rejects.slice(0, REJECT_LIMIT) }),
    },
    scrape: { url, atMs: startedAtMs, samples },
  };
}

/**
 * Samples whose series has another value in an earlier line, as if several processes were on one
 * page.
 */
function findConflicting(samples: readonly TextSample[]): ReadonlySet<TextSample> {
  const values = new Map<string, number>();
  const conflicting = new Set<TextSample>();
  for (const sample of samples) {
    const { name, labels, value, atMs } = sample;
    const key = `${name} ${atMs ?? ''} ${toLabelKey(labels)}`;
    const first = values.get(key);
    if (first === undefined) values.set(key, value);
    else if (!Object.is(first, value)) conflicting.add(sample);
  }
  return conflicting;
}

/** Why a sample is left out; `undefined` if it is used. */
function findFault(
  { name, value, atMs }: TextSample,
  engines: readonly EngineMetrics[],
  scrapedMs: number,
): string | undefined {
  const isCounterValue = Number.isSafeInteger(value) && value >= 0;
  if (!isCounterValue && engines.some((engine) => isWholeCounter(engine, name))) {
    return `${name} is ${value}, expected a counter value; the sample was ignored`;
  }
  if (!Number.isFinite(value) || value < 0) return `${name} is ${value}; the sample was ignored`;
  if (atMs === undefined || Math.abs(atMs - scrapedMs) <= MAX_TIME_DIFFERENCE_MS) return undefined;
  return `${name} is from a time other than ${instantText(scrapedMs)}; the sample was ignored`;
}

/**
 * The headers and secrets of a scrape.
 * @throws {Failure} `config` if a secret is missing.
 */
export function toCredentials({ bearerToken, basicAuth }: ScrapeOptions) {
  const headers = { accept: ACCEPT };
  if (bearerToken !== undefined) {
    const token = bearerToken.reveal();
    return { headers: { ...headers, authorization: `Bearer ${token}` }, secrets: [token] };
  }
  if (basicAuth === undefined) return { headers, secrets: [] };
  const password = basicAuth.password.reveal();
  const pair = Buffer.from(`${basicAuth.username}:${password}`).toString('base64');
  return { headers: { ...headers, authorization: `Basic ${pair}` }, secrets: [password, pair] };
}

/** The number of replicas that are scraped at the same time. */
const MAX_CONCURRENT = 16;

/** Runs `ask` for all targets, several at a time. Results are in the order of the targets. */
export async function runConcurrently<T>(
  targets: readonly ScrapeTarget[],
  ask: (target: ScrapeTarget) => Promise<T>,
): Promise<T[]> {
  const results: T[] = [];
  for (let from = 0; from < targets.length; from += MAX_CONCURRENT) {
    results.push(...(await Promise.all(targets.slice(from, from + MAX_CONCURRENT).map(ask))));
  }
  return results;
}
