/** Config options of a Langfuse project, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { GatewayFields } from '../gatewayMatch.ts';
import type { KindDeclaration } from '../source.ts';

export const langfuseOptions = z.strictObject({
  publicKey: z.string().min(1),
  secretKey: secretSchema,
  ...apiOptions('https://cloud.langfuse.com'),
  granularity: z
    .enum(['hour', 'day'])
    .default('hour')
    .meta({ description: 'Length of one usage row; fewer requests are needed for days.' }),
});

export type LangfuseOptions = z.output<typeof langfuseOptions>;

/** Langfuse dimensions that may distinguish calls, by their names in the API. */
export const LANGFUSE_DIMENSIONS = [
  'providedModelName',
  'environment',
  'name',
  'traceName',
  'release',
  'version',
] as const;

export const LANGFUSE_FIELDS: GatewayFields = {
  match: ['model', ...LANGFUSE_DIMENSIONS],
  labels: LANGFUSE_DIMENSIONS.filter((name) => name !== 'providedModelName'),
};

/** Langfuse: calls to models from its traces, summed by hour or day. */
export const langfuseDeclaration: KindDeclaration<LangfuseOptions> = {
  kind: 'langfuse',
  provides: ['usage'],
  options: langfuseOptions,
  matchKeys: () => LANGFUSE_FIELDS.match,
};
