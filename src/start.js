/** Knows the order of starting: the guard first, then the secrets in `.env`, then the program. */

import './guard.js';
import { existsSync } from 'node:fs';

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
        '  do:       mend it or move it away; secrets may come from the environment too\n',
    );
    return false;
  }
}

if (readSecrets()) await import('./main.ts');
else process.exitCode = 2;
