/**
 * Stops tests of the tiers unit and whole from starting a process. One that does is in the wrong
 * tier.
 */

import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

const STARTING = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'];

function refuse(name: string): () => never {
  return () => {
    throw new Error(
      `${name} in a tier that starts no process: let the test import what starts it ` +
        '(test/tiers.ts sorts by imports), e.g. test/support/runProgram.ts',
    );
  };
}

for (const name of STARTING) Object.assign(childProcess, { [name]: refuse(name) });
syncBuiltinESMExports();
