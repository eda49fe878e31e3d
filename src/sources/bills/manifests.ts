/** Reads the manifests of exports: the files of a run, and when it was started. */

import { z } from 'zod';
import { parseInstant } from '../../domain/period.ts';
import type { FetchBody } from '../../domain/provenance.ts';
import { plainBytes } from '../../platform/body.ts';
import { parseLossless } from '../../platform/json.ts';
import { findReadFields, toStoredBody } from '../../platform/schemaFields.ts';
import { parseResponse } from '../../platform/responseSchemas.ts';

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
