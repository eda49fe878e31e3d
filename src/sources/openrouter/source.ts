/** Pulls each wanted model's providers and prices from OpenRouter, then the account's spend. */

import { z } from 'zod';
import type { ModelListing } from '../../domain/equivalents.ts';
import { Failure } from '../../domain/failure.ts';
import { DAY_MS, dayStartMs, instantText, overlapMs, type Period } from '../../domain/period.ts';
import { type Query, urlAt } from '../../platform/baseUrl.ts';
import { plainBytes } from '../../platform/body.ts';
import { parsePlain, shortText } from '../../platform/json.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import { findReadFields, recordList } from '../../platform/schemaFields.ts';
import {
  type Api,
  type ApiPull,
  type ApiQuestion,
  type FailedQuestion,
  hintsFor,
  question,
  splitWindow,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { catchFailure } from '../fetchRecord.ts';
import { providerName } from '../fieldTypes.ts';
import { readRecords } from '../records.ts';
import { requestsFact, type SourceContext } from '../source.ts';
import { readSnapshot } from './normalize.ts';
import type { OpenrouterOptions } from './options.ts';
import { openrouterEndpointsAnswer } from './prices.ts';
import {
  activityAnswer,
  analyticsAnswer,
  analyticsMetaAnswer,
  type AnalyticsNames,
  findAnalyticsNames,
  readActivity,
  readAnalytics,
  SPEND_KINDS,
  type SpendContext,
} from './spend.ts';

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
  for (const model of models) yield questionOf(model, false, pull);
  const named = models.filter((model) => pathOf(model) !== undefined);
  if (named.length === 0) return;
  const listed: Listed = { ids: new Set(), isWhole: true };
  yield modelsQuestion(pull, listed);
  const batched = named.filter((model) => listed.ids.has(`${model}${BATCH}`));
  for (const model of batched) yield questionOf(model, true, pull);
}

export const pull = createPull(api);

const listedModel = z.object({ id: providerName });

/** The list of models; `links.next` is the URL of the next page. */
const modelsAnswer = z.object({
  data: recordList(listedModel),
  links: z.object({ next: z.string().nullish() }).nullish(),
});

/** Ids of the listed models read so far, and whether any was unreadable. */
interface Listed {
  readonly ids: Set<string>;
  isWhole: boolean;
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
      const { facts, ...trouble } = readRecords(answer.items(), listedModel, (model) => model.id);
      for (const { fact } of facts) listed.ids.add(fact);
      listed.isWhole &&= trouble.rejects.length === 0;
      if (links?.next || !listed.isWhole) return trouble;
      const without = [...new Set(request.models)].filter(
        (model) => listed.ids.has(model) && !listed.ids.has(`${model}${BATCH}`),
      );
      const nothing = { tiers: ['batch'] as const, prices: [], availability: [] };
      const priceSnapshots = without.map((model, position) => ({
        position,
        fact: { sourceId: id, model, takenAtMs: askedAtMs, ...nothing },
      }));
      return { priceSnapshots };
    },
  });
}

/** Query of the next page. */
function nextPage({ links }: z.output<typeof modelsAnswer>): Query | undefined {
  if (!links?.next) return undefined;
  return Object.fromEntries(new URL(links.next, 'https://openrouter.ai').searchParams);
}

