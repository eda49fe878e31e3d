/** What a Together organization is asked: its bill by month, then hardware, endpoints, clusters. */

import { Failure } from '../../domain/failure.ts';
import { dayStartMs, type Period } from '../../domain/period.ts';
import { fieldsOf } from '../../platform/readFields.ts';
import { readWire } from '../../platform/wire.ts';
import { type Api, bearer, type Pull, type Question } from '../api.ts';
import { pullerOf } from '../driver.ts';
import { monthsOf, monthText } from '../months.ts';
import { readRecords, rejectOf, type Seen } from '../records.ts';
import { wants } from '../source.ts';
import { endpointOf, readClusters, readDays, readHardware, USAGE_PREFIX } from './normalize.ts';
import type { TogetherOptions } from './options.ts';
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

function* questions(pull: Pull<TogetherOptions>): Generator<Question> {
  const { id, nowMs, request } = pull;
  const seen: Seen = { sourceId: id, seenAtMs: nowMs };
  if (wants(request, 'charges')) {
    const begun = monthsOf(request.window).filter(({ startMs }) => startMs < dayStartMs(nowMs));
    for (const month of begun) yield monthQuestion(pull, month);
  }
  if (!wants(request, 'rates', 'inventory')) return;
  const learned = new Map<string, Hardware>();
  yield {
    kind: 'together.hardware',
    path: ['hardware'],
    expects: 'data',
    fields: fieldsOf(hardwareAnswer),
    read(answer, { where }) {
      readWire(hardwareAnswer, answer.frame, where);
      return readHardware(answer.items(), seen, learned);
    },
  };
  if (wants(request, 'inventory')) yield* inventoryQuestions(seen, learned);
}

/** The most days that a page may hold are more than a month has. */
const PAGE = { limit: '1000' };

/** Only days that are over are told: the answer is whole up to the last one. */
function monthQuestion({ id, options, nowMs }: Pull<TogetherOptions>, month: Period): Question {
  const { organization } = options;
  const over = { startMs: month.startMs, endMs: Math.min(dayStartMs(nowMs), month.endMs) };
  const wish = { sourceId: id, month, told: new Set<number>() };
  return {
    kind: 'together.billing.usage',
    path: ['billing', 'usage'],
    query: {
      month: monthText(month),
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
      const read = readDays(answer.items(), wish);
      const whole = { completeFor: { keyPrefix: USAGE_PREFIX, window: over } };
      return { ...read, window: month, ...(read.rejects?.length === 0 ? whole : {}) };
    },
    explain: explained,
  };
}

function otherCurrency(currency: string, where: string): Failure {
  return new Failure('malformed', `${where} answered with amounts in ${currency}`, {
    where,
    expected: 'US dollars, as Together documents',
    hint: 'import the invoice as CSV, with its currency',
  });
}

function explained(failure: Failure): Failure {
  const { code, message, where } = failure;
  const place = where === undefined ? {} : { where };
  if (code === 'not-found') {
    const hint =
      'Together turns on the billing API by organization: ask its support to do so for yours';
    return new Failure(code, message, { ...place, hint });
  }
  if (code !== 'forbidden') return failure;
  const hint = 'give the key of an organization that may read this bill, or mend "organization"';
  return new Failure(code, message, { ...place, hint });
}

/** A list does not tell the hardware: each endpoint is asked for it. */
function* inventoryQuestions(seen: Seen, learned: ReadonlyMap<string, Hardware>) {
  const ids: string[] = [];
  yield {
    kind: 'together.endpoints',
    path: ['endpoints'],
    query: { type: 'dedicated', mine: 'true' },
    expects: 'data',
    fields: fieldsOf(endpointsAnswer),
    read(answer, { where }) {
      readWire(endpointsAnswer, answer.frame, where);
      const { facts, ...trouble } = readRecords(answer.items(), listed, (item) => item.id);
      ids.push(...new Set(facts.map(({ fact }) => fact)));
      return trouble;
    },
  } satisfies Question;
  for (const id of ids) {
    yield {
      kind: 'together.endpoint',
      path: ['endpoints', id],
      expects: 'id',
      fields: fieldsOf(endpoint),
      read(answer, { where }) {
        const item = readWire(endpoint, answer.frame, where);
        if (item.hardware && !learned.has(item.hardware)) {
          // Without its hardware it would pass for one without GPUs.
          const reason = 'hardware: one that Together lists was expected';
          return { rejects: [rejectOf(0, { id, hardware: item.hardware }, reason)] };
        }
        const { resource, warnings } = endpointOf(item, seen, learned);
        return { resources: [{ position: 0, fact: resource }], warnings };
      },
    } satisfies Question;
  }
  yield {
    kind: 'together.clusters',
    path: ['compute', 'clusters'],
    expects: 'clusters',
    fields: fieldsOf(clustersAnswer),
    read(answer, { where }) {
      readWire(clustersAnswer, answer.frame, where);
      return readClusters(answer.items(), seen);
    },
  } satisfies Question;
}
