/** Prometheus as a kind of source. */

import { lazyKind } from '../source.ts';
import { prometheusOptions } from './options.ts';

/** Prometheus and its kin: vLLM's counters, read exactly. */
export const prometheusKind = lazyKind(
  {
    kind: 'prometheus',
    tells: ['usage'],
    options: prometheusOptions,
    resumes: true,
    seesEngines: true,
    forgets: true,
  },
  () => import('./source.ts'),
);
