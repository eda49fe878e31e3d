/** CPU of a start: of help and version relative to an empty script, of SQL in seconds. */

import { execFileSync } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { openLedger } from '../src/ledger/open.ts';
import { systemClock } from '../src/platform/clock.ts';
import type { BenchmarkSize, Measured } from './measured.ts';

const ROUNDS: Readonly<Record<BenchmarkSize, number>> = { full: 9, small: 1 };
const START = fileURLToPath(new URL('../src/start.js', import.meta.url));

/** The limits of issue 9: three empty scripts, and half a second for SQL. */
const REACH_EMPTY = 3;
const REACH_SQL_SECONDS = 0.5;

const NAMES = ['empty', 'version', 'help', 'commandHelp', 'sql'] as const;

type Name = (typeof NAMES)[number];

/**
 * The lowest CPU of each over several alternating rounds, so that other load on the machine affects
 * all of them. A first round fills the compile cache of its own home and is not counted.
 */
export async function run(size: BenchmarkSize): Promise<Measured[]> {
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bench-'));
  try {
    const least = await leastOf(folder, ROUNDS[size]);
    const ratio = (name: Name) => least[name] / least.empty;
    return [
      toEmpty('rentcheck --version', ratio('version')),
      toEmpty('rentcheck --help', ratio('help')),
      toEmpty('rentcheck audit --help', ratio('commandHelp')),
      {
        name: 'rentcheck sql "SELECT 1", seconds of CPU',
        value: least.sql,
        reach: REACH_SQL_SECONDS,
        better: 'lower',
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function toEmpty(what: string, value: number): Measured {
  const name = `${what}, of the CPU of an empty script`;
  return { name, value, reach: REACH_EMPTY, better: 'lower' };
}

async function leastOf(folder: string, rounds: number): Promise<Record<Name, number>> {
  const empty = join(folder, 'empty.mjs');
  await writeFile(empty, '');
  await writeFile(join(folder, 'rentcheck.yaml'), 'ledger: ./rentcheck.db\n');
  const ledger = await openLedger(join(folder, 'rentcheck.db'), { clock: systemClock });
  await ledger.close();
  const lines = {
    empty: [empty],
    version: [START, '--version'],
    help: [START, '--help'],
    commandHelp: [START, 'audit', '--help'],
    sql: [START, 'sql', 'SELECT 1'],
  };
  const least = { empty: NEVER, version: NEVER, help: NEVER, commandHelp: NEVER, sql: NEVER };
  for (let round = 0; round <= rounds; round += 1) {
    for (const name of NAMES) {
      const seconds = cpuSeconds(lines[name], folder);
      if (round > 0) least[name] = Math.min(least[name], seconds);
    }
  }
  return least;
}

const NEVER = Number.POSITIVE_INFINITY;

/** User and system time of one Node with these arguments, up to its exit, as bash measures it. */
function cpuSeconds(args: readonly string[], folder: string): number {
  const script = 'TIMEFORMAT="%3U %3S"; { time "$@" >/dev/null 2>&1; } 2>&1';
  const printed = execFileSync('bash', ['-c', script, 'bash', process.execPath, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { PATH: process.env['PATH'], HOME: folder },
  });
  const [user = NaN, system = NaN] = printed.trim().split(' ').map(Number);
  return user + system;
}
