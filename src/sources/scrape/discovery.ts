/** Finds the replicas to scrape: listed URLs, DNS names, Kubernetes pods or RunPod pods. */

import { readFileSync } from 'node:fs';
import { Resolver } from 'node:dns/promises';
import { z } from 'zod';
import { Failure, type FailureCode } from '../../domain/failure.ts';
import { plainBytes } from '../../platform/body.ts';
import { urlAt } from '../../platform/baseUrl.ts';
import { parsePlain } from '../../platform/json.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import type { SourceContext } from '../source.ts';
import type { ScrapeOptions } from './options.ts';
import type { SeriesLabels } from '../engines/samples.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { providerId } from '../fieldTypes.ts';

type PodOptions = NonNullable<ScrapeOptions['kubernetes']>;

const pods = z.object({
  metadata: z.object({ continue: z.string().nullish() }).nullish(),
  items: z
    .array(
      z.object({
        metadata: z.object({ name: z.string(), namespace: z.string().nullish() }),
        spec: z
          .object({
            containers: z
              .array(
                z.object({
                  ports: z
                    .array(z.object({ name: z.string().nullish(), containerPort: z.number() }))
                    .nullish(),
                }),
              )
              .nullish(),
          })
          .nullish(),
        status: z.object({ phase: z.string().nullish(), podIP: z.string().nullish() }).nullish(),
      }),
    )
    .nullish(),
});

type Pod = NonNullable<z.output<typeof pods>['items']>[number];

/** The most pages of pods. No deployment has more. */
const MAX_PAGES = 100;
const PAGE = '250';

/**
 * Running pods with an address. A pod that is terminating still serves requests and counts.
 * @throws {Failure} if the list cannot be read completely.
 */
async function findKubernetesPods(
  podOptions: PodOptions,
  { tools, options }: SourceContext<ScrapeOptions>,
): Promise<FoundReplica[]> {
  const { apiServer, namespace, selector } = podOptions;
  const running: Pod[] = [];
  let continueToken = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
    const query = {
      labelSelector: selector,
      limit: PAGE,
      ...(continueToken === '' ? {} : { continue: continueToken }),
    };
    // A service account's token is renewed in its file, so it is read for each page.
    const token = readText(podOptions.tokenFile);
    const isHttps = apiServer.startsWith('https:');
    const result = await tools.http.get({
      url: urlAt(apiServer, ['api', 'v1', 'namespaces', namespace, 'pods'], query),
      headers: { authorization: `Bearer ${token}` },
      secrets: [token],
      timeoutMs: options.timeoutSeconds * 1000,
      ...(isHttps ? { ca: readText(podOptions.caFile) } : {}),
    });
    if (!result.ok) throw result.failure;
    const { url, body } = result.answer;
    const list = parseResponse(pods, parsePlain(plainBytes(body), url), url);
    running.push(...(list.items ?? []).filter(({ status }) => status?.phase === 'Running'));
    continueToken = list.metadata?.continue ?? '';
    if (continueToken === '') return toTargets(running, podOptions);
  }
  throw new Failure('malformed', `the list of pods at ${apiServer} does not end`, {
    where: apiServer,
  });
}

/**
 * Addresses of the pods.
 * @throws {Failure} `config` if no pod has the port, since its name is then wrong.
 */
function toTargets(running: readonly Pod[], { port, namespace }: PodOptions): FoundReplica[] {
  const targets = running.flatMap(({ metadata, spec, status }) => {
    const ip = status?.podIP ?? '';
    const ports = (spec?.containers ?? []).flatMap((container) => container.ports ?? []);
    const number =
      typeof port === 'number' ? port : ports.find(({ name }) => name === port)?.containerPort;
    if (ip === '' || number === undefined) return [];
    const labels = { namespace: metadata.namespace ?? namespace, pod: metadata.name };
    return [{ address: toHostAndPort(ip, number), labels }];
  });
  if (targets.length > 0 || running.every(({ status }) => !status?.podIP)) return targets;
  throw new Failure('config', `no container of these pods has a port named ${port}`, {
    where: 'kubernetes.port',
    hint: 'set kubernetes.port to the port number, or to a port name of the pods',
  });
}

/**
 * The trimmed content of a file.
 * @throws {Failure} `config` if it cannot be read.
 */
function readText(path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (cause) {
    throw new Failure('config', `cannot read ${path}`, {
      where: path,
      cause,
      hint: 'run in the cluster with a service account that may list pods, or set the file',
    });
  }
}

export interface FoundReplica {
  /** `10.0.0.1:8000`, or a whole URL. */
  readonly address: string;
  readonly labels?: SeriesLabels;
}

/** Joins an IP address and a port. An IPv6 address gets brackets. */
function toHostAndPort(ip: string, port: number): string {
  return `${ip.includes(':') ? `[${ip}]` : ip}:${port}`;
}

const TIMEOUT_MS = 5_000;

/** Failure codes of the resolver's errors. */
const CODES: ReadonlyMap<string, FailureCode> = new Map([
  ['ETIMEOUT', 'timeout'],
  ['ECANCELLED', 'timeout'],
  ['ENOTFOUND', 'not-found'],
  ['EBADNAME', 'config'],
]);

