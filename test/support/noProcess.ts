/** Stops tests of the unit tier from starting a process. Such a test is in the wrong tier. */

import childProcess from 'node:child_process';
import { syncBuiltinESMExports } from 'node:module';

const STARTING = ['exec', 'execFile', 'execFileSync', 'execSync', 'fork', 'spawn', 'spawnSync'];

function refuse(name: string): () => never {
  return () => {
    throw new Error(
      `${name} in the unit tier, which starts no process: let the test import what starts it ` +
        '(test/tiers.ts sorts by imports), e.g. test/support/runProgram.ts',
    );
  };
}

for (const name of STARTING) Object.assign(childProcess, { [name]: refuse(name) });
syncBuiltinESMExports();
