/** Sets one seed for every law of a run, so that a failed run can be repeated. */

import * as fc from 'fast-check';
import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** The seed of all random worlds. `RENTCHECK_SEED` sets another one. */
    readonly seed?: number;
  }
}

fc.configureGlobal({ seed: inject('seed') ?? 1 });
