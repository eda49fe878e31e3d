/** Pulls one period of an export: fetches its files, checks them, then yields their charges. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import type { FocusRule } from '../../domain/focus.ts';
import { HOUR_MS } from '../../domain/period.ts';
import type { Fetch, Fetched, SourceSection } from '../../domain/provenance.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { canonicalDigest } from '../../platform/digest.ts';
import { version } from '../../platform/version.ts';
import { catchFailure, unreadableFetch, unsentFetch } from '../fetchRecord.ts';
import type { PullRequest } from '../source.ts';
import {
  type BillBatch,
  readBillBatches,
  type BillFile,
  type FileHours,
  readFileHours,
} from './billRows.ts';
import { applyFileRule, findCountedFiles, readManifest } from './fileRule.ts';
import { type FileRule, newestFirst, type BillSection } from './layouts.ts';
import type { StoreClient, BillStore, StoredFile } from './store.ts';

export interface SectionPull {
  readonly asker: StoreClient;
  readonly store: BillStore;
  readonly request: PullRequest;
  readonly take: readonly FocusRule[] | undefined;
  readonly layout: 'aws' | 'azure' | 'plain';
  readonly rule: FileRule | 'told' | undefined;
  /** All listed files, by key. */
  readonly listed: ReadonlyMap<string, StoredFile>;
}

function isStored({ request }: SectionPull, { name, version: wanted }: SourceSection): boolean {
  return request.known?.some((known) => known.name === name && known.version === wanted) === true;
}

