/** Finds replicas as Kubernetes pods, by their labels at the API server. */

import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import { plainBytes } from '../../platform/body.ts';
import { urlAt } from '../../platform/baseUrl.ts';
import { parsePlain } from '../../platform/json.ts';
import { parseResponse } from '../../platform/wire.ts';
import type { SourceContext } from '../source.ts';
import { type FoundReplica, toHostAndPort } from './found.ts';
import type { ScrapeOptions } from './options.ts';

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
