/** Config options of a LiteLLM proxy, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { GatewayFields } from '../gatewayMatch.ts';
import type { KindDeclaration } from '../source.ts';

const HOUR_SECONDS = 3_600;

export const litellmOptions = z.strictObject({
  apiKey: secretSchema,
  ...apiOptions('http://localhost:4000'),
  detail: z
    .enum(['day', 'request'])
    .default('day')
    .meta({ description: 'Sums by UTC day, or every request in the spend log.' }),
  interval: z
    .int()
    .min(60)
    .max(HOUR_SECONDS)
    .refine((seconds) => HOUR_SECONDS % seconds === 0, {
      error: 'expected a number of seconds that divides an hour, like 300',
    })
    .default(300)
    .meta({ description: 'Seconds of one usage row with detail: request; must divide 3600.' }),
});

export type LitellmOptions = z.output<typeof litellmOptions>;

/** The two lists of a day, by models or by model groups. */
export const DAY_KEYS = ['model', 'model_group'] as const;

/** Fields of a request that a deployment's match may use. */
export const REQUEST_KEYS = [
  'model',
  'model_group',
  'model_id',
  'api_base',
  'custom_llm_provider',
  'team_id',
  'end_user',
] as const;

/** Prefix of labels that stand for a tag: `tag:lane` is `nightly` if the tag is `lane:nightly`. */
export const TAG_PREFIX = 'tag:';

/** The label that stands for all tags, unparsed. The config names one of them. */
export const TAGS_LABEL = 'request_tags';

export const LITELLM_FIELDS: Readonly<Record<LitellmOptions['detail'], GatewayFields>> = {
  day: { match: DAY_KEYS, labels: ['team_id', 'key_alias', 'user_id'] },
  request: {
    match: REQUEST_KEYS,
    labels: [
      'team_id',
      'team_alias',
      'key_alias',
      'user_id',
      'organization_id',
      'end_user',
      'model_group',
      TAGS_LABEL,
      TAG_PREFIX,
    ],
  },
};

/** The LiteLLM proxy: the requests that it forwarded to each model, by day or by request. */
export const litellmDeclaration: KindDeclaration<LitellmOptions> = {
  kind: 'litellm',
  provides: ['usage'],
  options: litellmOptions,
  matchKeys: ({ detail }) => LITELLM_FIELDS[detail].match,
};
