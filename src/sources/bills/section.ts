/** One period of an export: its files are fetched, checked, and only then told. */

import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Failure } from '../../domain/failure.ts';
import type { FocusRule } from '../../domain/focus.ts';
import { HOUR_MS } from '../../domain/period.ts';
import type { Fetch, Fetched, SourceSection } from '../../domain/provenance.ts';
import { canonicalDigest } from '../../platform/digest.ts';
import { version } from '../../platform/version.ts';
import { orFailure, unreadableFetch, unsentFetch } from '../fetchRecord.ts';
import type { PullRequest } from '../source.ts';
import { type BillBatch, billBatches, type BillFile, type Span, spanOf } from './billRows.ts';
import { ruled, standing } from './fileRule.ts';
import { type FileRule, newestFirst, type Section } from './layouts.ts';
import { readManifest } from './manifests.ts';
import type { Asker, Store, StoredFile } from './store.ts';

export interface SectionPull {
  readonly asker: Asker;
  readonly store: Store;
  readonly request: PullRequest;
  readonly take: readonly FocusRule[] | undefined;
  readonly layout: 'aws' | 'azure' | 'plain';
  readonly rule: FileRule | 'told' | undefined;
  /** All that the list showed, by key. */
  readonly listed: ReadonlyMap<string, StoredFile>;
}

function isKnown({ request }: SectionPull, of: SourceSection): boolean {
  return (
    request.known?.some(({ name, version: at }) => name === of.name && at === of.version) === true
  );
}

