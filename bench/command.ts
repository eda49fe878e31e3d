/** CPU and memory of a whole command, started as npm starts it. */

import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** CPU seconds and peak MB of the whole process. */
export interface CommandCost {
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
}

interface Place {
  /** Also its home, where compiled code is stored. */
  readonly folder: string;
  readonly env: Readonly<Record<string, string>>;
}

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const AT_EXIT = new URL('./atExit.js', import.meta.url).href;

export async function measureCommand(
  args: readonly string[],
  { folder, env }: Place,
): Promise<CommandCost> {
  const { scripts } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as {
    scripts: { rentcheck: string };
  };
  const flags = scripts.rentcheck.split(' ').slice(1, -1);
  const program = join(ROOT, 'src/start.js');
  const file = join(folder, 'at-exit.json');
  execFileSync(process.execPath, [...flags, '--import', AT_EXIT, program, ...args], {
    cwd: folder,
    env: { ...env, PATH: process.env['PATH'], HOME: folder, BENCH_AT_EXIT: file },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  return JSON.parse(await readFile(file, 'utf8')) as CommandCost;
}
