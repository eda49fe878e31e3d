/** Finds engines and models for `init`, before a config exists. */

import { Failure } from '../domain/failure.ts';
import { HOUR_MS, period } from '../domain/period.ts';
import type { DetectedEngine } from '../domain/engine.ts';
import type { ModelListing } from '../domain/equivalents.ts';
import type { Clock } from '../platform/clock.ts';
import { baseUrlSchema } from '../platform/baseUrl.ts';
import { createHttpClient } from '../platform/httpClient.ts';
import { sourceKinds } from './registry.ts';

export interface DiscoveryRequest {
  /** Address of a Prometheus-compatible server, or of a replica's metrics. */
  readonly metrics: string;
  /** Address of a router like OpenRouter. */
  readonly router?: string;
}

/** The engines and models found, and the config of the source that reads them. */
export interface Discovery {
  readonly source: Readonly<Record<string, string | readonly string[]>>;
  readonly engines: readonly DetectedEngine[];
  readonly listings: readonly ModelListing[];
}

/** Short, because a person is waiting. */
const TIMEOUT_MS = 10_000;

/**
 * Reads engines from a Prometheus-compatible server, otherwise from the `/metrics` page of a
 * replica. Reads models from a router, if one is named.
 * @throws {Failure} if neither responds, or if the response shows no engine.
 */
export async function discoverEngines(
  { metrics, router }: DiscoveryRequest,
  { clock }: { readonly clock: Clock },
): Promise<Discovery> {
  const http = createHttpClient({ clock, retries: 0, timeoutMs: TIMEOUT_MS });
  const tools = { http, clock };
  const address = parseAddress(metrics);
  const asServer = await enginesAtServer(address, tools);
  const url = metricsPage(address);
  const page = asServer.length > 0 ? [] : await enginesOnPage(url, tools);
  const isPage = page.length > 0;
  const engines = isPage ? page : asServer;
  if (engines.length === 0) throw noEngine(address);
  const listings = router === undefined ? [] : await modelsAtRouter(router, tools);
  if (!isPage) return { source: { kind: 'prometheus', url: address }, engines, listings };
  // A scrape source appends `/metrics` itself to an address without a path.
  const target = new URL(address).pathname === '/' ? address : url.href;
  return { source: { kind: 'scrape', targets: [target] }, engines, listings };
}

type Tools = Parameters<(typeof sourceKinds)[number]['create']>[2];

function parseAddress(text: string): string {
  const whole = /^https?:\/\//.test(text) ? text : `http://${text}`;
  const read = baseUrlSchema.safeParse(whole);
  if (read.success) return read.data;
  throw new Failure('usage', `invalid address for --metrics: "${text}"`, {
    expected: 'an address like http://prometheus:9090 or http://replica:8000/metrics',
    hint: 'include the port',
  });
}

/** Returns no engines if the address is not a Prometheus server: it may be a replica. */
async function enginesAtServer(url: string, tools: Tools): Promise<readonly DetectedEngine[]> {
  const nowMs = tools.clock.nowMs();
  try {
    const source = createSource('prometheus', { url }, tools);
    return (await source.seen?.(period(nowMs - HOUR_MS, nowMs))) ?? [];
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

function createSource(name: string, options: object, tools: Tools) {
  const kind = sourceKinds.find((one) => one.kind === name);
  if (kind === undefined) throw new Failure('config', `unknown kind of source ${name}`);
  return kind.create(name, kind.options.parse(options), tools);
}

function metricsPage(address: string): URL {
  const url = new URL(address);
  if (!url.pathname.endsWith('/metrics')) url.pathname += '/metrics';
  url.pathname = url.pathname.replace('//', '/');
  return url;
}

/** @throws {Failure} if the page cannot be read or is not a metrics page. */
async function enginesOnPage({ href }: URL, tools: Tools): Promise<readonly DetectedEngine[]> {
  const source = createSource('scrape', { targets: [href] }, tools);
  const nowMs = tools.clock.nowMs();
  try {
    return (await source.seen?.(period(nowMs - HOUR_MS, nowMs))) ?? [];
  } catch (error) {
    if (error instanceof Failure && error.code === 'malformed') throw noEngine(href, error);
    throw error;
  }
}

async function modelsAtRouter(baseUrl: string, tools: Tools) {
  const source = createSource('openrouter', { baseUrl }, tools);
  const listed = (await source.listings?.()) ?? [];
  return listed.map((one) => ({ ...one, sourceId: 'router' }));
}

function noEngine(where: string, cause?: Failure): Failure {
  const problem = `${where} answers, but shows no known engine`;
  const message = cause === undefined ? problem : `${problem} (${cause.message})`;
  return new Failure('no-data', message, {
    where,
    ...(cause === undefined ? {} : { cause }),
    hint: 'check that it scrapes the replicas; engines without counters need a gateway or files',
  });
}
