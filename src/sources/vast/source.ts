/** Pulls a Vast.ai account's instances and endpoints, then the charges of each UTC day. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { Query } from '../../platform/baseUrl.ts';
import { shortText } from '../../platform/json.ts';
import type { JsonList } from '../../platform/jsonList.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import {
  type Api,
  bearerAuth,
  type Paging,
  type ApiPull,
  type ApiQuestion,
  splitWindow,
} from '../api.ts';
import { createPull } from '../driver.ts';
import type { ObservationContext } from '../records.ts';
import { requestsFact } from '../source.ts';
import { readCharges } from './charges.ts';
import {
  type VastDetailsById,
  missingItems,
  type ListProgress,
  readVastEndpoints,
  readVastInstances,
  readOffers,
} from './normalize.ts';
import type { VastOptions } from './options.ts';
import {
  CHARGES_FIELDS,
  chargesAnswer,
  ENDPOINTS_FIELDS,
  vastEndpointsAnswer,
  vastFrame as anyFrame,
  INSTANCES_FIELDS,
  instancesAnswer,
  OFFERS_FIELDS,
  offersAnswer,
  vastPage,
} from './wire.ts';

const api: Api<VastOptions> = {
  kind: 'vast',
  auth: bearerAuth(({ apiKey }) => apiKey),
  // Documented as one second per endpoint, plus a tenth for network delay.
  minIntervalMs: 1_100,
  questions,
};

export const pull = createPull(api);

function* questions(pull: ApiPull<VastOptions>): Generator<ApiQuestion> {
  const { id, nowMs, request } = pull;
  const seen: ObservationContext = { sourceId: id, seenAtMs: nowMs };
  const holdings: VastDetailsById = new Map();
  if (requestsFact(request, 'inventory', 'charges')) {
    const instances = newProgress();
    yield instancesQuestion({ seen, holdings, progress: instances });
    yield endpointsQuestion(seen, holdings, () => instances.hasPage);
  }
  if (requestsFact(request, 'charges')) {
    const days = splitWindow(request.window, { bucketMs: DAY_MS, longestMs: DAY_MS });
    const begun = days.filter(({ startMs }) => startMs <= nowMs);
    for (const day of begun) yield chargesQuestion(id, day, holdings);
  }
  if (requestsFact(request, 'rates')) {
    yield offersQuestion('on-demand', seen);
    yield offersQuestion('spot', seen);
  }
}

/** Maximum page sizes. */
const PAGE = { charges: { limit: '500' }, instances: { limit: '25' } };

function byToken(first: Query): Paging {
  return {
    first,
    next: (answer) => {
      const { next_token: token } = parseResponse(vastPage, answer, 'the next page');
      return token ? { ...first, after_token: token } : undefined;
    },
  };
}

const newProgress = (): ListProgress => ({ ids: new Set(), records: 0, hasPage: false });

interface Listing {
  readonly seen: ObservationContext;
  readonly holdings: VastDetailsById;
  readonly progress: ListProgress;
}

function instancesQuestion({ seen, holdings, progress }: Listing): ApiQuestion {
  return {
    kind: 'vast.instances',
    path: ['api', 'v1', 'instances', ''],
    expects: 'instances',
    fields: INSTANCES_FIELDS,
    pages: byToken(PAGE.instances),
    read(answer, { where }) {
      refuseError(answer, where);
      const { next_token, total_instances } = parseResponse(instancesAnswer, answer.frame, where);
      const { rejects, ...facts } = readVastInstances(answer.items(), seen, holdings);
      progress.records += answer.count;
      progress.hasPage = true;
      return {
        ...facts,
        rejects: [...rejects, ...missingItems(progress, total_instances, !next_token)],
      };
    },
    explain: withHint,
  };
}

