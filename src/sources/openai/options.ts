/** Options of an OpenAI source in rentcheck.yaml, and the declaration of its kind. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';
import type { KindDeclaration } from '../source.ts';

export const openaiOptions = z.strictObject({
  adminKey: secretSchema,
  ...apiOptions('https://api.openai.com/v1'),
});

export type OpenaiOptions = z.output<typeof openaiOptions>;

/** Charges by line item and token counts by model of an OpenAI organization. */
export const openaiDeclaration: KindDeclaration<OpenaiOptions> = {
  kind: 'openai',
  provides: ['charges'],
  options: openaiOptions,
};
