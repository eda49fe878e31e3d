/** Options of an Anthropic source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const anthropicOptions = z.strictObject({
  adminKey: secretSchema,
  ...apiOptions('https://api.anthropic.com'),
});

export type AnthropicOptions = z.output<typeof anthropicOptions>;
