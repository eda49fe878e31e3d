/** Lists OpenRouter's models with their Hugging Face ids. */

import { z } from 'zod';
import type { ModelListing } from '../../domain/equivalents.ts';
import { Failure } from '../../domain/failure.ts';
import { type Query, urlAt } from '../../platform/baseUrl.ts';
import { plainBytes } from '../../platform/body.ts';
import { parsePlain } from '../../platform/json.ts';
import { parseResponse } from '../../platform/wire.ts';
import { catchFailure } from '../fetchRecord.ts';
import type { SourceContext } from '../source.ts';
import type { OpenrouterOptions } from './options.ts';

const model = z.object({
  id: z.string().min(1),
  hugging_face_id: z.string().nullish(),
  canonical_slug: z.string().nullish(),
  context_length: z.number().nullish(),
});

const answer = z.object({
  data: z.array(z.unknown()),
  links: z.object({ next: z.string().nullish() }).nullish(),
});

const MOST_PAGES = 100;

/**
 * Reads every page of `/models`. An unreadable model is skipped, because only suggestions use the
 * list. The list is public, so a missing key is ignored.
 * @throws {Failure} the failed request.
 */
export async function listings({
  id,
  options,
  tools,
}: SourceContext<OpenrouterOptions>): Promise<ModelListing[]> {
  const key = catchFailure(() => (options.apiKey ?? options.managementKey)?.reveal());
  const secrets = key === undefined || key instanceof Failure ? [] : [key];
  const headers = Object.fromEntries(secrets.map((one) => ['authorization', `Bearer ${one}`]));
  const found: ModelListing[] = [];
  let query: Query | undefined = {};
  for (let page = 0; query !== undefined && page < MOST_PAGES; page += 1) {
    const url = urlAt(options.baseUrl, ['models'], query);
    const result = await tools.http.get({ url, headers, secrets });
    if (!result.ok) throw result.failure;
    const where = result.answer.url;
    const { data, links } = parseResponse(
      answer,
      parsePlain(plainBytes(result.answer.body), where),
      where,
    );
    found.push(...data.flatMap((record) => listingOf(id, record)));
    const next = links?.next ?? '';
    query = next === '' ? undefined : Object.fromEntries(new URL(next, url).searchParams.entries());
  }
  return found;
}

function listingOf(sourceId: string, record: unknown): ModelListing[] {
  const read = model.safeParse(record);
  if (!read.success) return [];
  const { id, hugging_face_id: huggingFaceId, canonical_slug: slug, context_length } = read.data;
  return [
    {
      sourceId,
      model: id,
      ...(huggingFaceId ? { huggingFaceId } : {}),
      ...(slug && slug !== id ? { aliases: [slug] } : {}),
      ...(context_length ? { contextLength: context_length } : {}),
    },
  ];
}
