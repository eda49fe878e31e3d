/** Decides which of several files of one period count, by manifest or by rule. */

import { z } from 'zod';
import { Failure } from '../../domain/failure.ts';
import { MINUTE_MS, parseInstant } from '../../domain/period.ts';
import type { FileHours } from './billRows.ts';
import type { FileRule } from './layouts.ts';
import type { StoredFile } from './store.ts';
import type { FetchBody } from '../../domain/provenance.ts';
import { plainBytes } from '../../platform/body.ts';
import { parseLossless } from '../../platform/json.ts';
import { findReadFields, toStoredBody } from '../../platform/schemaFields.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';

/**
 * The files to read if there is no manifest: all, or the newest. With the rule `told`, the files'
 * own periods decide later.
 * @throws {Failure} `config` if there are several files and no rule.
 */
export function applyFileRule(
  files: readonly StoredFile[],
  { name, rule }: { readonly name: string; readonly rule: FileRule | 'told' | undefined },
): readonly StoredFile[] {
  if (files.length < 2 || rule === 'told') return files;
  if (rule === 'newest') return files.slice(0, 1);
  if (rule === 'all') return files.toSorted((a, b) => (a.key < b.key ? -1 : 1));
  throw severalFiles(name, files);
}

function severalFiles(name: string, files: readonly StoredFile[]): Failure {
  const shown = files.slice(0, 3).map(({ key }) => key);
  const message = `${name} has ${files.length} files, such as ${shown.join(', ')}`;
  return new Failure('config', message, {
    where: 'files',
    expected: 'one file per period, or a rule for several',
    hint:
      'set files: all if they are parts of one bill, or files: newest if each has the ' +
      'whole period so far',
  });
}

/** A file and the start times of its charges. */
export interface FileWithHours {
  readonly file: StoredFile;
  readonly hours: FileHours;
}

/** Files of one delivery are written within minutes of each other. Deliveries are an hour apart. */
const ONE_DELIVERY_MS = 30 * MINUTE_MS;

/**
 * The files that count, newest first, if each delivery may hold either the last hour or the month
 * so far. A newer file that has all hours of an older one replaces it. A file with other hours
 * counts beside it.
 * @throws {Failure} `config` if two files share only some hours, or are of one delivery: adding
 *   could count twice, and leaving out could lose charges.
 */
export function findCountedFiles<T extends FileWithHours>(found: readonly T[], name: string): T[] {
  const kept: T[] = [];
  for (const candidate of found) {
    const overlapping = kept.filter(({ hours }) => sharesHours(candidate.hours, hours));
    if (overlapping.length === 0) kept.push(candidate);
    else if (!overlapping.every((newer) => replaces(newer, candidate))) {
      throw severalFiles(name, [candidate.file, ...overlapping.map(({ file }) => file)]);
    }
  }
  return kept;
}

function sharesHours({ moments }: FileHours, other: FileHours): boolean {
  return !moments.isDisjointFrom(other.moments);
}

function replaces(newer: FileWithHours, older: FileWithHours): boolean {
  const apartMs = (newer.file.modifiedMs ?? 0) - (older.file.modifiedMs ?? 0);
  if (apartMs < ONE_DELIVERY_MS) return newer.file.version === older.file.version;
  return older.hours.moments.isSubsetOf(newer.hours.moments);
}

export interface Manifest {
  /** The files as the manifest names them: `s3://bucket/key`, or the name of a blob. */
  readonly files: readonly string[];
  /** When the run was submitted. Absent if the manifest does not say. */
  readonly madeMs?: number;
}

/** AWS Data Exports: a list of URLs. */
const awsSchema = z
  .looseObject({ dataFiles: z.array(z.string()) })
  .transform(({ dataFiles }): Manifest => ({ files: [...new Set(dataFiles)] }));

/** Azure Cost Management: names of blobs below the container. */
const azureSchema = z
  .looseObject({
    blobs: z.array(z.looseObject({ blobName: z.string() })),
    runInfo: z.looseObject({ submittedTime: z.string().nullish() }).nullish(),
  })
  .transform(({ blobs, runInfo }): Manifest => {
    const madeMs = parseInstant(runInfo?.submittedTime ?? '');
    const files = [...new Set(blobs.map(({ blobName }) => blobName))];
    return { files, ...(madeMs === undefined ? {} : { madeMs }) };
  });

const SCHEMAS = { aws: awsSchema, azure: azureSchema };

/**
 * Reads a manifest. `kept` is the stored part, with only the fields that are read.
 * @throws {Failure} `malformed` for anything else.
 */
export function readManifest(
  bytes: Uint8Array,
  { layout, where }: { readonly layout: keyof typeof SCHEMAS; readonly where: string },
): { readonly manifest: Manifest; readonly kept: FetchBody } {
  const schema = SCHEMAS[layout];
  const kept = toStoredBody(bytes, findReadFields(schema), where);
  return { manifest: parseResponse(schema, parseLossless(plainBytes(kept), where), where), kept };
}