function questionOf(
  model: string,
  isBatch: boolean,
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

/** Past days that the activity endpoint covers. */
const ACTIVITY_DAYS = 30;
/** Days per analytics request. */
const LONGEST_MS = 31 * DAY_MS;
const MOST_ROWS = 10_000;

/** Yields nothing without a management key, which spend requires. */
function* spendQuestions(
  pull: ApiPull<OpenrouterOptions>,
): Generator<ApiQuestion | FailedQuestion, void> {
  const { id, options, request, nowMs } = pull;
  if (options.managementKey === undefined || !requestsFact(request, 'charges')) return;
  const { window } = request;
  const endMs = dayStartMs(nowMs);
  const recent = { startMs: endMs - ACTIVITY_DAYS * DAY_MS, endMs };
  // The oldest activity day may expire before the response, so analytics covers it.
  const sure = { startMs: recent.startMs + DAY_MS, endMs };
  if (overlapMs(window, sure) > 0) yield activityQuestion({ sourceId: id, window: recent, sure });
  const olderMs = Math.min(window.endMs, sure.startMs);
  if (window.startMs >= olderMs) return;
  let terms: AnalyticsNames | Failure | undefined;
  yield question({
    kind: 'openrouter.analytics.meta',
    path: ['analytics', 'meta'],
    expects: 'data',
    answer: analyticsMetaAnswer,
    read: ({ data }) => {
      terms = findAnalyticsNames(data);
      return {};
    },
    explain,
  });
  if (terms === undefined) return;
  if (terms instanceof Failure) {
    yield { kind: 'openrouter.analytics', failure: terms };
    return;
  }
  const older = { startMs: window.startMs, endMs: olderMs };
  for (const span of splitWindow(older, { bucketMs: DAY_MS, longestMs: LONGEST_MS })) {
    yield analyticsQuestion(id, span, terms);
  }
}

function activityQuestion(context: SpendContext): ApiQuestion {
  return question({
    kind: SPEND_KINDS[0],
    path: ['activity'],
    expects: 'data',
    answer: activityAnswer,
    read: (_body, answer) => ({
      ...readActivity(answer.items(), context),
      window: context.window,
    }),
    explain,
  });
}

function analyticsQuestion(sourceId: string, span: Period, terms: AnalyticsNames): ApiQuestion {
  const { model, provider, ...metrics } = terms;
  return question({
    kind: SPEND_KINDS[1],
    path: ['analytics', 'query'],
    json: ({ window = span }) => ({
      metrics: Object.values(metrics),
      dimensions: [model, ...(provider === undefined ? [] : [provider])],
      granularity: 'day',
      time_range: { start: instantText(window.startMs), end: instantText(window.endMs) },
      limit: MOST_ROWS,
    }),
    span: { window: span, bucketMs: DAY_MS, query: () => ({}) },
    expects: 'data',
    answer: analyticsAnswer,
    read: ({ data }, { where, window }) => {
      if (data.metadata.truncated) {
        const hint = 'one day has more rows than a response can have; import the activity export';
        throw new Failure('too-large', `${where} omitted rows`, { where, hint });
      }
      return readAnalytics(data.data, { sourceId, window, sure: window, terms });
    },
    explain,
  });
}

const MANAGEMENT_KEY =
  'only a management key can read spend: set one as managementKey, or none if you need prices ' +
  'only';
const explain = hintsFor({ auth: MANAGEMENT_KEY, forbidden: MANAGEMENT_KEY });

const model = z.object({
  id: z.string().min(1),
  hugging_face_id: z.string().nullish(),
  canonical_slug: z.string().nullish(),
  context_length: z.number().nullish(),
});

const MOST_PAGES = 100;

/**
 * Reads every page of `/models`. An unreadable model is skipped, because only suggestions use the
 * list. The list is public, so a missing key is ignored.
 * @throws {Failure} the failed request.
 */
export async function listings(setting: SourceContext<OpenrouterOptions>): Promise<ModelListing[]> {
  const { id, options, tools } = setting;
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
    const body = parsePlain(plainBytes(result.answer.body), where);
    const list = parseResponse(modelsAnswer, body, where);
    found.push(...list.data.flatMap((record) => listingOf(id, record)));
    query = nextPage(list);
  }
  return found;
}

function listingOf(sourceId: string, record: unknown): ModelListing[] {
  const read = model.safeParse(record);
  if (!read.success) return [];
  const { id, hugging_face_id: huggingFaceId, canonical_slug: slug, context_length } = read.data;
  const weights = huggingFaceId ? { huggingFaceId } : {};
  const aliases = slug && slug !== id ? { aliases: [slug] } : {};
  const length = context_length ? { contextLength: context_length } : {};
  return [{ sourceId, model: id, ...weights, ...aliases, ...length }];
}
