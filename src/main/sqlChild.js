/** Starts the process that runs one SQL statement: JavaScript, so it loads no compiler. */

import { enableCompileCache } from './compileCache.js';

enableCompileCache();
await import('./sqlAnswer.ts');