/** The fetches of one period. If any part fails, the failure is all that is yielded. */
export async function* pullSection(
  pull: SectionPull,
  section: BillSection,
): AsyncGenerator<Fetched> {
  const selection = await selectFiles(pull, section);
  if (selection.fetched !== undefined) yield selection.fetched;
  if ('failure' in selection) {
    if (selection.fetched === undefined) yield failedSection(pull, section, selection.failure);
    return;
  }
  const filesVersion = versionOf(pull, selection.files);
  const sourceSection = { name: section.name, version: filesVersion };
  if (isStored(pull, sourceSection)) return;
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bill-'));
  try {
    const saved = await saveAll(pull, { section, files: selection.files, folder });
    if ('fetched' in saved) yield saved.fetched;
    else yield* readSaved(pull, { section, files: saved.files, sourceSection });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Selection = { readonly fetched?: Fetched } & (
  | { readonly files: readonly StoredFile[] }
  | { readonly failure: Failure }
);

async function selectFiles(
  pull: SectionPull,
  { name, manifests, files }: BillSection,
): Promise<Selection> {
  try {
    if (manifests !== undefined) return await manifestFiles(pull, manifests);
    return { files: applyFileRule(files ?? [], { name, rule: pull.rule }) };
  } catch (error) {
    if (error instanceof Failure) return { failure: error };
    throw error;
  }
}

/** A manifest that was read, with the fetch to store. */
interface Run {
  readonly file: StoredFile;
  readonly fetch: Fetch;
  readonly addresses: readonly string[];
  readonly madeMs: number;
}

/** At most this many runs of a period are read. The newest is among the first. */
const MAX_RUNS = 100;

/**
 * The files of the newest run, by its start time in the manifest, or else by the manifest's own
 * time.
 */
async function manifestFiles(
  pull: SectionPull,
  manifests: readonly StoredFile[],
): Promise<Selection> {
  const { store, layout } = pull;
  if (layout === 'plain') return { files: manifests };
  const runs: Run[] = [];
  for (const file of manifests.slice(0, layout === 'aws' ? 1 : MAX_RUNS)) {
    const got = await store.read(file);
    if ('failure' in got) return { fetched: { fetch: got.fetch }, failure: got.failure };
    const where = got.fetch.url;
    const { manifest, kept } = readManifest(got.value, { layout, where });
    const fetch = { ...got.fetch, url: versionedUrl(where, file), body: kept };
    const madeMs = manifest.madeMs ?? file.modifiedMs ?? 0;
    runs.push({ file, fetch, addresses: manifest.files, madeMs });
  }
  const [newest] = runs.toSorted((a, b) => b.madeMs - a.madeMs);
  if (newest === undefined) return { files: [] };
  if (newest.addresses.length === 0) {
    const failure = noFiles(newest);
    return { fetched: unreadableFetch(newest.fetch, failure), failure };
  }
  const found = newest.addresses.map((address) => findListed(pull, store.keyOf(address)));
  const missing = newest.addresses.find((_, at) => found[at] === undefined);
  const files = found.filter((one) => one !== undefined);
  const failure =
    missing === undefined ? findUnfinishedWrite(pull, newest, files) : missingFile(newest, missing);
  const fetched = { fetch: newest.fetch };
  if (failure === undefined) return { fetched, files };
  return { fetched: unreadableFetch(newest.fetch, failure), failure };
}

/** The listed file with this key. In a copy of the bucket, keys may start later or deeper. */
function findListed({ listed }: SectionPull, key: string): StoredFile | undefined {
  const exact = listed.get(key);
  if (exact !== undefined) return exact;
  const similar = [...listed.values()].filter(
    (file) => key.endsWith(`/${file.key}`) || file.key.endsWith(`/${key}`),
  );
  return similar.length === 1 ? similar[0] : undefined;
}

function noFiles({ fetch }: Run): Failure {
  return new Failure('no-data', 'the manifest lists no file', {
    where: fetch.url,
    hint: 'check the export in the cloud console; its next run may have files',
  });
}

function missingFile({ fetch }: Run, address: string): Failure {
  return new Failure('not-settled', `the manifest lists ${address}, which does not exist`, {
    where: fetch.url,
    hint: 'the export is still being written; known charges are kept, and the next pull reads it',
  });
}

/**
 * The failure of a run that is still being written. The manifest comes last, so newer data belong
 * to a run that has not ended. Data older than an hour are accepted.
 */
function findUnfinishedWrite(
  { asker }: SectionPull,
  { file: manifest, fetch }: Run,
  files: readonly StoredFile[],
): Failure | undefined {
  const [newest] = newestFirst(files);
  const writtenMs = newest?.modifiedMs ?? 0;
  const isNewer = writtenMs > (manifest.modifiedMs ?? writtenMs);
  if (!isNewer || asker.nowMs() - writtenMs > HOUR_MS) return undefined;
  return new Failure('not-settled', `${newest?.key ?? ''} is newer than its manifest`, {
    where: fetch.url,
    hint: 'the export is still being written; known charges are kept, and the next pull reads it',
  });
}

/**
 * The version of a period. A new version of a file, of the rules or of this program reads it again.
 */
function versionOf({ take, rule }: SectionPull, files: readonly StoredFile[]): string {
  const tags = files.map(({ key, version: tag }) => [key, tag]);
  return canonicalDigest([version, take ?? null, rule ?? null, tags]).slice(0, 32);
}

interface SaveRequest {
  readonly section: BillSection;
  readonly files: readonly StoredFile[];
  readonly folder: string;
}

interface Saved extends BillFile {
  readonly file: StoredFile;
  readonly hours: FileHours;
}

/** Saves all files and reads each to its end once. Returns the failure of the first that fails. */
async function saveAll(
  pull: SectionPull,
  { section, files, folder }: SaveRequest,
): Promise<{ readonly files: readonly BillFile[] } | { readonly fetched: Fetched }> {
  const saved: Saved[] = [];
  for (const [at, file] of files.entries()) {
    const path = join(folder, String(at));
    const got = await pull.store.save(file, path);
    const fetch = { ...got.fetch, url: versionedUrl(got.fetch.url, file), ...windowOf(section) };
    if ('failure' in got) return { fetched: { fetch } };
    try {
      const name = basename(file.key);
      saved.push({ file, path, name, fetch, hours: await readFileHours({ path, name }) });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { fetched: unreadableFetch(fetch, error) };
    }
  }
  if (pull.rule !== 'told') return { files: saved };
  const counted = catchFailure(() => findCountedFiles(saved, section.name));
  if (!(counted instanceof Failure)) return { files: counted };
  return { fetched: failedSection(pull, section, counted) };
}

function windowOf({ window }: BillSection): Pick<Fetch, 'window'> {
  return window === undefined ? {} : { window };
}

/** The URL with the version that was read. */
function versionedUrl(url: string, { version: tag }: StoredFile): string {
  return tag === '' ? url : `${url}#${tag}`;
}

function failedSection({ asker }: SectionPull, section: BillSection, failure: Failure): Fetched {
  const asked = { sourceId: asker.sourceId, kind: `${asker.kind}.period`, ...windowOf(section) };
  return unsentFetch(asked, { url: `source:${asker.sourceId}`, nowMs: asker.nowMs() }, failure);
}

interface ReadRequest {
  readonly section: BillSection;
  readonly files: readonly BillFile[];
  readonly sourceSection: SourceSection;
}

/**
 * Charges of a period may have any time: corrections are of earlier periods, purchases of years.
 */
const EVER = { startMs: Date.UTC(2000, 0, 1), endMs: Date.UTC(2100, 0, 1) };

/** One fetch per batch. The last one marks the period as complete. */
async function* readSaved(
  { asker, take }: SectionPull,
  { section, files, sourceSection }: ReadRequest,
): AsyncGenerator<Fetched> {
  const { sourceId } = asker;
  const keyPrefix = `focus/${section.name}/`;
  const frame = { sourceId, nowMs: asker.nowMs(), take, keyPrefix, window: section.window };
  const whole = `${section.name}@${sourceSection.version}`;
  let notes: readonly PullWarning[] = [];
  let previous: BillBatch | undefined;
  let index = 0;
  let rejected = 0;
  const onNotes = (read: readonly PullWarning[]) => void (notes = read);
  for await (const batch of readBillBatches(files, frame, onNotes)) {
    if (previous !== undefined) {
      yield {
        ...toFetched(previous),
        section: { ...sourceSection, isWhole: false },
        partOf: { whole, index },
      };
      index += 1;
    }
    previous = batch;
    rejected += batch.rejects.length;
  }
  if (previous === undefined) return;
  yield {
    ...toFetched(previous),
    ...(index === 0 ? {} : { partOf: { whole, index } }),
    completeFor: { keyPrefix, window: EVER },
    remarks: notes.map((note) => ({ code: 'section-read', section: section.name, note })),
    section: { ...sourceSection, isWhole: rejected === 0 },
  };
}

function toFetched({ file, facts, rejects, body }: BillBatch): Fetched {
  return {
    fetch: { ...file.fetch, body },
    ...facts,
    ...(rejects.length === 0 ? {} : { rejects }),
  };
}