function endpointsQuestion(
  seen: ObservationContext,
  holdings: VastDetailsById,
  isKeyValid: () => boolean,
): ApiQuestion {
  return {
    kind: 'vast.endpoints',
    path: ['api', 'v0', 'endptjobs', ''],
    expects: 'results',
    fields: ENDPOINTS_FIELDS,
    read(answer, { where }) {
      refuseError(answer, where);
      parseResponse(vastEndpointsAnswer, answer.frame, where);
      return readVastEndpoints(answer.items(), seen, holdings);
    },
    isEmpty: (failure) => hasNoEndpoints(failure, isKeyValid()),
    explain: withHint,
  };
}

/**
 * Whether the failure means that there are no endpoints. Vast.ai answers 400 then, or 404 with a
 * valid key, which the list of instances has proved. An error here loses only names: charges come
 * by id.
 */
function hasNoEndpoints({ message, status }: Failure, isKeyValid: boolean): boolean {
  if (/no endpoints for user/i.test(message)) return true;
  return isKeyValid && status === 404 && !UNKNOWN_KEY.test(message);
}

function chargesQuestion(sourceId: string, day: Period, holdings: VastDetailsById): ApiQuestion {
  const progress = newProgress();
  return {
    kind: 'vast.charges',
    path: ['api', 'v0', 'charges', ''],
    // A table by contract; the tree format nests workers inside endpoints.
    query: { format: 'table' },
    expects: 'results',
    fields: CHARGES_FIELDS,
    pages: byToken(PAGE.charges),
    span: {
      window: day,
      bucketMs: DAY_MS,
      query: ({ startMs, endMs }) => ({
        select_filters: JSON.stringify({ day: { gte: startMs / 1000, lte: endMs / 1000 - 1 } }),
      }),
    },
    read(answer, { where }) {
      refuseError(answer, where);
      const { total, next_token: token } = parseResponse(chargesAnswer, answer.frame, where);
      const context = { sourceId, day, detailsById: holdings, progress, total, isLast: !token };
      return readCharges(answer, context);
    },
    explain: withHint,
  };
}

/** More than the few thousand offers on the market. */
const MOST_OFFERS = 10_000;

/** Requests offers of verified machines that can be rented now. */
function offersQuestion(pricingClass: 'on-demand' | 'spot', seen: ObservationContext): ApiQuestion {
  // The default type is on demand; the documentation is inconsistent about its spelling.
  const type = pricingClass === 'spot' ? { type: 'bid' } : {};
  const wanted = { verified: { eq: true }, rentable: { eq: true }, limit: MOST_OFFERS };
  return {
    kind: `vast.offers.${pricingClass}`,
    path: ['api', 'v0', 'bundles', ''],
    json: () => ({ ...type, ...wanted }),
    expects: 'offers',
    fields: OFFERS_FIELDS,
    read(answer, { where }) {
      refuseError(answer, where);
      const { offers } = parseResponse(offersAnswer, answer.frame, where);
      const records = Array.isArray(offers) ? answer.items() : [offersIn(answer.frame)];
      return readOffers(records, pricingClass, seen);
    },
    explain: withHint,
  };
}

/** The single offer in place of the documented list. */
function offersIn(frame: unknown): unknown {
  return (frame as { offers: unknown }).offers;
}

/**
 * Throws an error that comes with status 200 and a list.
 * @throws {Failure} `refused` with Vast.ai's message.
 */
function refuseError({ frame }: JsonList, where: string): void {
  const { success, error, msg } = parseResponse(anyFrame, frame, where);
  if (success !== false) return;
  const words = shortText([error, msg].filter(Boolean).join(': ') || 'no reason given', 200);
  throw new Failure('refused', `${where} returned 200 with an error inside: ${words}`, { where });
}

const UNKNOWN_KEY = /invalid user key|requires login|auth_error/i;

/**
 * Vast.ai answers an unknown key with 404, a missing key with 403, and a retired route with 410.
 */
function withHint(failure: Failure): Failure {
  const { message, status, where } = failure;
  const about = { ...(where === undefined ? {} : { where }), cause: failure };
  if (UNKNOWN_KEY.test(message)) return new Failure('auth', message, about);
  if (status !== 410) return failure;
  const hint = 'Vast.ai has retired this address; update rentcheck, or check baseUrl';
  return new Failure(failure.code, message, { ...about, hint });
}
