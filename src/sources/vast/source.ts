/** Pulls a Vast.ai account's instances and endpoints, then the charges of each UTC day. */

import { Failure } from '../../domain/failure.ts';
import { DAY_MS, type Period } from '../../domain/period.ts';
import type { Query } from '../../platform/baseUrl.ts';
import { shortText } from '../../platform/json.ts';
import type { ListBody } from '../../platform/jsonList.ts';
import { readWire } from '../../platform/wire.ts';
import { type Api, bearer, type Pages, type Pull, type Question, windowsOf } from '../api.ts';
import { pullerOf } from '../driver.ts';
import type { Seen } from '../records.ts';
import { wants } from '../source.ts';
import { readCharges } from './charges.ts';
import {
  type Holdings,
  leftOut,
  type Progress,
  readEndpoints,
  readInstances,
  readOffers,
} from './normalize.ts';
import type { VastOptions } from './options.ts';
import {
  CHARGES_FIELDS,
  chargesAnswer,
  ENDPOINTS_FIELDS,
  endpointsAnswer,
  frame as anyFrame,
  INSTANCES_FIELDS,
  instancesAnswer,
  OFFERS_FIELDS,
  offersAnswer,
  paged,
} from './wire.ts';

const api: Api<VastOptions> = {
  kind: 'vast',
  auth: bearer(({ apiKey }) => apiKey),
  // Documented as one second per endpoint, plus a tenth for network delay.
  minIntervalMs: 1_100,
  questions,
};

export const pull = pullerOf(api);

function* questions(pull: Pull<VastOptions>): Generator<Question> {
  const { id, nowMs, request } = pull;
  const seen: Seen = { sourceId: id, seenAtMs: nowMs };
  const holdings: Holdings = new Map();
  if (wants(request, 'inventory', 'charges')) {
    const instances = newProgress();
    yield instancesQuestion({ seen, holdings, progress: instances });
    yield endpointsQuestion(seen, holdings, () => instances.isTold);
  }
  if (wants(request, 'charges')) {
    const days = windowsOf(request.window, { bucketMs: DAY_MS, longestMs: DAY_MS });
    const begun = days.filter(({ startMs }) => startMs <= nowMs);
    for (const day of begun) yield chargesQuestion(id, day, holdings);
  }
  if (wants(request, 'rates')) {
    yield offersQuestion('on-demand', seen);
    yield offersQuestion('spot', seen);
  }
}

/** Maximum page sizes. */
const PAGE = { charges: { limit: '500' }, instances: { limit: '25' } };

function byToken(first: Query): Pages {
  return {
    first,
    next: (answer) => {
      const { next_token: token } = readWire(paged, answer, 'the next page');
      return token ? { ...first, after_token: token } : undefined;
    },
  };
}

const newProgress = (): Progress => ({ told: new Set(), records: 0, isTold: false });

interface Listing {
  readonly seen: Seen;
  readonly holdings: Holdings;
  readonly progress: Progress;
}

function instancesQuestion({ seen, holdings, progress }: Listing): Question {
  return {
    kind: 'vast.instances',
    path: ['api', 'v1', 'instances', ''],
    expects: 'instances',
    fields: INSTANCES_FIELDS,
    pages: byToken(PAGE.instances),
    read(answer, { where }) {
      refuseError(answer, where);
      const { next_token, total_instances } = readWire(instancesAnswer, answer.frame, where);
      const { rejects, ...facts } = readInstances(answer.items(), seen, holdings);
      progress.records += answer.count;
      progress.isTold = true;
      return {
        ...facts,
        rejects: [...rejects, ...leftOut(progress, total_instances, !next_token)],
      };
    },
    explain: withHint,
  };
}

function endpointsQuestion(seen: Seen, holdings: Holdings, isKeyValid: () => boolean): Question {
  return {
    kind: 'vast.endpoints',
    path: ['api', 'v0', 'endptjobs', ''],
    expects: 'results',
    fields: ENDPOINTS_FIELDS,
    read(answer, { where }) {
      refuseError(answer, where);
      readWire(endpointsAnswer, answer.frame, where);
      return readEndpoints(answer.items(), seen, holdings);
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

function chargesQuestion(sourceId: string, day: Period, holdings: Holdings): Question {
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
      const { total, next_token: token } = readWire(chargesAnswer, answer.frame, where);
      const context = { sourceId, day, holdings, progress, total, isLast: !token };
      return readCharges(answer, context);
    },
    explain: withHint,
  };
}

/** More than the few thousand offers on the market. */
const MOST_OFFERS = 10_000;

/** Requests offers of verified machines that can be rented now. */
function offersQuestion(pricingClass: 'on-demand' | 'spot', seen: Seen): Question {
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
      const { offers } = readWire(offersAnswer, answer.frame, where);
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
function refuseError({ frame }: ListBody, where: string): void {
  const { success, error, msg } = readWire(anyFrame, frame, where);
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
