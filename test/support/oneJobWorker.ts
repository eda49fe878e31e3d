/**
 * A worker in a process of its own, for tests that end processes. Its one job waits for a message.
 */

import { createInterface } from 'node:readline';
import { z } from 'zod';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import type { RunnableJob } from '../../src/schedule/inline.ts';
import { startWorker, waitForStopSignal } from '../../src/schedule/worker.ts';

const [address = '', prefix = '', lockMs = ''] = process.argv.slice(2);
const words = createInterface({ input: process.stdin });
/** Resolves for every waiting job, also one that was begun twice. */
const finish = new Promise<void>((resolve) => {
  words.on('line', (word) => (word === 'finish' ? resolve() : undefined));
});

function say(word: string): void {
  process.stdout.write(`${word}\n`);
}

/** Prints that it has begun, and ends on the message `finish`. */
const patient: RunnableJob<{ progress(message: string): void }> = {
  name: 'patient',
  payload: z.strictObject({}),
  async run() {
    say('begun');
    await finish;
    say('finished');
    return { kind: 'done', result: undefined, shortfalls: [] };
  },
};

const log = createLog({
  level: 'info',
  clock: systemClock,
  redactor: createRedactor([]),
  write: (line) => say(JSON.parse(line).msg),
});
const stop = waitForStopSignal();
const worker = await startWorker({
  place: { address, prefix },
  jobs: [patient],
  context: { progress: () => undefined },
  clock: systemClock,
  log,
  timetable: [],
  lockMs: Number(lockMs),
});
await stop;
await worker.close();
words.close();
say('closed');
