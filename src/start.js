/** Starts the program: the guard first, then the compile cache, secrets in `.env`, and the rest. */

import { version } from './guard.js';
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

/** Which rentcheck this is needs nothing of it. */
function asksVersion() {
  const [first = '', ...rest] = process.argv.slice(2);
  return rest.length === 0 && ['--version', '-V'].includes(first);
}

async function run() {
  enableCompileCache();
  if (readSecrets()) await import('./main.ts');
  else process.exitCode = 2;
}

if (asksVersion()) process.stdout.write(`${version}\n`);
else await run();