/**
 * Resolves the name at each pull, since a headless service changes with its pods. A name without
 * records of the type has no replicas.
 * @throws {Failure} if the name cannot be resolved.
 */
async function findDnsReplicas(
  request: NonNullable<ScrapeOptions['dns']>,
): Promise<FoundReplica[]> {
  const { name, type, port = 0, server } = request;
  const resolver = new Resolver({ timeout: TIMEOUT_MS, tries: 2 });
  if (server !== undefined) resolver.setServers([server]);
  try {
    if (type === 'SRV') {
      const records = await resolver.resolveSrv(name);
      return records.map((one) => ({ address: toHostAndPort(one.name, one.port) }));
    }
    const addresses = await (type === 'A' ? resolver.resolve4(name) : resolver.resolve6(name));
    return addresses.map((ip) => ({ address: toHostAndPort(ip, port) }));
  } catch (error) {
    const { code = '' } = error as NodeJS.ErrnoException;
    if (code === 'ENODATA') return [];
    throw new Failure(CODES.get(code) ?? 'unavailable', `DNS did not resolve ${name} (${code})`, {
      where: name,
      cause: error,
      hint: 'check the name and the name server of this machine, or set dns.server',
    });
  }
}

const pod = z.object({
  id: providerId.regex(/^[A-Za-z0-9-]+$/, { error: 'expected the id of a pod' }),
  name: z.string().nullish(),
  status: z.string().nullish(),
});

const answer = z.object({
  pods: z.array(pod),
  pagination: z
    .object({ hasNextPage: z.boolean().nullish(), nextCursor: z.string().nullish() })
    .nullish(),
});

const MAX_POD_PAGES = 100;

/**
 * Running pods, including those of clusters.
 * @throws {Failure} if the list cannot be read completely.
 */
async function findRunpodPods(
  { apiKey, baseUrl, pods, port, proxy }: NonNullable<ScrapeOptions['runpod']>,
  { tools, options }: SourceContext<ScrapeOptions>,
): Promise<FoundReplica[]> {
  const key = apiKey.reveal();
  const found: FoundReplica[] = [];
  let cursor = '';
  for (let page = 0; page < MAX_POD_PAGES; page += 1) {
    const query = { includeClusterPods: 'true', ...(cursor === '' ? {} : { cursor }) };
    const result = await tools.http.get({
      url: urlAt(baseUrl, ['v2', 'pods'], query),
      headers: { authorization: `Bearer ${key}` },
      secrets: [key],
      timeoutMs: options.timeoutSeconds * 1000,
    });
    if (!result.ok) throw result.failure;
    const { url, body } = result.answer;
    const list = parseResponse(answer, parsePlain(plainBytes(body), url), url);
    for (const { id, name, status } of list.pods) {
      if (status !== 'RUNNING' || !matchesGlob(pods, name ?? '')) continue;
      const address = proxy.replaceAll('{pod}', id).replaceAll('{port}', String(port));
      found.push({ address, labels: { pod: id, pod_name: name ?? '' } });
    }
    cursor = list.pagination?.hasNextPage === false ? '' : (list.pagination?.nextCursor ?? '');
    if (cursor === '') return found;
  }
  throw new Failure('malformed', `the list of pods at ${baseUrl} does not end`, { where: baseUrl });
}

export interface ScrapeTarget {
  /** The fragment after `#` is not sent. It keeps the labels with the answer. */
  readonly url: string;
  readonly labels: SeriesLabels;
}

/**
 * The replicas by address, without duplicates.
 * @throws {Failure} if they cannot be found.
 */
export async function findScrapeTargets(
  setting: SourceContext<ScrapeOptions>,
): Promise<ScrapeTarget[]> {
  const { options } = setting;
  const found = await discover(setting);
  const byUrl = new Map(
    found.map(({ address, labels = {} }) => {
      const target = toTarget(toUrl(address, options), labels);
      return [target.url, target];
    }),
  );
  return [...byUrl.values()].sort((a, b) => (a.url < b.url ? -1 : 1));
}

async function discover(setting: SourceContext<ScrapeOptions>): Promise<readonly FoundReplica[]> {
  const { targets = [], dns, kubernetes, runpod } = setting.options;
  if (dns !== undefined) return findDnsReplicas(dns);
  if (kubernetes !== undefined) return findKubernetesPods(kubernetes, setting);
  if (runpod !== undefined) return findRunpodPods(runpod, setting);
  return targets.map((address) => ({ address }));
}

function toUrl(address: string, { scheme, path }: ScrapeOptions): URL {
  const url = new URL(address.includes('://') ? address : `${scheme}://${address}`);
  if (url.pathname === '/') url.pathname = path;
  return url;
}

function toTarget(address: URL, labels: SeriesLabels): ScrapeTarget {
  const labelQuery = new URLSearchParams(labels as Record<string, string>).toString();
  const url = labelQuery === '' ? address.href : `${address.href}#${labelQuery}`;
  return { url, labels: parseTargetLabels(url) };
}

/** The labels of a target, from the URL that is stored with its answers. */
export function parseTargetLabels(url: string): SeriesLabels {
  const { host, hash } = new URL(url);
  return { ...Object.fromEntries(new URLSearchParams(hash.slice(1))), instance: host };
}
