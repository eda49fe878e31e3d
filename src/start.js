/** Starts the program in order: the guard, the compile cache, the secrets in `.env`, the rest. */

import './guard.js';
import { existsSync } from 'node:fs';
import { enableCompileCache } from './compileCache.js';

/** What the environment already holds wins over the file. */
function readSecrets() {
  try {
    if (existsSync('.env')) process.loadEnvFile('.env');
    return true;
  } catch (error) {
    const reason = error instanceof Error && 'code' in error ? String(error.code) : String(error);
    process.stderr.write(
      `rentcheck: .env cannot be read (${reason})\n` +
        '  expected: a text file with lines like NAME=value, readable for this user\n' +
        '  do:       fix it or move it away; secrets may also come from the environment\n',
    );
    return false;
  }
}

enableCompileCache();
if (readSecrets()) await import('./main.ts');
else process.exitCode = 2;
