/** One scrape of one replica: what is asked, and what of the answer is taken and kept. */

import { Failure } from '../../domain/failure.ts';
import { HOUR_MS, instantText } from '../../domain/period.ts';
import type { Fetch, Fetched } from '../../domain/provenance.ts';
import type { Reject } from '../../domain/reject.ts';
import { plainPieces } from '../../platform/body.ts';
import type { HttpAnswer } from '../../platform/http.ts';
import { excerptOf } from '../../platform/wire.ts';
import { countsWhole, type Engine } from '../engines/engine.ts';
import { labelText } from '../engines/samples.ts';
import { errorInside, problemBody } from '../errorInside.ts';
import { failedFetch, unreadableFetch } from '../fetchRecord.ts';
import type { Setting } from '../source.ts';
import type { Scrape } from './history.ts';
import { SAMPLES, type ScrapeOptions } from './options.ts';
import type { ScrapeTarget } from './targets.ts';
import { type TextSample, textSamples } from './text.ts';

/** A replica with all its histograms tells 200 kB. */
const MAX_BYTES = 64 * 1024 * 1024;

const ACCEPT =
  'text/plain;version=0.0.4,application/openmetrics-text;version=1.0.0;q=0.5,*/*;q=0.1';

/** So far from the moment of the scrape the time that a sample tells of itself may lie. */
const FARTHEST_MS = HOUR_MS;

/** Rejects that are kept of one answer: what is wrong is wrong in every line. */
const REJECT_LIMIT = 20;

export type Scraped =
  | { readonly fetched: Fetched; readonly scrape: Scrape; readonly failure?: never }
  | { readonly fetched: Fetched; readonly scrape?: never; readonly failure: Failure };

/** What is read of each replica, and what it lets us in by. */
export interface Wanted {
  readonly engines: readonly Engine[];
  readonly names: ReadonlySet<string>;
  readonly credentials: ReturnType<typeof credentialsOf>;
}

/**
 * Asks once: a scrape that is late would tell of another time, and the next one is a minute away.
 */
export async function scrapeOf(
  { id, options, tools }: Setting<ScrapeOptions>,
  { url }: ScrapeTarget,
  wanted: Wanted,
): Promise<Scraped> {
  const asked = { sourceId: id, kind: SAMPLES };
  const result = await tools.http.get({
    url: new URL(url),
    ...wanted.credentials,
    timeoutMs: options.timeoutSeconds * 1000,
    maxBytes: MAX_BYTES,
    retries: 0,
  });
  if (!result.ok) return { fetched: failedFetch(asked, result), failure: result.failure };
  try {
    return taken(asked, result.answer, wanted);
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    return unread(asked, result.answer, error);
  }
}

/** An answer that tells no metrics: its own words, where it is an error dressed as success. */
function unread(
  asked: Pick<Fetch, 'sourceId' | 'kind'>,
  { url, status, digest, body, startedAtMs, endedAtMs }: HttpAnswer,
  failure: Failure,
): Scraped {
  const fetch = { ...asked, url, status, digest, startedAtMs, endedAtMs };
  const [inside, problem] = [errorInside(body, url), problemBody(body, url)];
  if (inside === undefined || problem === undefined) {
    return { fetched: unreadableFetch(fetch, failure), failure };
  }
  return { fetched: unreadableFetch({ ...fetch, body: problem }, inside), failure: inside };
}

function taken(
  asked: Pick<Fetch, 'sourceId' | 'kind'>,
  { url, status, digest, body, headers, startedAtMs, endedAtMs }: HttpAnswer,
  { names, engines }: Wanted,
): Scraped {
  const contentType = headers.get('content-type') ?? '';
  if (body.byteLength === 0) {
    throw new Failure('malformed', `${url} returned an empty response`, {
      where: url,
      hint: "check that the address is that of the engine's own /metrics",
    });
  }
  const all = [...textSamples(plainPieces(body), { where: url, names, contentType })];
  const twice = toldTwice(all);
  const faults = all.map((sample) =>
    twice.has(sample)
      ? `${sample.name} appears twice with different values; the first one is used`
      : faultOf(sample, engines, startedAtMs),
  );
  const samples = all.filter((_, position) => faults[position] === undefined);
  const rejects = faults.flatMap((reason, position): Reject[] =>
    reason === undefined ? [] : [{ position, reason, excerpt: excerptOf(all[position]) }],
  );
  const fetch = { ...asked, url, status, digest, startedAtMs, endedAtMs };
  return {
    fetched: {
      fetch,
      ...(rejects.length === 0 ? {} : { rejects: rejects.slice(0, REJECT_LIMIT) }),
    },
    scrape: { url, atMs: startedAtMs, samples },
  };
}

/** Samples of a series that an earlier line tells otherwise: pages of several processes in one. */
function toldTwice(all: readonly TextSample[]): ReadonlySet<TextSample> {
  const values = new Map<string, number>();
  const others = new Set<TextSample>();
  for (const sample of all) {
    const { name, labels, value, atMs } = sample;
    const key = `${name} ${atMs ?? ''} ${labelText(labels)}`;
    const first = values.get(key);
    if (first === undefined) values.set(key, value);
    else if (!Object.is(first, value)) others.add(sample);
  }
  return others;
}

/** Why a sample is left out. */
function faultOf(
  { name, value, atMs }: TextSample,
  engines: readonly Engine[],
  scrapedMs: number,
): string | undefined {
  const isWhole = Number.isSafeInteger(value) && value >= 0;
  if (!isWhole && engines.some((engine) => countsWhole(engine, name))) {
    return `${name} is ${value}, expected a counter value; the sample was ignored`;
  }
  if (!Number.isFinite(value)) return `${name} is ${value}; the sample was ignored`;
  if (atMs === undefined || Math.abs(atMs - scrapedMs) <= FARTHEST_MS) return undefined;
  return `${name} is from a time other than ${instantText(scrapedMs)}; the sample was ignored`;
}

/** @throws {Failure} `config` where a secret is missing. */
export function credentialsOf({ bearerToken, basicAuth }: ScrapeOptions) {
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

/** Replicas that are asked at the same time. */
const AT_ONCE = 16;

/** In order, some at the same time. */
export async function inTurns<T>(
  targets: readonly ScrapeTarget[],
  ask: (target: ScrapeTarget) => Promise<T>,
): Promise<T[]> {
  const all: T[] = [];
  for (let from = 0; from < targets.length; from += AT_ONCE) {
    all.push(...(await Promise.all(targets.slice(from, from + AT_ONCE).map(ask))));
  }
  return all;
}
