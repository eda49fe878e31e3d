/** Knows the order of starting: the guard first, then the secrets in `.env`, then the program. */

import './guard.js';
import { existsSync } from 'node:fs';

// What the environment already holds wins over the file.
if (existsSync('.env')) process.loadEnvFile('.env');

await import('./main.ts');
