/** Finds replicas as Kubernetes pods, by their labels at the API server. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Failure, type FailureCode } from '../../domain/failure.ts';
import { plainBytes } from '../../platform/body.ts';
import { urlAt } from '../../platform/baseUrl.ts';
import { parsePlain } from '../../platform/json.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import type { SourceContext } from '../source.ts';
import type { ScrapeOptions } from './options.ts';
import type { SeriesLabels } from '../engines/samples.ts';
import { Resolver } from 'node:dns/promises';

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
export async function findKubernetesPods(
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
export async function findDnsReplicas(
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
