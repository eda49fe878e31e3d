/** Pulls the prices of the wanted models at every provider from a public catalog. */

import type { ModelListing } from '../../domain/equivalents.ts';
import { Failure } from '../../domain/failure.ts';
import type { HostedPrice } from '../../domain/price.ts';
import type { Located } from '../../domain/provenance.ts';
import type { ListBody } from '../../platform/jsonList.ts';
import type { Api, Answered, Pull, Question, Read } from '../api.ts';
import { pullerOf } from '../driver.ts';
import { type ModelOffers, type Offer, priceOf, readPriceList, wantsPrices } from '../priceList.ts';
import { listed, listingOf } from '../priceListings.ts';
import type { Puller, Setting } from '../source.ts';
import { type CatalogShape, type Entry, isObject, type NoEntry, type Priced } from './catalog.ts';
import { GENAI_PRICES } from './genaiPrices.ts';
import { LITELLM } from './litellm.ts';
import { type Match, matchesOf, nameFilter } from './match.ts';
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
  pullerOf(api)(withBaseUrl(setting), request);

/** Lists every model that the catalog has a current price for, by the provider's name of it. */
export async function listings(setting: Setting<CatalogOptions>): Promise<readonly ModelListing[]> {
  const found: ModelListing[] = [];
  const { id: sourceId, options } = setting;
  const question: Question = {
    ...catalogQuestion(options, () => true),
    read(answer, { where, askedAtMs }) {
      const entries = entriesIn(answer, { options, where });
      const named = Map.groupBy(entries, (entry) => ('fault' in entry ? undefined : entry.id));
      for (const [model, all] of named) {
        if (model === undefined) continue;
        const offers = all.flatMap((entry) => offersNow(entry, options, askedAtMs));
        found.push(...listingOf(sourceId, { model, offers }));
      }
      return {};
    },
  };
  return listed({ ...api, questions: () => [question] }, withBaseUrl(setting), found);
}

function withBaseUrl({ options, ...setting }: Setting<CatalogOptions>): Setting<ResolvedOptions> {
  const { baseUrl = SHAPES[options.catalog].baseUrl } = options;
  return { ...setting, options: { ...options, baseUrl } };
}

/** Current offers only. Dated past prices are left out. */
function offersNow(entry: Entry | NoEntry, { catalog }: CatalogOptions, atMs: number): Offer[] {
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
}: Pull<ResolvedOptions>): Generator<Question> {
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
): Omit<Question, 'read'> {
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
  answer: ListBody,
  { options, where }: { readonly options: CatalogOptions; readonly where: string },
): (Entry | NoEntry)[] {
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

function hasRecords(answer: ListBody, { isBareList }: CatalogShape): boolean {
  const { frame } = answer;
  const records =
    isBareList === true ? answer.items() : isObject(frame) ? Object.values(frame) : [];
  return Iterator.from(records).some(isObject);
}

interface PriceContext {
  readonly sourceId: string;
  readonly options: CatalogOptions;
  readonly models: readonly string[];
  readonly answered: Answered;
}

function pricesIn(answer: ListBody, { sourceId, options, models, answered }: PriceContext): Read {
  const { catalog, aliases = {} } = options;
  const { where, askedAtMs: takenAtMs } = answered;
  const shape = SHAPES[catalog];
  const entries = entriesIn(answer, { options, where });
  const past: Located<HostedPrice>[] = [];
  const context = { sourceId, models, takenAtMs };
  const offersOf = (match: unknown): ModelOffers => {
    const { model, of: entry } = match as Match;
    const unread = (fault: string) => ({
      model,
      offers: [{ host: entry.provider ?? null, fault }],
    });
    if ('fault' in entry) return unread(entry.fault);
    const results = shape.read(entry.record, takenAtMs);
    if (typeof results === 'string') return unread(`${entry.key ?? entry.id}: ${results}`);
    const offers: Offer[] = [];
    for (const { fromMs, ...priced } of results) {
      const offer = offerOf(priced, entry);
      if (fromMs === undefined) offers.push(offer);
      else {
        const fact = priceOf(offer, { sourceId, model, validFromMs: fromMs });
        past.push({ position: past.length, fact });
      }
    }
    return { model, offers };
  };
  const read = readPriceList(matchesOf(entries, models, aliases), offersOf, context);
  return past.length === 0 ? read : { ...read, prices: past };
}

function offerOf(
  { prices, ...terms }: Omit<Priced, 'fromMs'>,
  { provider: host, providerName }: Entry,
): Offer {
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
