/** Runs one SQL statement of a user in its own process, which can be killed at any time. */

import './guard.js';
import { enableCompileCache } from './compileCache.js';

enableCompileCache();
await import('./sqlAnswer.ts');
