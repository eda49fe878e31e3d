/** Pulls a Hyperstack organization's prices and inventory, then its bill. */

import type { z } from 'zod';
import type { Resource } from '../../domain/charge.ts';
import { Failure } from '../../domain/failure.ts';
import {
  type AnswerFacts,
  type Api,
  type ApiPull,
  type ApiQuestion,
  type FailedQuestion,
  question,
} from '../api.ts';
import { createPull } from '../driver.ts';
import type { ObservationContext } from '../records.ts';
import { requestsFact } from '../source.ts';
import { hyperstackBillQuestions } from './bill.ts';
import {
  type HyperstackPullState,
  readHyperstackClusters,
  readHyperstackGpus,
  readPricebook,
  readHyperstackVms,
  readHyperstackVolumes,
} from './inventory.ts';
import type { HyperstackOptions } from './options.ts';
import {
  checkCount,
  flavorsAnswer,
  hyperstackClustersAnswer,
  hyperstackVmsAnswer,
  hyperstackVolumesAnswer,
  type ListCounts,
  nextPage,
  PAGE_SIZE,
  pricebookAnswer,
  wrongCount,
} from './wire.ts';

const api: Api<HyperstackOptions> = {
  kind: 'hyperstack',
  auth: {
    secrets: ({ apiKey }) => [apiKey.reveal()],
    headers: ([key = '']) => ({ api_key: key }),
  },
  // Hyperstack allows 500 requests a minute per address.
  minIntervalMs: 125,
  questions,
};

export const pull = createPull(api);

function* questions(pull: ApiPull<HyperstackOptions>): Generator<ApiQuestion | FailedQuestion> {
  const { id, nowMs, request } = pull;
  const seen: ObservationContext = { sourceId: id, seenAtMs: nowMs };
  const learned: HyperstackPullState = {
    detailsById: new Map(),
    gpus: new Set(),
    areVmsKnown: false,
  };
  if (requestsFact(request, 'rates')) yield* priceQuestions(seen, learned);
  if (requestsFact(request, 'inventory', 'charges')) {
    let hasRejects = false;
    const vms = { name: 'instances', path: 'virtual-machines', answer: hyperstackVmsAnswer };
    yield inventory({ ...vms, kind: 'instance' }, (items, isLast) => {
      const read = readHyperstackVms(items, seen, learned);
      hasRejects ||= read.rejects?.length !== 0;
      learned.areVmsKnown = isLast && !hasRejects;
      return read;
    });
    const clusters = { name: 'clusters', path: 'clusters', answer: hyperstackClustersAnswer };
    yield inventory({ ...clusters, kind: 'cluster' }, (items) =>
      readHyperstackClusters(items, seen, learned),
    );
  }
  if (requestsFact(request, 'inventory')) {
    const volumes = { name: 'volumes', path: 'volumes', answer: hyperstackVolumesAnswer };
    yield inventory({ ...volumes, kind: 'volume' }, (items) => readHyperstackVolumes(items, seen));
  }
  if (requestsFact(request, 'charges')) yield* hyperstackBillQuestions(pull, learned);
}

function* priceQuestions(
  seen: ObservationContext,
  learned: HyperstackPullState,
): Generator<ApiQuestion> {
  yield question({
    kind: 'hyperstack.flavors',
    path: ['core', 'flavors'],
    expects: 'data',
    answer: flavorsAnswer,
    read: (_body, answer) => readHyperstackGpus(answer.items(), learned),
  });
  yield question({
    kind: 'hyperstack.pricebook',
    path: ['pricebook'],
    // The response is a bare list; an error is an object.
    expects: '',
    answer: pricebookAnswer,
    read: (entries, { where }) => {
      const read = readPricebook(entries, seen, learned);
      // A bare list has no key to recognize it by.
      if (entries.length === 0 || entries.length > (read.rejects?.length ?? 0)) return read;
      const message = `${where} returned a list of something other than prices`;
      throw new Failure('malformed', message, { where });
    },
  });
}

interface Listing {
  readonly name: string;
  readonly path: string;
  readonly kind: Resource['kind'];
  readonly answer: z.ZodType<ListCounts>;
}

function inventory(
  { name, path, kind, answer }: Listing,
  read: (items: Iterable<unknown>, isLast: boolean) => AnswerFacts,
): ApiQuestion {
  let [count, pages, isLast] = [0, 0, false];
  let listTotal: number | undefined;
  return question({
    kind: `hyperstack.${name}`,
    path: ['core', path],
    expects: name,
    pages: {
      first: { page: '1', page_size: String(PAGE_SIZE) },
      next: (_frame, query) => (isLast ? undefined : nextPage(query)),
    },
    answer,
    read: (frame, { where, ...list }) => {
      count += list.count;
      pages += 1;
      // Hyperstack does not document whether `count` is of the list or of the page.
      const isAll = pages === 1 ? frame.count !== list.count : list.count === 0;
      if (isAll) listTotal ??= frame.count || undefined;
      const isWrongCount =
        frame.count !== (listTotal ?? list.count) && typeof frame.count === 'number';
      if (isWrongCount) throw wrongCount({ total: frame.count ?? 0, count }, where);
      const total = listTotal ?? (typeof frame.count === 'number' ? count : undefined);
      const isFull = list.count >= (frame.page_size ?? PAGE_SIZE) || count < (total ?? 0);
      isLast = list.count === 0 || !isFull;
      if (typeof total === 'number') checkCount({ total, count, isLast }, where);
      const facts = read(list.items(), isLast);
      const isListed = isLast && pages === 1 && typeof total === 'number';
      return { ...facts, ...(isListed && facts.rejects?.length === 0 ? { listed: [kind] } : {}) };
    },
  });
}
