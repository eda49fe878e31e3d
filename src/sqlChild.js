/** Runs one statement of a person in a process of its own, which can be ended whatever it does. */

import './guard.js';
import { enableCompileCache } from './compileCache.js';

enableCompileCache();
await import('./sqlAnswer.ts');
