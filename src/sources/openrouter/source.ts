/** Pulls each wanted model's providers and prices from OpenRouter, then the account's spend. */

import { Failure } from '../../domain/failure.ts';
import { parsePlain, shortText } from '../../platform/json.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import { findReadFields } from '../../platform/schemaFields.ts';
import {
  type Api,
  type ApiPull,
  type ApiQuestion,
  type FailedQuestion,
  hintsFor,
  question,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { readSnapshot } from './normalize.ts';
import { requestsFact, type SourceContext } from '../source.ts';
import type { OpenrouterOptions } from './options.ts';
import { spendQuestions } from './spend.ts';
import { listedModel, modelsAnswer, openrouterEndpointsAnswer } from './prices.ts';
import { z } from 'zod';
import type { ModelListing } from '../../domain/equivalents.ts';
import { type Query, urlAt } from '../../platform/baseUrl.ts';
import { plainBytes } from '../../platform/body.ts';
import { catchFailure } from '../fetchRecord.ts';

const KIND = 'openrouter.endpoints';
const BATCH = ':batch';

const api: Api<OpenrouterOptions> = {
  kind: KIND,
  auth: {
    secrets: ({ apiKey, managementKey }) =>
      [apiKey ?? managementKey, managementKey].flatMap((key) => key?.reveal() ?? []),
    headers: (secrets, url) => {
      // Spend needs the management key, which is last in `secrets`.
      const key = SPEND_PATH.test(url.pathname) ? secrets.at(-1) : secrets[0];
      return key === undefined ? {} : { authorization: `Bearer ${key}` };
    },
  },
  *questions(pull) {
    yield* priceQuestions(pull);
    yield* spendQuestions(pull);
  },
};

const SPEND_PATH = /\/(?:activity|analytics\/\w+)$/;

function* priceQuestions(
  pull: ApiPull<OpenrouterOptions>,
): Generator<ApiQuestion | FailedQuestion> {
  if (!requestsFact(pull.request, 'prices')) return;
  const models = [...new Set(pull.request.models)];
  for (const model of models) yield questionOf({ model }, pull);
  const named = models.filter((model) => pathOf(model) !== undefined);
  if (named.length === 0) return;
  const listed = new Listed();
  yield modelsQuestion(pull, listed);
  const batched = named.filter((model) => listed.ids.has(`${model}${BATCH}`));
  for (const model of batched) yield questionOf({ model, isBatch: true }, pull);
}

export const pull = createPull(api);

/** Ids of the listed models read so far. */
class Listed {
  readonly ids = new Set<string>();
  unread = 0;
}

/** Requests the list of models, which shows whether a model has a batch variant. */
function modelsQuestion({ id, request }: ApiPull<OpenrouterOptions>, listed: Listed): ApiQuestion {
  return question({
    kind: 'openrouter.models',
    path: ['models'],
    expects: 'data',
    answer: modelsAnswer,
    pages: { first: {}, next: nextPage },
    read: ({ links }, { askedAtMs, ...answer }) => {
      for (const record of answer.items()) {
        const read = listedModel.safeParse(record);
        if (read.success) listed.ids.add(read.data.id);
        else listed.unread += 1;
      }
      if ((links?.next ?? '') !== '' || listed.unread > 0) return {};
      const without = [...new Set(request.models)].filter(
        (model) => listed.ids.has(model) && !listed.ids.has(`${model}${BATCH}`),
      );
      const priceSnapshots = without.map((model, position) => ({
        position,
        fact: {
          sourceId: id,
          model,
          takenAtMs: askedAtMs,
          tiers: ['batch'] as const,
          prices: [],
          availability: [],
        },
      }));
      return { priceSnapshots };
    },
  });
}

/** Query of the next page. */
function nextPage({ links }: z.output<typeof modelsAnswer>): Query | undefined {
  const next = links?.next ?? '';
  if (next === '') return undefined;
  const { searchParams } = new URL(next, 'https://openrouter.ai');
  return Object.fromEntries(searchParams);
}

interface WantedModel {
  readonly model: string;
  readonly isBatch?: boolean;
}

function questionOf(
  { model, isBatch = false }: WantedModel,
  { id }: ApiPull<OpenrouterOptions>,
): ApiQuestion | FailedQuestion {
  const path = pathOf(isBatch ? `${model}${BATCH}` : model);
  if (path === undefined) return { kind: KIND, failure: invalidModel(model) };
  return {
    kind: KIND,
    path,
    expects: 'data',
    fields: findReadFields(openrouterEndpointsAnswer),
    read({ frame }, { where, askedAtMs }) {
      const context = { sourceId: id, model, isBatch, takenAtMs: askedAtMs, where };
      const { snapshot, ...rest } = readSnapshot(frame, context);
      return { priceSnapshots: [{ position: 0, fact: snapshot }], ...rest };
    },
    explain: hintsFor({ 'not-found': missingModel(model) }),
  };
}

/** Path of `meta-llama/llama-3.3-70b-instruct`: author and slug are separate segments. */
function pathOf(model: string): string[] | undefined {
  const [author = '', ...slug] = model.split('/');
  if (author === '' || slug.join('/') === '') return undefined;
  return ['models', author, slug.join('/'), 'endpoints'];
}
function invalidModel(model: string): Failure {
  return new Failure('config', `invalid OpenRouter model "${shortText(model, 80)}"`, {
    where: 'hosted.equivalents',
    expected: 'author/slug, e.g. meta-llama/llama-3.3-70b-instruct',
    hint: 'write the model in hosted.equivalents as author/slug',
  });
}

/** A missing model is most often a typo in the config, so the hint names the key. */
function missingModel(model: string): string {
  return (
    `OpenRouter does not have the model "${shortText(model, 80)}"; check ` +
    'hosted.equivalents in rentcheck.yaml'
  );
}

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
