/** The config options for where a source's bills are stored. */

import { isAbsolute } from 'node:path';
import { z } from 'zod';
import { baseUrlSchema } from '../../platform/baseUrl.ts';
import { type Secret, secretSchema } from '../../platform/secret.ts';
import { FILE_RULES } from './layouts.ts';
import { FOCUS_FILTERS, isFocusFilter } from '../../domain/focus.ts';
import { nearestWord } from '../../platform/text.ts';

const rule = z
  .record(z.string(), z.string())
  .refine((columns) => Object.keys(columns).length > 0, {
    error: 'name at least one column, like ServiceName',
  })
  .check((context) => {
    for (const name of Object.keys(context.value).filter((column) => !isFocusFilter(column))) {
      const suggestion = nearestWord(name, FOCUS_FILTERS);
      const remedy = suggestion === undefined ? '' : `; did you mean "${suggestion}"?`;
      context.issues.push({
        code: 'custom',
        input: context.value,
        path: [name],
        message: `expected a FOCUS column like ServiceName or Tags.NAME${remedy}`,
      });
    }
  });

/** A row is used if it matches every column of one rule. */
export const takeSchema = z
  .array(rule)
  .min(1)
  .meta({ description: 'Which rows of FOCUS bills are used, by columns with * as a wildcard.' });

const keyId = z.union([z.string().min(1), secretSchema]);

/** Options of every source whose bills are files. */
export const billOptions = {
  bucket: z.string().min(1).optional(),
  region: z.string().min(1).optional(),
  endpoint: baseUrlSchema.optional(),
  pathStyle: z.boolean().optional(),
  accessKeyId: keyId.optional(),
  secretAccessKey: secretSchema.optional(),
  sessionToken: secretSchema.optional(),
  folder: z.string().refine(isAbsolute, { error: 'expected an absolute path' }).optional(),
  prefix: z.string().optional(),
  files: z.enum(FILE_RULES).optional(),
  take: takeSchema.optional(),
  timeoutSeconds: z.number().positive().max(3600).optional(),
};

/** The parsed options. */
export interface BillOptions {
  readonly bucket?: string | undefined;
  readonly region?: string | undefined;
  readonly endpoint?: string | undefined;
  readonly pathStyle?: boolean | undefined;
  readonly accessKeyId?: string | Secret | undefined;
  readonly secretAccessKey?: Secret | undefined;
  readonly sessionToken?: Secret | undefined;
  readonly containerUrl?: Secret | undefined;
  readonly folder?: string | undefined;
  readonly prefix?: string | undefined;
  readonly timeoutSeconds?: number | undefined;
}

/** Adds an issue for options that name no location or two, or a bucket without its keys. */
export function checkPlace(context: { readonly value: BillOptions; readonly issues: unknown[] }) {
  const { value, issues } = context;
  const places = (['bucket', 'containerUrl', 'folder'] as const).filter(
    (name) => value[name] !== undefined,
  );
  const addIssue = (path: string, message: string) =>
    void issues.push({ code: 'custom', input: value, path: [path], message });
  if (places.length !== 1) {
    const found = places.length === 0 ? 'found none' : `found ${places.join(' and ')}`;
    addIssue(places[1] ?? 'bucket', `set one location of the bills; ${found}`);
  }
  if (value.bucket === undefined) return;
  for (const name of ['accessKeyId', 'secretAccessKey'] as const) {
    if (value[name] === undefined) addIssue(name, 'missing; a bucket cannot be opened without it');
  }
}