/** The fetches of one period; a failure of any part is the only thing told of it. */
export async function* sectionFetches(
  pull: SectionPull,
  section: Section,
): AsyncGenerator<Fetched> {
  const chosen = await filesOf(pull, section);
  if (chosen.fetched !== undefined) yield chosen.fetched;
  if ('failure' in chosen) {
    if (chosen.fetched === undefined) yield failedSection(pull, section, chosen.failure);
    return;
  }
  const told = versionOf(pull, chosen.files);
  const of = { name: section.name, version: told };
  if (isKnown(pull, of)) return;
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bill-'));
  try {
    const saved = await saveAll(pull, { section, files: chosen.files, folder });
    if ('fetched' in saved) yield saved.fetched;
    else yield* tell(pull, { section, files: saved.files, of });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

type Chosen = { readonly fetched?: Fetched } & (
  | { readonly files: readonly StoredFile[] }
  | { readonly failure: Failure }
);

async function filesOf(pull: SectionPull, { name, manifests, files }: Section): Promise<Chosen> {
  try {
    if (manifests !== undefined) return await manifestFiles(pull, manifests);
    return { files: ruled(files ?? [], { name, rule: pull.rule }) };
  } catch (error) {
    if (error instanceof Failure) return { failure: error };
    throw error;
  }
}

/** A manifest that was read, with the fetch to be kept. */
interface Run {
  readonly file: StoredFile;
  readonly fetch: Fetch;
  readonly addresses: readonly string[];
  readonly madeMs: number;
}

/** More runs of one period are not looked at: the newest is among the first. */
const MOST_RUNS = 100;

/** The newest run by its own word; by the time of its manifest where it does not tell. */
async function manifestFiles(pull: SectionPull, manifests: readonly StoredFile[]): Promise<Chosen> {
  const { store, layout } = pull;
  if (layout === 'plain') return { files: manifests };
  const runs: Run[] = [];
  for (const file of manifests.slice(0, layout === 'aws' ? 1 : MOST_RUNS)) {
    const got = await store.read(file);
    if ('failure' in got) return { fetched: { fetch: got.fetch }, failure: got.failure };
    const where = got.fetch.url;
    const { manifest, kept } = readManifest(got.value, { layout, where });
    const fetch = { ...got.fetch, url: tagged(where, file), body: kept };
    const madeMs = manifest.madeMs ?? file.modifiedMs ?? 0;
    runs.push({ file, fetch, addresses: manifest.files, madeMs });
  }
  const [newest] = runs.toSorted((a, b) => b.madeMs - a.madeMs);
  if (newest === undefined) return { files: [] };
  if (newest.addresses.length === 0) {
    const failure = noFiles(newest);
    return { fetched: unreadableFetch(newest.fetch, failure), failure };
  }
  const found = newest.addresses.map((address) => fileNamed(pull, store.keyOf(address)));
  const missing = newest.addresses.find((_, at) => found[at] === undefined);
  const files = found.filter((one) => one !== undefined);
  const failure =
    missing === undefined ? beingWritten(pull, newest, files) : missingFile(newest, missing);
  const fetched = { fetch: newest.fetch };
  if (failure === undefined) return { fetched, files };
  return { fetched: unreadableFetch(newest.fetch, failure), failure };
}

/** In a copy of the bucket the keys may begin later, or deeper. */
function fileNamed({ listed }: SectionPull, key: string): StoredFile | undefined {
  const exact = listed.get(key);
  if (exact !== undefined) return exact;
  const alike = [...listed.values()].filter(
    (file) => key.endsWith(`/${file.key}`) || file.key.endsWith(`/${key}`),
  );
  return alike.length === 1 ? alike[0] : undefined;
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

/** The manifest comes last: newer data belong to a run that has not ended. An hour ends a doubt. */
function beingWritten(
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

/** Another version of any file, of the rules or of this program reads the period again. */
function versionOf({ take, rule }: SectionPull, files: readonly StoredFile[]): string {
  const told = files.map(({ key, version: tag }) => [key, tag]);
  return canonicalDigest([version, take ?? null, rule ?? null, told]).slice(0, 32);
}

interface Wish {
  readonly section: Section;
  readonly files: readonly StoredFile[];
  readonly folder: string;
}

interface Saved extends BillFile {
  readonly file: StoredFile;
  readonly span: Span;
}

/** All of them, each read to its end once; or the failure of the first that could not be. */
async function saveAll(
  pull: SectionPull,
  { section, files, folder }: Wish,
): Promise<{ readonly files: readonly BillFile[] } | { readonly fetched: Fetched }> {
  const saved: Saved[] = [];
  for (const [at, file] of files.entries()) {
    const path = join(folder, String(at));
    const got = await pull.store.save(file, path);
    const fetch = { ...got.fetch, url: tagged(got.fetch.url, file), ...windowOf(section) };
    if ('failure' in got) return { fetched: { fetch } };
    try {
      const name = basename(file.key);
      saved.push({ file, path, name, fetch, span: await spanOf({ path, name }) });
    } catch (error) {
      if (!(error instanceof Failure)) throw error;
      return { fetched: unreadableFetch(fetch, error) };
    }
  }
  if (pull.rule !== 'told') return { files: saved };
  const counted = orFailure(() => standing(saved, section.name));
  if (!(counted instanceof Failure)) return { files: counted };
  return { fetched: failedSection(pull, section, counted) };
}

function windowOf({ window }: Section): Pick<Fetch, 'window'> {
  return window === undefined ? {} : { window };
}

/** The address with the version that was read. */
function tagged(url: string, { version: tag }: StoredFile): string {
  return tag === '' ? url : `${url}#${tag}`;
}

function failedSection({ asker }: SectionPull, section: Section, failure: Failure): Fetched {
  const asked = { sourceId: asker.sourceId, kind: `${asker.kind}.period`, ...windowOf(section) };
  return unsentFetch(asked, { url: `source:${asker.sourceId}`, nowMs: asker.nowMs() }, failure);
}

interface Telling {
  readonly section: Section;
  readonly files: readonly BillFile[];
  readonly of: SourceSection;
}

/** Charges of a period may lie anywhere: a correction is of an earlier one, a purchase of years. */
const EVER = { startMs: Date.UTC(2000, 0, 1), endMs: Date.UTC(2100, 0, 1) };

/** One fetch for each batch; the last one says that the period is whole. */
async function* tell(
  { asker, take }: SectionPull,
  { section, files, of }: Telling,
): AsyncGenerator<Fetched> {
  const { sourceId } = asker;
  const keyPrefix = `focus/${section.name}/`;
  const frame = { sourceId, nowMs: asker.nowMs(), take, keyPrefix, window: section.window };
  const whole = `${section.name}@${of.version}`;
  let sentences: readonly string[] = [];
  let held: BillBatch | undefined;
  let index = 0;
  let rejected = 0;
  const said = (told: readonly string[]) => void (sentences = told);
  for await (const batch of billBatches(files, frame, said)) {
    if (held !== undefined) {
      yield { ...fetchedOf(held), section: { ...of, isWhole: false }, partOf: { whole, index } };
      index += 1;
    }
    held = batch;
    rejected += batch.rejects.length;
  }
  if (held === undefined) return;
  yield {
    ...fetchedOf(held),
    ...(index === 0 ? {} : { partOf: { whole, index } }),
    completeFor: { keyPrefix, window: EVER },
    remarks: sentences.map((sentence) => `${section.name}: ${sentence}`),
    section: { ...of, isWhole: rejected === 0 },
  };
}

function fetchedOf({ file, facts, rejects, body }: BillBatch): Fetched {
  return {
    fetch: { ...file.fetch, body },
    ...facts,
    ...(rejects.length === 0 ? {} : { rejects }),
  };
}
