/** Pulls a Hyperstack organization's prices and inventory, then its bill. */

import type { z } from 'zod';
import type { Resource } from '../../domain/charge.ts';
import { Failure } from '../../domain/failure.ts';
import { fieldsOf } from '../../platform/readFields.ts';
import { readWire } from '../../platform/wire.ts';
import type { Api, Pull, Question, Read, Unaskable } from '../api.ts';
import { pullerOf } from '../driver.ts';
import type { Seen } from '../records.ts';
import { wants } from '../source.ts';
import { billQuestions } from './bill.ts';
import {
  type Learned,
  readClusters,
  readGpus,
  readPricebook,
  readVms,
  readVolumes,
} from './inventory.ts';
import type { HyperstackOptions } from './options.ts';
import { otherCount, PAGE_SIZE, pageAfter, refuseCount } from './paging.ts';
import {
  clustersAnswer,
  flavorsAnswer,
  type listCounts,
  pricebookAnswer,
  vmsAnswer,
  volumesAnswer,
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

export const pull = pullerOf(api);

function* questions(pull: Pull<HyperstackOptions>): Generator<Question | Unaskable> {
  const { id, nowMs, request } = pull;
  const seen: Seen = { sourceId: id, seenAtMs: nowMs };
  const learned: Learned = { holdings: new Map(), gpus: new Set(), areVmsKnown: false };
  if (wants(request, 'rates')) yield* priceQuestions(seen, learned);
  if (wants(request, 'inventory', 'charges')) {
    const vms = { name: 'instances', path: 'virtual-machines', answer: vmsAnswer } as const;
    let hasRejects = false;
    yield inventory({ ...vms, kind: 'instance' }, (items, isLast) => {
      const read = readVms(items, seen, learned);
      hasRejects ||= read.rejects?.length !== 0;
      learned.areVmsKnown = isLast && !hasRejects;
      return read;
    });
    const clusters = { name: 'clusters', path: 'clusters', answer: clustersAnswer } as const;
    yield inventory({ ...clusters, kind: 'cluster' }, (items) =>
      readClusters(items, seen, learned),
    );
  }
  if (wants(request, 'inventory')) {
    const volumes = { name: 'volumes', path: 'volumes', answer: volumesAnswer } as const;
    yield inventory({ ...volumes, kind: 'volume' }, (items) => readVolumes(items, seen));
  }
  if (wants(request, 'charges')) yield* billQuestions(pull, learned);
}

function* priceQuestions(seen: Seen, learned: Learned): Generator<Question> {
  yield {
    kind: 'hyperstack.flavors',
    path: ['core', 'flavors'],
    expects: 'data',
    fields: fieldsOf(flavorsAnswer),
    read(list, { where }) {
      readWire(flavorsAnswer, list.frame, where);
      return readGpus(list.items(), learned);
    },
  };
  yield {
    kind: 'hyperstack.pricebook',
    path: ['pricebook'],
    // The response is a bare list; an error is an object.
    expects: '',
    fields: fieldsOf(pricebookAnswer),
    read({ frame }, { where }) {
      const entries = readWire(pricebookAnswer, frame, where);
      const read = readPricebook(entries, seen, learned);
      // A bare list has no key to recognize it by.
      if (entries.length === 0 || entries.length > (read.rejects?.length ?? 0)) return read;
      const message = `${where} returned a list of something other than prices`;
      throw new Failure('malformed', message, { where });
    },
  };
}

interface Listing {
  readonly name: string;
  readonly path: string;
  readonly kind: Resource['kind'];
  readonly answer: z.ZodObject;
}

function inventory(
  { name, path, kind, answer }: Listing,
  read: (items: Iterable<unknown>, isLast: boolean) => Read,
): Question {
  let [count, pages, isLast] = [0, 0, false];
  let listTotal: number | undefined;
  return {
    kind: `hyperstack.${name}`,
    path: ['core', path],
    expects: name,
    pages: {
      first: { page: '1', page_size: String(PAGE_SIZE) },
      next: (_frame, query) => (isLast ? undefined : pageAfter(query)),
    },
    fields: fieldsOf(answer),
    read(list, { where }) {
      const frame = readWire(answer, list.frame, where) as z.output<typeof listCounts>;
      count += list.count;
      pages += 1;
      // Hyperstack does not document whether `count` is of the list or of the page.
      const isAll = pages === 1 ? frame.count !== list.count : list.count === 0;
      if (isAll) listTotal ??= frame.count || undefined;
      const isWrongCount =
        frame.count !== (listTotal ?? list.count) && typeof frame.count === 'number';
      if (isWrongCount) throw otherCount({ total: frame.count ?? 0, count }, where);
      const total = listTotal ?? (typeof frame.count === 'number' ? count : undefined);
      const isFull = list.count >= (frame.page_size ?? PAGE_SIZE) || count < (total ?? 0);
      isLast = list.count === 0 || !isFull;
      if (typeof total === 'number') refuseCount({ total, count, isLast }, where);
      const facts = read(list.items(), isLast);
      const isListed = isLast && pages === 1 && typeof total === 'number';
      return { ...facts, ...(isListed && facts.rejects?.length === 0 ? { listed: [kind] } : {}) };
    },
  };
}
