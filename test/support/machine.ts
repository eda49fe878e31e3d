/** Knows a whole worker in a process of its own, as `rentcheck worker` runs it. */

import type { WorkerWish } from '../../src/cli/command.ts';
import { Failure } from '../../src/domain/failure.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { runWorker } from '../../src/work.ts';

/** What a test tells the process, as JSON in its first argument. */
export interface MachineWish extends WorkerWish {
  /** Time that runs faster: from `simMs` at the machine's `realMs`, `times` as fast. */
  readonly fast?: { readonly simMs: number; readonly realMs: number; readonly times: number };
}

const { fast, ...wish } = JSON.parse(process.argv[2] ?? '{}') as MachineWish;

const clock: Clock =
  fast === undefined
    ? systemClock
    : {
        nowMs: () => Math.floor(fast.simMs + (systemClock.nowMs() - fast.realMs) * fast.times),
      };

const surroundings = {
  clock,
  env: process.env,
  stderr: (text: string) => process.stdout.write(text),
};

try {
  process.exitCode = await runWorker(wish, surroundings);
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stdout.write(`${JSON.stringify({ msg: error.message, hint: error.hint })}\n`);
  process.exitCode = 2;
}
