/** Finds replicas as RunPod pods by name, and reaches them through RunPod's proxy. */

import { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { plainBytes } from '../../platform/body.ts';
import { urlAt } from '../../platform/baseUrl.ts';
import { parsePlain } from '../../platform/json.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import { providerId } from '../fieldTypes.ts';
import type { SourceContext } from '../source.ts';
import type { FoundReplica } from './discovery.ts';
import type { ScrapeOptions } from './options.ts';

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

const MAX_PAGES = 100;

/**
 * Running pods, including those of clusters.
 * @throws {Failure} if the list cannot be read completely.
 */
export async function findRunpodPods(
  { apiKey, baseUrl, pods, port, proxy }: NonNullable<ScrapeOptions['runpod']>,
  { tools, options }: SourceContext<ScrapeOptions>,
): Promise<FoundReplica[]> {
  const key = apiKey.reveal();
  const found: FoundReplica[] = [];
  let cursor = '';
  for (let page = 0; page < MAX_PAGES; page += 1) {
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
