/**
 * Pulls the bills of a bucket or a folder, period by period. A period is stored whole or not at
 * all.
 */

import { Failure } from '../../domain/failure.ts';
import type { FocusRule } from '../../domain/focus.ts';
import { dayText, intersection, overlapMs, type Period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { catchFailure, unsentFetch } from '../fetchRecord.ts';
import { type PullRequest, requestsFact, type SourceContext } from '../source.ts';
import {
  type BillLayout,
  type BillSection,
  type BillSections,
  type FileRule,
  findSections,
} from './layouts.ts';
import { pullSection, type SectionPull } from './section.ts';
import {
  type BillStore,
  folderPrefix,
  folderStore,
  type StoreClient,
  type StoredFile,
} from './store.ts';
import type { Secret } from '../../platform/secret.ts';
import { azureStore, s3Store } from './buckets.ts';
import type { BillOptions } from './options.ts';

/** What a pull of bills reads, and where. */
export interface BillPull {
  readonly asker: StoreClient;
  readonly take: readonly FocusRule[] | undefined;
  readonly layout: BillLayout;
  /** A glob for the keys of a plain layout. */
  readonly match: string | undefined;
  /** `told` means that the hours in the files decide. */
  readonly rule: FileRule | 'told' | undefined;
  /** @throws {Failure} `config` if a secret is not set or a URL is invalid. */
  open(): BillStore;
}

/** Runs one pull. */
export async function* pullBills(pull: BillPull, request: PullRequest): AsyncGenerator<Fetched> {
  if (!requestsFact(request, 'charges')) return;
  const { asker } = pull;
  const store = catchFailure(() => pull.open());
  if (store instanceof Failure) {
    yield unsent(pull, asker.kind, store);
    return;
  }
  const files = new Map<string, StoredFile>();
  for await (const page of store.list()) {
    if ('failure' in page) {
      yield { fetch: page.fetch };
      return;
    }
    for (const file of page.value) files.set(file.key, file);
    const tooMany = files.size > MAX_FILES ? tooManyFiles(store) : undefined;
    if (page.fetch.digest !== undefined) yield { fetch: page.fetch };
    if (tooMany === undefined) continue;
    yield unsent(pull, `${asker.kind}.list`, tooMany);
    return;
  }
  yield* pullPeriods({ ...pull, store, request, listed: files });
}

const MAX_FILES = 200_000;

function tooManyFiles({ name }: BillStore): Failure {
  return new Failure('too-large', `${name} has more than ${MAX_FILES} files`, {
    where: name,
    hint: 'set prefix to the folder of the export',
  });
}

function unsent({ asker }: BillPull, kind: string, failure: Failure): Fetched {
  const place = { url: `source:${asker.sourceId}`, nowMs: asker.nowMs() };
  return unsentFetch({ sourceId: asker.sourceId, kind }, place, failure);
}

type OpenPull = BillPull & Pick<SectionPull, 'store' | 'request' | 'listed'>;

async function* pullPeriods(pull: OpenPull): AsyncGenerator<Fetched> {
  const { asker, store, request, listed, layout, match } = pull;
  const { prefix } = store;
  const assigned = catchFailure(() =>
    findSections([...listed.values()], { layout, match, prefix }),
  );
  const kind = `${asker.kind}.period`;
  if (assigned instanceof Failure) {
    yield unsent(pull, kind, assigned);
    return;
  }
  if (assigned.sections.length + assigned.unfinished.length === 0) {
    yield unsent(pull, kind, nothingThere(store));
    return;
  }
  const section: SectionPull = { ...pull, layout: assigned.layout };
  for (const period of assigned.sections.filter(({ window }) =>
    isRequested(window, request.window),
  )) {
    yield* pullSection(section, period);
  }
  for (const name of assigned.unfinished) yield unsent(pull, kind, unfinished(name, store));
  const missing =
    findMissingMonth(assigned, request.window) ?? findEarlyEnd(assigned, request.window);
  if (missing !== undefined) yield unsent(pull, kind, missing);
}

function isRequested(window: BillSection['window'], asked: Period): boolean {
  return window === undefined || overlapMs(window, asked) > 0;
}

function nothingThere({ name }: BillStore): Failure {
  return new Failure('not-found', `no bill in ${name}`, {
    where: name,
    expected: 'files of a FOCUS export: CSV or Parquet',
    hint: 'check prefix; a new export arrives within a day',
  });
}

function unfinished(name: string, store: BillStore): Failure {
  return new Failure('not-settled', `${store.name} has files of ${name}, but no manifest yet`, {
    where: name,
    hint:
      'the export is still being written; known charges are kept, and the next pull reads it. ' +
      'If this is a copy without manifests, set layout: plain',
  });
}

/**
 * The failure of a month without a bill between two that have one. Before the first bill there may
 * be none.
 */
function findMissingMonth({ sections }: BillSections, asked: Period): Failure | undefined {
  const windows = sections.flatMap(({ window }) => window ?? []);
  const ordered = windows.toSorted((a, b) => a.startMs - b.startMs);
  for (const [at, { endMs }] of ordered.entries()) {
    const nextStartMs = ordered[at + 1]?.startMs;
    if (nextStartMs === undefined || nextStartMs <= endMs) continue;
    const gap = intersection({ startMs: endMs, endMs: nextStartMs }, asked);
    if (gap === undefined) continue;
    const from = new Date(endMs).toISOString().slice(0, 7);
    return new Failure(
      'no-data',
      `the export has bills before and after ${from}, but none for that month`,
      {
        where: from,
        hint: 'ask the provider to export that month again, or import its bill as a file',
      },
    );
  }
  return undefined;
}

/**
 * The failure of an export that ended before the requested window. Its charges there are unknown,
 * not zero.
 */
function findEarlyEnd({ sections, unfinished }: BillSections, asked: Period): Failure | undefined {
  const ends = sections.map(({ window }) => window?.endMs ?? Number.POSITIVE_INFINITY);
  const lastMs = Math.max(...ends);
  if (unfinished.length > 0 || ends.length === 0 || lastMs > asked.startMs) return undefined;
  const to = dayText(lastMs - 1);
  return new Failure('no-data', `the last bill of the export ends on ${to}`, {
    where: to,
    expected: `a bill for ${dayText(asked.startMs)} or later`,
    hint: 'check that the export still runs, and that prefix is that of the newest one',
  });
}

/** @throws {Failure} `config` if a secret is not set. */
export function openStore(
  { options, tools }: Pick<SourceContext<BillOptions>, 'options' | 'tools'>,
  asker: StoreClient,
  defaults: { readonly region: string; readonly endpoint: (region: string) => string },
): BillStore {
  const { bucket, containerUrl, folder, timeoutSeconds } = options;
  const prefix = folderPrefix(options.prefix);
  if (folder !== undefined) return folderStore({ folder, prefix }, asker);
  const { http } = tools;
  const timeout = timeoutSeconds === undefined ? {} : { timeoutMs: timeoutSeconds * 1000 };
  const connection = { http, asker, ...timeout };
  if (containerUrl !== undefined) {
    return azureStore({ containerUrl: containerUrl.reveal(), prefix }, connection);
  }
  const region = options.region ?? defaults.region;
  const endpoint = options.endpoint ?? defaults.endpoint(region);
  const session = options.sessionToken?.reveal();
  const s3 = {
    bucket: bucket ?? '',
    region,
    endpoint,
    // A bucket name with dots does not match the certificate of a virtual host.
    isPathStyle: options.pathStyle ?? (options.endpoint !== undefined || /\./.test(bucket ?? '')),
    prefix,
    accessKeyId: revealOption(options.accessKeyId, 'accessKeyId'),
    secretAccessKey: revealOption(options.secretAccessKey, 'secretAccessKey'),
    ...(session === undefined ? {} : { sessionToken: session }),
  };
  return s3Store(s3, connection);
}

function revealOption(value: string | Secret | undefined, name: string): string {
  if (typeof value === 'string') return value;
  if (value !== undefined) return value.reveal();
  throw new Failure('config', `${name} is not set`, { where: name, hint: `set ${name}` });
}
