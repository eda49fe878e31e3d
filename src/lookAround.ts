/** How `init` looks for engines and for models, before there is a config. */

import type { Looked, LookWish, Services } from './cli/command.ts';
import { Failure } from './domain/failure.ts';
import { HOUR_MS, period } from './domain/period.ts';
import type { SeenEngine } from './domain/seenEngine.ts';
import { baseUrlSchema } from './platform/baseUrl.ts';
import { createHttpClient } from './platform/httpClient.ts';
import { sourceKinds } from './sources/registry.ts';

/** A person waits. */
const TIMEOUT_MS = 10_000;

/**
 * Asks a Prometheus-compatible server, else the `/metrics` of a replica; and a router for its
 * models, where one is named.
 * @throws {Failure} where neither answers, or what answers tells of no engine.
 */
export async function lookAround(
  { metrics, router }: LookWish,
  { clock }: Pick<Services, 'clock'>,
): Promise<Looked> {
  const http = createHttpClient({ clock, retries: 0, timeoutMs: TIMEOUT_MS });
  const tools = { http, clock };
  const address = addressOf(metrics);
  const asServer = await seenAt(address, tools);
  const url = pageAt(address);
  const page = asServer.length > 0 ? [] : await seenOnPage(url, tools);
  const isPage = page.length > 0;
  const engines = isPage ? page : asServer;
  if (engines.length === 0) throw nothingSeen(address);
  const listings = router === undefined ? [] : await listedAt(router, tools);
  if (!isPage) return { source: { kind: 'prometheus', url: address }, engines, listings };
  // What a scrape adds itself to an address without a path need not stand there.
  const target = new URL(address).pathname === '/' ? address : url.href;
  return { source: { kind: 'scrape', targets: [target] }, engines, listings };
}

type Tools = Parameters<(typeof sourceKinds)[number]['create']>[2];

function addressOf(text: string): string {
  const whole = /^https?:\/\//.test(text) ? text : `http://${text}`;
  const read = baseUrlSchema.safeParse(whole);
  if (read.success) return read.data;
  throw new Failure('usage', `invalid address for --metrics: "${text}"`, {
    expected: 'an address like http://prometheus:9090 or http://replica:8000/metrics',
    hint: 'include the port',
  });
}

/** What does not answer like a server may be a replica. */
async function seenAt(url: string, tools: Tools): Promise<readonly SeenEngine[]> {
  const nowMs = tools.clock.nowMs();
  try {
    const source = kindNamed('prometheus', { url }, tools);
    return (await source.seen?.(period(nowMs - HOUR_MS, nowMs))) ?? [];
  } catch (error) {
    if (error instanceof Failure) return [];
    throw error;
  }
}

function kindNamed(name: string, options: object, tools: Tools) {
  const kind = sourceKinds.find((one) => one.kind === name);
  if (kind === undefined) throw new Failure('config', `unknown kind of source ${name}`);
  return kind.create(name, kind.options.parse(options), tools);
}

function pageAt(address: string): URL {
  const url = new URL(address);
  if (!url.pathname.endsWith('/metrics')) url.pathname += '/metrics';
  url.pathname = url.pathname.replace('//', '/');
  return url;
}

/** @throws {Failure} why the page was not answered, or is none of metrics. */
async function seenOnPage({ href }: URL, tools: Tools): Promise<readonly SeenEngine[]> {
  const source = kindNamed('scrape', { targets: [href] }, tools);
  const nowMs = tools.clock.nowMs();
  try {
    return (await source.seen?.(period(nowMs - HOUR_MS, nowMs))) ?? [];
  } catch (error) {
    if (error instanceof Failure && error.code === 'malformed') throw nothingSeen(href, error);
    throw error;
  }
}

async function listedAt(baseUrl: string, tools: Tools) {
  const source = kindNamed('openrouter', { baseUrl }, tools);
  const listed = (await source.listings?.()) ?? [];
  return listed.map((one) => ({ ...one, sourceId: 'router' }));
}

function nothingSeen(where: string, cause?: Failure): Failure {
  const said = `${where} answers, but shows no known engine`;
  const message = cause === undefined ? said : `${said} (${cause.message})`;
  return new Failure('no-data', message, {
    where,
    ...(cause === undefined ? {} : { cause }),
    hint: 'check that it scrapes the replicas; engines without counters need a gateway or files',
  });
}
