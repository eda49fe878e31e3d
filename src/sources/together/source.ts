/** Pulls a Together organization's bill by month, then its hardware, endpoints and clusters. */

import { Failure } from '../../domain/failure.ts';
import {
  dayStartMs,
  intersection,
  MINUTE_MS,
  monthsTouching,
  monthText,
  type Period,
} from '../../domain/period.ts';
import {
  type Api,
  type ApiPull,
  type ApiQuestion,
  bearerAuth,
  byCursor,
  hintsFor,
  question,
} from '../api.ts';
import { createPull } from '../driver.ts';
import { readRecords, toReject } from '../records.ts';
import { requestsFact } from '../source.ts';
import { readBillDays, UPTIME_PREFIX, USAGE_PREFIX } from './charges.ts';
import {
  type EndpointRead,
  type Hardware,
  hardwareAnswer,
  listedEndpoint,
  readEndpointStates,
  readHardware,
  readTogetherClusters,
  toEndpointResource,
  togetherClustersAnswer,
  togetherEndpoint,
  togetherEndpointsAnswer,
  togetherUsageAnswer,
} from './normalize.ts';
import type { TogetherOptions } from './options.ts';
import { listQuestions } from '../priceList.ts';
import { createListings } from '../priceListings.ts';
import { priceQuestions } from './prices.ts';

const api: Api<TogetherOptions> = {
  kind: 'together',
  auth: bearerAuth(({ apiKey }) => apiKey),
  questions,
};

export const pull = createPull(api);
export const listings = createListings(api, priceQuestions);

function* questions(pull: ApiPull<TogetherOptions>): Generator<ApiQuestion> {
  const { request } = pull;
  yield* priceQuestions(pull, listQuestions);
  const unbilled = yield* billQuestions(pull);
  const isRebuilt = unbilled !== undefined;
  if (!requestsFact(request, 'rates', 'inventory') && !isRebuilt) return;
  const hardwareById = new Map<string, Hardware>();
  yield hardwareQuestion(pull, hardwareById);
  if (!requestsFact(request, 'inventory') && !isRebuilt) return;
  yield* endpointQuestions(pull, hardwareById, unbilled);
  yield clustersQuestion(pull, unbilled);
}

