/** Declares the source kind `prometheus`. */

import { lazyKind } from '../source.ts';
import { prometheusOptions } from './options.ts';

/** Prometheus and compatible servers: exact counters of inference engines. */
export const prometheusKind = lazyKind(
  {
    kind: 'prometheus',
    provides: ['usage'],
    options: prometheusOptions,
    resumes: true,
    seesEngines: true,
    forgets: true,
  },
  () => import('./source.ts'),
);
