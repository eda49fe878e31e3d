/** Options of an OpenAI source in rentcheck.yaml. */

import { z } from 'zod';
import { secretSchema } from '../../platform/secret.ts';
import { apiOptions } from '../api.ts';

export const openaiOptions = z.strictObject({
  adminKey: secretSchema,
  ...apiOptions('https://api.openai.com/v1'),
});

export type OpenaiOptions = z.output<typeof openaiOptions>;
