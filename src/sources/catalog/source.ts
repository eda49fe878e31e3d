/** Pulls the prices of the wanted models at every provider from a public catalog. */

import type { ModelListing } from '../../domain/equivalents.ts';
import { Failure } from '../../domain/failure.ts';
import type { HostedPrice } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import type { JsonList } from '../../platform/jsonList.ts';
import type { AnswerContext, AnswerFacts, Api, ApiPull, ApiQuestion } from '../api.ts';
import { createPull } from '../driver.ts';
import {
  type ListedOffer,
  type ModelOffers,
  readPriceList,
  toHostedPrice,
  wantsPrices,
} from '../priceList.ts';
import { runListings, toListing } from '../priceListings.ts';
import type { Puller, SourceContext } from '../source.ts';
import {
  type CatalogEntry,
  type CatalogPrice,
  type CatalogShape,
  isObject,
  type UnreadableEntry,
} from './catalogShape.ts';
import { GENAI_PRICES } from './genaiPrices.ts';
import { LITELLM } from './litellm.ts';
import { MODELS_DEV } from './modelsDev.ts';
import type { CatalogOptions } from './options.ts';

const SHAPES: Readonly<Record<CatalogOptions['catalog'], CatalogShape>> = {
  'models.dev': MODELS_DEV,
  litellm: LITELLM,
  'genai-prices': GENAI_PRICES,
};

type ResolvedOptions = CatalogOptions & { readonly baseUrl: string };

const api: Api<ResolvedOptions> = {
  kind: 'catalog',
  auth: { secrets: () => [], headers: () => ({}) },
  questions,
};

export const pull: Puller<CatalogOptions>['pull'] = (setting, request) =>
  createPull(api)(withBaseUrl(setting), request);

/** Lists every model that the catalog has a current price for, by the provider's name of it. */
export async function listings(
  setting: SourceContext<CatalogOptions>,
): Promise<readonly ModelListing[]> {
  const found: ModelListing[] = [];
  const { id: sourceId, options } = setting;
  const question: ApiQuestion = {
    ...catalogQuestion(options, () => true),
    read(answer, { where, askedAtMs }) {
      const entries = entriesIn(answer, { options, where });
      const named = Map.groupBy(entries, (entry) => ('fault' in entry ? undefined : entry.id));
      for (const [model, all] of named) {
        if (model === undefined) continue;
        const offers = all.flatMap((entry) => offersNow(entry, options, askedAtMs));
        found.push(...toListing(sourceId, { model, offers }));
      }
      return {};
    },
  };
  return runListings({ ...api, questions: () => [question] }, withBaseUrl(setting), found);
}

function withBaseUrl({
  options,
  ...setting
}: SourceContext<CatalogOptions>): SourceContext<ResolvedOptions> {
  const { baseUrl = SHAPES[options.catalog].baseUrl } = options;
  return { ...setting, options: { ...options, baseUrl } };
}

/** Current offers only. Dated past prices are left out. */
function offersNow(
  entry: CatalogEntry | UnreadableEntry,
  { catalog }: CatalogOptions,
  atMs: number,
): ListedOffer[] {
  const results = 'fault' in entry ? entry.fault : SHAPES[catalog].read(entry.record, atMs);
  if ('fault' in entry || typeof results === 'string') return [];
  return results.flatMap(({ fromMs, ...priced }) =>
    fromMs === undefined ? [offerOf(priced, entry)] : [],
  );
}

function* questions({
  id: sourceId,
  options,
  request,
}: ApiPull<ResolvedOptions>): Generator<ApiQuestion> {
  const { models } = request;
  if (!wantsPrices(request)) return;
  const { aliases = {} } = options;
  yield {
    ...catalogQuestion(options, nameFilter(models, aliases)),
    read: (answer, answered) => pricesIn(answer, { sourceId, options, models, answered }),
  };
}

function catalogQuestion(
  { catalog }: CatalogOptions,
  isWanted: (id: string) => boolean,
): Omit<ApiQuestion, 'read'> {
  const shape = SHAPES[catalog];
  const { path, expects, isBareList } = shape;
  return {
    kind: `catalog.${catalog}`,
    path,
    expects,
    ...(isBareList === undefined ? {} : { isBareList }),
    fields: shape.fields(isWanted),
  };
}

/**
 * The catalog's entries of the configured providers.
 * @throws {Failure} `malformed` if the catalog has no models at all.
 */
function entriesIn(
  answer: JsonList,
  { options, where }: { readonly options: CatalogOptions; readonly where: string },
): (CatalogEntry | UnreadableEntry)[] {
  const { catalog, providers } = options;
  const shape = SHAPES[catalog];
  if (!hasRecords(answer, shape)) {
    throw new Failure('malformed', `${where} lists no models`, {
      where,
      hint: 'known prices are kept; check catalog and baseUrl',
    });
  }
  return [...shape.entries(answer)].filter(
    ({ provider }) => provider === undefined || providers?.includes(provider) !== false,
  );
}

function hasRecords(answer: JsonList, { isBareList }: CatalogShape): boolean {
  const { frame } = answer;
  const records =
    isBareList === true ? answer.items() : isObject(frame) ? Object.values(frame) : [];
  return Iterator.from(records).some(isObject);
}

interface PriceContext {
  readonly sourceId: string;
  readonly options: CatalogOptions;
  readonly models: readonly string[];
  readonly answered: AnswerContext;
}