/** Requests the bill of each month. Returns the period without a billing API, if any. */
function* billQuestions(
  pull: ApiPull<TogetherOptions>,
): Generator<ApiQuestion, Period | undefined> {
  const { nowMs, options, request } = pull;
  if (!requestsFact(request, 'charges')) return undefined;
  if (!options.billing) return request.window;
  const months = monthsTouching(request.window);
  const begun = months.filter(({ startMs }) => startMs < dayStartMs(nowMs));
  const unbilledMonths: Period[] = [];
  for (const month of begun) yield monthQuestion(pull, month, () => unbilledMonths.push(month));
  const [first, last] = [unbilledMonths[0], unbilledMonths.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  // A month without a past day is not requested; it is treated like the month before.
  const endMs = last === begun.at(-1) ? request.window.endMs : last.endMs;
  return intersection({ startMs: first.startMs, endMs }, request.window);
}

function hardwareQuestion(
  { id, request }: ApiPull<TogetherOptions>,
  hardwareById: Map<string, Hardware>,
): ApiQuestion {
  return question({
    kind: 'together.hardware',
    path: ['hardware'],
    expects: 'data',
    answer: hardwareAnswer,
    read: (_body, { askedAtMs: seenAtMs, ...answer }) => {
      const read = readHardware(answer.items(), { sourceId: id, seenAtMs }, hardwareById);
      const { rates: _unasked, ...trouble } = read;
      return requestsFact(request, 'rates') ? read : trouble;
    },
  });
}

/** The bill has past days only, so the response is complete up to the last one. */
function monthQuestion(
  { id, options, nowMs }: ApiPull<TogetherOptions>,
  month: Period,
  onDisabled: () => void,
): ApiQuestion {
  const { organization } = options;
  const pastDays = { startMs: month.startMs, endMs: Math.min(dayStartMs(nowMs), month.endMs) };
  const context = { sourceId: id, month, seenDays: new Map<number, number>() };
  const withHint = hintsFor({ 'not-found': NOT_ENABLED, forbidden: OTHER_KEY });
  return question({
    kind: 'together.billing.usage',
    path: ['billing', 'usage'],
    query: {
      month: monthText(month.startMs),
      granularity: 'day',
      ...(organization === undefined ? {} : { organization_id: organization }),
    },
    // More than the days of a month.
    pages: byCursor('next_cursor', 'after', { limit: '1000' }),
    expects: 'data',
    answer: togetherUsageAnswer,
    read: ({ currency }, { where, ...answer }) => {
      if (currency && currency.toUpperCase() !== 'USD') throw otherCurrency(currency, where);
      const read = readBillDays(answer.items(), context);
      const whole = { completeFor: { keyPrefix: USAGE_PREFIX, window: pastDays } };
      return { ...read, window: month, ...(read.rejects?.length === 0 ? whole : {}) };
    },
    explain(failure) {
      if (failure.code === 'not-found') onDisabled();
      return withHint(failure);
    },
  });
}

function otherCurrency(currency: string, where: string): Failure {
  return new Failure('malformed', `${where} returned amounts in ${currency}`, {
    where,
    expected: 'US dollars, as Together documents',
    hint: 'import the invoice as CSV, with its currency',
  });
}

const NOT_ENABLED =
  'Together enables the billing API per organization; ask its support to do so for yours. Until ' +
  'then, endpoints and clusters are charged by uptime, and "billing: false" turns the request off';
const OTHER_KEY =
  'use the key of an organization that may read this bill, or correct "organization"';

const ENDPOINTS = {
  path: ['endpoints'],
  query: { type: 'dedicated', mine: 'true' },
  expects: 'data',
  answer: togetherEndpointsAnswer,
} as const;

/** The list is read a second time after each endpoint's details. */
const STATES = 'together.endpoints.states';
const CLUSTERS = 'together.clusters';

/** Lists lack the hardware, so each endpoint is requested. */
function* endpointQuestions(
  pull: ApiPull<TogetherOptions>,
  hardwareById: ReadonlyMap<string, Hardware>,
  unbilled: Period | undefined,
): Generator<ApiQuestion> {
  const { id: sourceId } = pull;
  const ids: string[] = [];
  yield question({
    ...ENDPOINTS,
    kind: 'together.endpoints',
    read: (_body, answer) => {
      const { facts, ...trouble } = readRecords(answer.items(), listedEndpoint, (item) => item.id);
      ids.push(...new Set(facts.map(({ fact }) => fact)));
      return trouble;
    },
  });
  const endpoints = new Map<string, EndpointRead>();
  for (const id of ids) yield endpointQuestion(pull, { id, hardwareById, endpoints });
  yield question({
    ...ENDPOINTS,
    kind: STATES,
    read: (_body, { askedAtMs: seenAtMs, ...answer }) => {
      const read = readEndpointStates(answer.items(), { sourceId, seenAtMs }, endpoints);
      if (unbilled === undefined) return read;
      return { ...read, rebuild: { ...ruleOf(unbilled), ...endpointRule(endpoints) } };
    },
  });
}

interface EndpointContext {
  readonly id: string;
  readonly hardwareById: ReadonlyMap<string, Hardware>;
  readonly endpoints: Map<string, EndpointRead>;
}

function endpointQuestion(
  { id: sourceId }: ApiPull<TogetherOptions>,
  { id, hardwareById, endpoints }: EndpointContext,
): ApiQuestion {
  return question({
    kind: 'together.endpoint',
    path: ['endpoints', id],
    expects: 'id',
    answer: togetherEndpoint,
    // The endpoint was deleted after it was listed.
    isEmpty: ({ code }) => code === 'not-found',
    read: (item, { askedAtMs: seenAtMs }) => {
      if (item.hardware && !hardwareById.has(item.hardware)) {
        // Without its hardware it would look like an endpoint without GPUs.
        const reason = 'hardware: expected a type that Together lists';
        return { rejects: [toReject(0, { id, hardware: item.hardware }, reason)] };
      }
      const read = toEndpointResource(item, { sourceId, seenAtMs }, hardwareById);
      endpoints.set(id, read);
      return { resources: [{ position: 0, fact: read.resource }], warnings: read.warnings };
    },
  });
}

function clustersQuestion(
  { id: sourceId, options }: ApiPull<TogetherOptions>,
  unbilled: Period | undefined,
): ApiQuestion {
  return question({
    kind: CLUSTERS,
    path: ['compute', 'clusters'],
    expects: 'clusters',
    answer: togetherClustersAnswer,
    read: (_body, { askedAtMs: seenAtMs, ...answer }) => {
      const seen = { sourceId, seenAtMs };
      const read = readTogetherClusters(answer.items(), seen, options.clusterRates);
      if (unbilled === undefined) return read;
      return { ...read, rebuild: { ...ruleOf(unbilled), ...clusterRule(options) } };
    },
  });
}

/** Uptime in whole minutes, for periods without a bill. */
function ruleOf(window: Period) {
  return {
    window,
    unlessBilled: { keyPrefix: USAGE_PREFIX, periods: monthsTouching(window) },
    oneLife: false,
    unitMs: MINUTE_MS,
    pricingClass: 'on-demand',
  } as const;
}

function endpointRule(endpoints: ReadonlyMap<string, EndpointRead>) {
  const most = [...endpoints].flatMap(([id, one]) => (one.most ? [[id, one.most] as const] : []));
  return {
    kind: 'together.uptime.endpoints',
    listing: STATES,
    of: 'serverless',
    keyPrefix: `${UPTIME_PREFIX}endpoints/`,
    idle: ['STOPPING', 'STOPPED', 'ERROR'],
    starting: ['PENDING', 'STARTING'],
    except: [],
    most: new Map(most),
  } as const;
}

function clusterRule({ reserved }: TogetherOptions) {
  return {
    kind: 'together.uptime.clusters',
    listing: CLUSTERS,
    of: 'cluster',
    keyPrefix: `${UPTIME_PREFIX}clusters/`,
    idle: ['Paused', 'OnDemandComputePaused', 'Deleting'],
    starting: [
      'WaitingForControlPlaneNodes',
      'WaitingForDataPlaneNodes',
      'WaitingForSubnet',
      'WaitingForSharedVolume',
      'InstallingDrivers',
      'RunningAcceptanceTests',
    ],
    except: reserved,
    fix:
      'set their price per GPU hour under clusterRates of the source, list reserved ones ' +
      'under reserved, or import their charges from the invoice',
  } as const;
}
