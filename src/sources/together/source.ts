/** Pulls a Together organization's bill by month, then its hardware, endpoints and clusters. */

import { Failure } from '../../domain/failure.ts';
import { dayStartMs, intersection, MINUTE_MS, type Period } from '../../domain/period.ts';
import { fieldsOf } from '../../platform/readFields.ts';
import { readWire } from '../../platform/wire.ts';
import { type Api, bearer, type Pull, type Question } from '../api.ts';
import { pullerOf } from '../driver.ts';
import { monthsOf, monthText } from '../../domain/months.ts';
import { readRecords, rejectOf } from '../records.ts';
import { wants } from '../source.ts';
import { readDays, UPTIME_PREFIX, USAGE_PREFIX } from './charges.ts';
import {
  endpointOf,
  type EndpointRead,
  readClusters,
  readHardware,
  readStates,
} from './normalize.ts';
import type { TogetherOptions } from './options.ts';
import { listQuestions } from '../priceList.ts';
import { listingsOf } from '../priceListings.ts';
import { priceQuestions } from './prices.ts';
import {
  clustersAnswer,
  endpoint,
  endpointsAnswer,
  type Hardware,
  hardwareAnswer,
  listed,
  usageAnswer,
} from './wire.ts';

const api: Api<TogetherOptions> = {
  kind: 'together',
  auth: bearer(({ apiKey }) => apiKey),
  questions,
};

export const pull = pullerOf(api);
export const listings = listingsOf(api, priceQuestions);

function* questions(pull: Pull<TogetherOptions>): Generator<Question> {
  const { request } = pull;
  yield* priceQuestions(pull, listQuestions);
  const unbilled = yield* billQuestions(pull);
  const isRebuilt = unbilled !== undefined;
  if (!wants(request, 'rates', 'inventory') && !isRebuilt) return;
  const hardwareById = new Map<string, Hardware>();
  yield hardwareQuestion(pull, hardwareById);
  if (!wants(request, 'inventory') && !isRebuilt) return;
  yield* endpointQuestions(pull, hardwareById, unbilled);
  yield clustersQuestion(pull, unbilled);
}

/** Requests the bill of each month. Returns the period without a billing API, if any. */
function* billQuestions(pull: Pull<TogetherOptions>): Generator<Question, Period | undefined> {
  const { nowMs, options, request } = pull;
  if (!wants(request, 'charges')) return undefined;
  if (!options.billing) return request.window;
  const months = monthsOf(request.window);
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
  { id, request }: Pull<TogetherOptions>,
  hardwareById: Map<string, Hardware>,
): Question {
  return {
    kind: 'together.hardware',
    path: ['hardware'],
    expects: 'data',
    fields: fieldsOf(hardwareAnswer),
    read(answer, { where, askedAtMs: seenAtMs }) {
      readWire(hardwareAnswer, answer.frame, where);
      const read = readHardware(answer.items(), { sourceId: id, seenAtMs }, hardwareById);
      const { rates: _unasked, ...trouble } = read;
      return wants(request, 'rates') ? read : trouble;
    },
  };
}

/** Maximum page size, more than the days of a month. */
const PAGE = { limit: '1000' };

/** The bill has past days only, so the response is complete up to the last one. */
function monthQuestion(
  { id, options, nowMs }: Pull<TogetherOptions>,
  month: Period,
  onDisabled: () => void,
): Question {
  const { organization } = options;
  const pastDays = { startMs: month.startMs, endMs: Math.min(dayStartMs(nowMs), month.endMs) };
  const context = { sourceId: id, month, told: new Map<number, number>() };
  return {
    kind: 'together.billing.usage',
    path: ['billing', 'usage'],
    query: {
      month: monthText(month.startMs),
      granularity: 'day',
      ...(organization === undefined ? {} : { organization_id: organization }),
    },
    pages: {
      first: PAGE,
      next(frame) {
        const { next_cursor: cursor } = readWire(usageAnswer, frame, 'the next page');
        return cursor ? { ...PAGE, after: cursor } : undefined;
      },
    },
    expects: 'data',
    fields: fieldsOf(usageAnswer),
    read(answer, { where }) {
      const { currency } = readWire(usageAnswer, answer.frame, where);
      if (currency && currency.toUpperCase() !== 'USD') throw otherCurrency(currency, where);
      const read = readDays(answer.items(), context);
      const whole = { completeFor: { keyPrefix: USAGE_PREFIX, window: pastDays } };
      return { ...read, window: month, ...(read.rejects?.length === 0 ? whole : {}) };
    },
    explain(failure) {
      if (failure.code === 'not-found') onDisabled();
      return withHint(failure);
    },
  };
}

