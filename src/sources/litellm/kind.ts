/** LiteLLM as a kind of source. */

import { lazyKind } from '../source.ts';
import { litellmOptions, READABLE } from './options.ts';

/** The LiteLLM proxy: what it passed on to which model, by day or by request. */
export const litellmKind = lazyKind(
  {
    kind: 'litellm',
    tells: ['usage'],
    options: litellmOptions,
    matchKeys: ({ detail }) => READABLE[detail].match,
  },
  () => import('./source.ts'),
);
