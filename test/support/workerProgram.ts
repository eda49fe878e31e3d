/** A whole worker in a process of its own, as `rentcheck worker` runs it. */

import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import type { WorkerRequest } from '../../src/cli/command.ts';
import { Failure } from '../../src/domain/failure.ts';
import { type Clock, systemClock } from '../../src/platform/clock.ts';
import { runWorker } from '../../src/main/worker.ts';

/** The test's options for the process, as JSON in its first argument. */
export interface WorkerProcessOptions extends WorkerRequest {
  /** The file that has the current time in milliseconds. The system clock otherwise. */
  readonly clockFile?: string;
  /** Loads its program at once, but begins only on the message `go`. */
  readonly waitsForGo?: boolean;
}

const { clockFile, waitsForGo, ...options } = JSON.parse(
  process.argv[2] ?? '{}',
) as WorkerProcessOptions;

const clock: Clock =
  clockFile === undefined ? systemClock : { nowMs: () => Number(readFileSync(clockFile, 'utf8')) };

if (waitsForGo === true) {
  const words = createInterface({ input: process.stdin });
  await once(words, 'line');
  words.close();
}

const surroundings = {
  clock,
  env: process.env,
  stderr: (text: string) => process.stdout.write(text),
};

try {
  process.exit(await runWorker(options, surroundings));
} catch (error) {
  if (!(error instanceof Failure)) throw error;
  process.stdout.write(`${JSON.stringify({ msg: error.message, hint: error.hint })}\n`);
  process.exitCode = 2;
}
