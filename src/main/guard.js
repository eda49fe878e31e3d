/** Rejects a Node that is older than the program needs, before native code can crash on it. */

import { readFileSync } from 'node:fs';

const program = JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8'));

/**
 * The version in package.json, e.g. `0.2.0`.
 * @type {string}
 */
export const programVersion = program.version;

/**
 * Is `have` at least `need`? `20.20.2` is below `24.11`, `24.21.0` is not.
 * @param {string} have
 * @param {string} need
 */
function reaches(have, need) {
  const parts = have.split('.').map(Number);
  for (const [place, least] of need.split('.').map(Number).entries()) {
    const part = parts[place] ?? 0;
    if (part !== least) return part > least;
  }
  return true;
}

/** The lowest version that `engines.node` allows, e.g. `24.11`. */
const need = program.engines.node.replace('>=', '');
if (!reaches(process.versions.node, need)) {
  process.stderr.write(
    `rentcheck needs Node ${need} or newer; this is Node ${process.versions.node}. Start it ` +
      'with npm (e.g. `npm run -s rentcheck -- --help`), which uses the Node that `npm ci` ' +
      'installed on Linux. Elsewhere, install Node 24 from https://nodejs.org.\n',
  );
  // 1 would mean "done, but incomplete".
  process.exit(3);
}
