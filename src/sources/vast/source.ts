/** Pulls a Vast.ai account's instances and endpoints, then the charges of each UTC day. */

import { Failure, withHint } from '../../domain/failure.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import { shortText } from '../../platform/json.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';
import {
  type Api,
  type ApiPull,
  type ApiQuestion,
  bearerAuth,
  byCursor,
  question,
  type SchemaQuestion,
  splitWindow,
} from '../api.ts';
import { createPull } from '../driver.ts';
import type { ObservationContext } from '../records.ts';
import { requestsFact } from '../source.ts';
import { readCharges } from './charges.ts';
import {
  chargesAnswer,
  vastInstancesAnswer,
  type ListProgress,
  missingItems,
  offersAnswer,
  readOffers,
  readVastEndpoints,
  readVastInstances,
  type VastDetailsById,
  vastEndpointsAnswer,
  vastFrame,
} from './normalize.ts';
import type { VastOptions } from './options.ts';

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

/** Every answer may be an error, even with status 200. */
function vastQuestion<Body>(asked: SchemaQuestion<Body>): ApiQuestion {
  const plain = question(asked);
  return {
    ...plain,
    read(list, context) {
      refuseError(list.frame, context.where);
      return plain.read(list, context);
    },
    explain,
  };
}

const newProgress = (): ListProgress => ({ ids: new Set(), records: 0, hasPage: false });

interface Listing {
  readonly seen: ObservationContext;
  readonly holdings: VastDetailsById;
  readonly progress: ListProgress;
}

function instancesQuestion({ seen, holdings, progress }: Listing): ApiQuestion {
  return vastQuestion({
    kind: 'vast.instances',
    path: ['api', 'v1', 'instances', ''],
    expects: 'instances',
    answer: vastInstancesAnswer,
    pages: byCursor('next_token', 'after_token', PAGE.instances),
    read: ({ next_token, total_instances }, answer) => {
      const { rejects, ...facts } = readVastInstances(answer.items(), seen, holdings);
      progress.records += answer.count;
      progress.hasPage = true;
      return {
        ...facts,
        rejects: [...rejects, ...missingItems(progress, total_instances, !next_token)],
      };
    },
  });
}

function endpointsQuestion(
  seen: ObservationContext,
  holdings: VastDetailsById,
  isKeyValid: () => boolean,
): ApiQuestion {
  return vastQuestion({
    kind: 'vast.endpoints',
    path: ['api', 'v0', 'endptjobs', ''],
    expects: 'results',
    answer: vastEndpointsAnswer,
    read: (_body, answer) => readVastEndpoints(answer.items(), seen, holdings),
    isEmpty: (failure) => hasNoEndpoints(failure, isKeyValid()),
  });
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
  return vastQuestion({
    kind: 'vast.charges',
    path: ['api', 'v0', 'charges', ''],
    // A table by contract; the tree format nests workers inside endpoints.
    query: { format: 'table' },
    expects: 'results',
    answer: chargesAnswer,
    pages: byCursor('next_token', 'after_token', PAGE.charges),
    span: {
      window: day,
      bucketMs: DAY_MS,
      query: ({ startMs, endMs }) => ({
        select_filters: JSON.stringify({ day: { gte: startMs / 1000, lte: endMs / 1000 - 1 } }),
      }),
    },
    read: ({ total, next_token: token }, answer) => {
      const context = { sourceId, day, detailsById: holdings, progress, total, isLast: !token };
      return readCharges(answer, context);
    },
  });
}

/** More than the few thousand offers on the market. */
const MOST_OFFERS = 10_000;

/** Requests offers of verified machines that can be rented now. */
function offersQuestion(pricingClass: 'on-demand' | 'spot', seen: ObservationContext): ApiQuestion {
  // The default type is on demand; the documentation is inconsistent about its spelling.
  const type = pricingClass === 'spot' ? { type: 'bid' } : {};
  const wanted = { verified: { eq: true }, rentable: { eq: true }, limit: MOST_OFFERS };
  return vastQuestion({
    kind: `vast.offers.${pricingClass}`,
    path: ['api', 'v0', 'bundles', ''],
    json: () => ({ ...type, ...wanted }),
    expects: 'offers',
    answer: offersAnswer,
    read: ({ offers }, answer) => {
      const records = Array.isArray(offers) ? answer.items() : [offersIn(answer.frame)];
      return readOffers(records, pricingClass, seen);
    },
  });
}

/** The single offer in place of the documented list. */
function offersIn(frame: unknown): unknown {
  return (frame as { offers: unknown }).offers;
}

/**
 * Throws an error that comes with status 200 and a list.
 * @throws {Failure} `refused` with Vast.ai's message.
 */
function refuseError(frame: unknown, where: string): void {
  const { success, error, msg } = parseResponse(vastFrame, frame, where);
  if (success !== false) return;
  const words = shortText([error, msg].filter(Boolean).join(': ') || 'no reason given', 200);
  throw new Failure('refused', `${where} returned 200 with an error inside: ${words}`, { where });
}

const UNKNOWN_KEY = /invalid user key|requires login|auth_error/i;

/**
 * Vast.ai answers an unknown key with 404, a missing key with 403, and a retired route with 410.
 */
function explain(failure: Failure): Failure {
  const { message, status } = failure;
  if (UNKNOWN_KEY.test(message)) return new Failure('auth', message, { cause: failure });
  if (status !== 410) return failure;
  return withHint(failure, 'Vast.ai has retired this address; update rentcheck, or check baseUrl');
}
