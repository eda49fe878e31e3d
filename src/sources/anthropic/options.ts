/** Options of an Anthropic source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

export const anthropicOptions = z.strictObject({
  adminKey: secretSchema,
  ...apiOptions('https://api.anthropic.com'),
});

export type AnthropicOptions = z.output<typeof anthropicOptions>;

/** Charges by line item and token counts by model of an Anthropic organization. */
export const anthropicDeclaration: KindDeclaration<AnthropicOptions> = {
  kind: 'anthropic',
  provides: ['charges'],
  options: anthropicOptions,
};