function otherCurrency(currency: string, where: string): Failure {
  return new Failure('malformed', `${where} returned amounts in ${currency}`, {
    where,
    expected: 'US dollars, as Together documents',
    hint: 'import the invoice as CSV, with its currency',
  });
}

function withHint(failure: Failure): Failure {
  const { code, message, where } = failure;
  const place = where === undefined ? {} : { where };
  if (code === 'not-found') {
    const hint =
      'Together enables the billing API per organization; ask its support to do so for ' +
      'yours. Until then, endpoints and clusters are charged by uptime, and "billing: ' +
      'false" turns the request off';
    return new Failure(code, message, { ...place, hint });
  }
  if (code !== 'forbidden') return failure;
  const hint = 'use the key of an organization that may read this bill, or correct "organization"';
  return new Failure(code, message, { ...place, hint });
}

const ENDPOINTS = {
  path: ['endpoints'],
  query: { type: 'dedicated', mine: 'true' },
  expects: 'data',
  fields: fieldsOf(endpointsAnswer),
} as const;

/** The list is read a second time after each endpoint's details. */
const STATES = 'together.endpoints.states';
const CLUSTERS = 'together.clusters';

/** Lists lack the hardware, so each endpoint is requested. */
function* endpointQuestions(
  pull: Pull<TogetherOptions>,
  hardwareById: ReadonlyMap<string, Hardware>,
  unbilled: Period | undefined,
): Generator<Question> {
  const { id: sourceId } = pull;
  const ids: string[] = [];
  yield {
    ...ENDPOINTS,
    kind: 'together.endpoints',
    read(answer, { where }) {
      readWire(endpointsAnswer, answer.frame, where);
      const { facts, ...trouble } = readRecords(answer.items(), listed, (item) => item.id);
      ids.push(...new Set(facts.map(({ fact }) => fact)));
      return trouble;
    },
  };
  const endpoints = new Map<string, EndpointRead>();
  for (const id of ids) yield endpointQuestion(pull, { id, hardwareById, endpoints });
  yield {
    ...ENDPOINTS,
    kind: STATES,
    read(answer, { where, askedAtMs: seenAtMs }) {
      readWire(endpointsAnswer, answer.frame, where);
      const read = readStates(answer.items(), { sourceId, seenAtMs }, endpoints);
      if (unbilled === undefined) return read;
      return { ...read, rebuild: { ...ruleOf(unbilled), ...endpointRule(endpoints) } };
    },
  };
}

interface EndpointContext {
  readonly id: string;
  readonly hardwareById: ReadonlyMap<string, Hardware>;
  readonly endpoints: Map<string, EndpointRead>;
}

function endpointQuestion(
  { id: sourceId }: Pull<TogetherOptions>,
  { id, hardwareById, endpoints }: EndpointContext,
): Question {
  return {
    kind: 'together.endpoint',
    path: ['endpoints', id],
    expects: 'id',
    fields: fieldsOf(endpoint),
    // The endpoint was deleted after it was listed.
    isEmpty: ({ code }) => code === 'not-found',
    read(answer, { where, askedAtMs: seenAtMs }) {
      const item = readWire(endpoint, answer.frame, where);
      if (item.hardware && !hardwareById.has(item.hardware)) {
        // Without its hardware it would look like an endpoint without GPUs.
        const reason = 'hardware: expected a type that Together lists';
        return { rejects: [rejectOf(0, { id, hardware: item.hardware }, reason)] };
      }
      const read = endpointOf(item, { sourceId, seenAtMs }, hardwareById);
      endpoints.set(id, read);
      return { resources: [{ position: 0, fact: read.resource }], warnings: read.warnings };
    },
  };
}

function clustersQuestion(
  { id: sourceId, options }: Pull<TogetherOptions>,
  unbilled: Period | undefined,
): Question {
  return {
    kind: CLUSTERS,
    path: ['compute', 'clusters'],
    expects: 'clusters',
    fields: fieldsOf(clustersAnswer),
    read(answer, { where, askedAtMs: seenAtMs }) {
      readWire(clustersAnswer, answer.frame, where);
      const seen = { sourceId, seenAtMs };
      const read = readClusters(answer.items(), seen, options.clusterRates);
      if (unbilled === undefined) return read;
      return { ...read, rebuild: { ...ruleOf(unbilled), ...clusterRule(options) } };
    },
  };
}

/** Uptime in whole minutes, for periods without a bill. */
function ruleOf(window: Period) {
  return {
    window,
    unlessBilled: { keyPrefix: USAGE_PREFIX, periods: monthsOf(window) },
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
