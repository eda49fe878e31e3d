/** Lets every law of a run draw from one seed, so that a run that failed can be repeated. */

import * as fc from 'fast-check';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** Of all random worlds; `RENTCHECK_SEED` chooses another one. */
    readonly seed?: number;
  }
}

fc.configureGlobal({ seed: inject('seed') ?? 1 });
