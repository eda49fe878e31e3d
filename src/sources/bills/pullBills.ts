/** Pulls the bills of a bucket or a folder: period by period, each whole or not at all. */

import { Failure } from '../../domain/failure.ts';
import type { FocusRule } from '../../domain/focus.ts';
import { dayText, intersection, overlapMs, type Period } from '../../domain/period.ts';
import type { Fetched } from '../../domain/provenance.ts';
import { orFailure, unsentFetch } from '../fetchRecord.ts';
import { type PullRequest, wants } from '../source.ts';
import { type FileRule, laidOut, type Laid, type Layout, type Section } from './layouts.ts';
import { type SectionPull, sectionFetches } from './section.ts';
import type { Asker, Store, StoredFile } from './store.ts';

/** What is to be read of where. */
export interface BillPull {
  readonly asker: Asker;
  readonly take: readonly FocusRule[] | undefined;
  readonly layout: Layout;
  /** A glob for the keys of a plain layout. */
  readonly match: string | undefined;
  /** `told`: what the files say decides. */
  readonly rule: FileRule | 'told' | undefined;
  /** @throws {Failure} `config` where a secret is not set or an address is none. */
  open(): Store;
}

/** One pull, as every source answers it. */
export async function* pullBills(pull: BillPull, request: PullRequest): AsyncGenerator<Fetched> {
  if (!wants(request, 'charges')) return;
  const { asker } = pull;
  const store = orFailure(() => pull.open());
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
    const tooMany = files.size > MOST_FILES ? tooManyFiles(store) : undefined;
    if (page.fetch.digest !== undefined) yield { fetch: page.fetch };
    if (tooMany === undefined) continue;
    yield unsent(pull, `${asker.kind}.list`, tooMany);
    return;
  }
  yield* periodsOf({ ...pull, store, request, listed: files });
}

const MOST_FILES = 200_000;

function tooManyFiles({ name }: Store): Failure {
  return new Failure('too-large', `${name} has more than ${MOST_FILES} files`, {
    where: name,
    hint: 'set prefix to the folder of the export',
  });
}

function unsent({ asker }: BillPull, kind: string, failure: Failure): Fetched {
  const place = { url: `source:${asker.sourceId}`, nowMs: asker.nowMs() };
  return unsentFetch({ sourceId: asker.sourceId, kind }, place, failure);
}

type Pulling = BillPull & Pick<SectionPull, 'store' | 'request' | 'listed'>;

async function* periodsOf(pulling: Pulling): AsyncGenerator<Fetched> {
  const { asker, store, request, listed, layout, match } = pulling;
  const { prefix } = store;
  const laid = orFailure(() => laidOut([...listed.values()], { layout, match, prefix }));
  const kind = `${asker.kind}.period`;
  if (laid instanceof Failure) {
    yield unsent(pulling, kind, laid);
    return;
  }
  if (laid.sections.length + laid.unfinished.length === 0) {
    yield unsent(pulling, kind, nothingThere(store));
    return;
  }
  const section: SectionPull = { ...pulling, layout: laid.layout };
  for (const one of laid.sections.filter(({ window }) => isAsked(window, request.window))) {
    yield* sectionFetches(section, one);
  }
  for (const name of laid.unfinished) yield unsent(pulling, kind, unfinished(name, store));
  const missing = missingMonths(laid, request.window) ?? ended(laid, request.window);
  if (missing !== undefined) yield unsent(pulling, kind, missing);
}

function isAsked(window: Section['window'], asked: Period): boolean {
  return window === undefined || overlapMs(window, asked) > 0;
}

function nothingThere({ name }: Store): Failure {
  return new Failure('not-found', `no bill in ${name}`, {
    where: name,
    expected: 'files of a FOCUS export: CSV or Parquet',
    hint: 'check prefix; a new export arrives within a day',
  });
}

function unfinished(name: string, store: Store): Failure {
  return new Failure('not-settled', `${store.name} has files of ${name}, but no manifest yet`, {
    where: name,
    hint:
      'the export is still being written; known charges are kept, and the next pull reads it. ' +
      'If this is a copy without manifests, set layout: plain',
  });
}

/** A month between two that are there has a bill too; before the first there may be none. */
function missingMonths({ sections }: Laid, asked: Period): Failure | undefined {
  const windows = sections.flatMap(({ window }) => window ?? []);
  const ordered = windows.toSorted((a, b) => a.startMs - b.startMs);
  for (const [at, { endMs }] of ordered.entries()) {
    const next = ordered[at + 1]?.startMs;
    if (next === undefined || next <= endMs) continue;
    const gap = intersection({ startMs: endMs, endMs: next }, asked);
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

/** An export that has stopped before the time asked for tells nothing of it, which is not zero. */
function ended({ sections, unfinished }: Laid, asked: Period): Failure | undefined {
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
