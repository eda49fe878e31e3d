/** Declares the source kind `scrape`. */

import { lazyKind } from '../source.ts';
import { REREAD_RULE, scrapeOptions } from './options.ts';

/** Metrics that rentcheck scrapes from replicas itself, at scheduled times. */
export const scrapeKind = lazyKind(
  {
    kind: 'scrape',
    provides: ['usage'],
    samples: ['usage'],
    options: scrapeOptions,
    rereads: REREAD_RULE,
    seesEngines: true,
  },
  () => import('./source.ts'),
);