function pricesIn(
  answer: JsonList,
  { sourceId, options, models, answered }: PriceContext,
): AnswerFacts {
  const { catalog, aliases = {} } = options;
  const { where, askedAtMs: takenAtMs } = answered;
  const shape = SHAPES[catalog];
  const entries = entriesIn(answer, { options, where });
  const past: Located<HostedPrice>[] = [];
  const context = { sourceId, models, takenAtMs };
  const offersOf = (match: unknown): ModelOffers => {
    const { model, entry } = match as CatalogMatch;
    const unread = (fault: string) => ({
      model,
      offers: [{ host: entry.provider ?? null, fault }],
    });
    if ('fault' in entry) return unread(entry.fault);
    const results = shape.read(entry.record, takenAtMs);
    if (typeof results === 'string') return unread(`${entry.key ?? entry.id}: ${results}`);
    const offers: ListedOffer[] = [];
    for (const { fromMs, ...priced } of results) {
      const offer = offerOf(priced, entry);
      if (fromMs === undefined) offers.push(offer);
      else {
        const fact = toHostedPrice(offer, { sourceId, model, validFromMs: fromMs });
        past.push({ position: past.length, fact });
      }
    }
    return { model, offers };
  };
  const read = readPriceList(findMatches(entries, models, aliases), offersOf, context);
  return past.length === 0 ? read : { ...read, prices: past };
}

function offerOf(
  { prices, ...terms }: Omit<CatalogPrice, 'fromMs'>,
  { provider: host, providerName }: CatalogEntry,
): ListedOffer {
  const hostName = PROVIDERS.get(host) ?? providerName ?? host;
  return { host, hostName, prices, ...terms, secondHand: true };
}

/** Provider names by catalog id, so that one company has one name across catalogs. */
const PROVIDERS: ReadonlyMap<string, string> = new Map([
  ['togetherai', 'Together'],
  ['together_ai', 'Together'],
  ['together', 'Together'],
  ['fireworks-ai', 'Fireworks'],
  ['fireworks_ai', 'Fireworks'],
  ['fireworks', 'Fireworks'],
  ['novita-ai', 'Novita'],
  ['novita', 'Novita'],
  ['deepinfra', 'DeepInfra'],
  ['nebius', 'Nebius'],
  ['baseten', 'Baseten'],
  ['cloudflare-workers-ai', 'Cloudflare'],
]);

/** Provider names of a model: `aliases[model][provider]`. */
export type ModelAliases = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** A wanted model at one provider: its entry, or why it cannot be read. */
export interface CatalogMatch {
  readonly model: string;
  readonly entry: CatalogEntry | UnreadableEntry;
}

/** Whether a record may be one of the models, judged by name alone. */
export function nameFilter(
  models: readonly string[],
  aliases: ModelAliases,
): (id: string) => boolean {
  const names = models.flatMap((model) => [model, ...Object.values(aliases[model] ?? {})]);
  const wanted = new Set(names.map(lastPart));
  return (id) => wanted.has(lastPart(id));
}

/**
 * Finds the best name match per provider. Ranks: exact; other capitalization; same name with the
 * owner missing on one side. `gpt-oss-120b` matches `openai/gpt-oss-120b`, and
 * `openai/gpt-oss-120b` does not match `unsloth/gpt-oss-120b`. An alias must match exactly and
 * replaces the other rules. Two matches of equal rank are a fault.
 */
export function findMatches(
  entries: readonly (CatalogEntry | UnreadableEntry)[],
  models: readonly string[],
  aliases: ModelAliases,
): CatalogMatch[] {
  return models.flatMap((model) => {
    const byProvider = Map.groupBy(
      entries.flatMap((entry) => {
        const rank = 'fault' in entry ? 0 : rankOf(entry, model, aliases[model]?.[entry.provider]);
        return rank === undefined ? [] : [{ of: entry, rank }];
      }),
      ({ of: entry }) => ('fault' in entry ? undefined : entry.provider),
    );
    return [...byProvider].flatMap(([provider, all]): CatalogMatch[] => {
      if (provider === undefined) return all.map(({ of: entry }) => ({ model, entry }));
      const least = Math.min(...all.map(({ rank }) => rank));
      const [first, ...others] = all
        .filter(({ rank }) => rank === least)
        .map(({ of: entry }) => entry);
      if (first === undefined) return [];
      if (others.length === 0) return [{ model, entry: first }];
      const names = [first, ...others].map((entry) =>
        'fault' in entry ? '' : (entry.key ?? entry.id),
      );
      const fault =
        `${model} could be more than one model of ${provider}: ${names.join(', ')}; choose ` +
        'one under aliases';
      return [{ model, entry: { provider, record: first.record, fault } }];
    });
  });
}

function rankOf(
  { id, key }: CatalogEntry,
  model: string,
  alias: string | undefined,
): number | undefined {
  if (alias !== undefined) return id === alias || key === alias ? 0 : undefined;
  if (id === model) return 0;
  if (id.toLowerCase() === model.toLowerCase()) return 1;
  const hasOneOwner = id.includes('/') !== model.includes('/');
  return hasOneOwner && lastPart(id) === lastPart(model) ? 2 : undefined;
}

function lastPart(id: string): string {
  return (id.split('/').at(-1) ?? id).toLowerCase();
}
