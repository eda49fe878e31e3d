/**
 * A worker with a quarter's stage in a process of its own. It prints each part that begins, and the
 * report waits for a message.
 */

import { createInterface } from 'node:readline';
import { systemClock } from '../../src/platform/clock.ts';
import { createLog } from '../../src/platform/log.ts';
import { createRedactor } from '../../src/platform/redact.ts';
import { startWorker } from '../../src/schedule/worker.ts';
import { type PartDouble, quarterStage } from './quarterStage.ts';

const [place = '', folder = ''] = process.argv.slice(2);
const words = createInterface({ input: process.stdin });
/** Resolves for every waiting report, also one that was begun twice. */
const finish = new Promise<void>((resolve) => {
  words.on('line', (word) => (word === 'finish' ? resolve() : undefined));
});
const say = (word: string) => void process.stdout.write(`${word}\n`);

const output =
  (name: string, result: object): PartDouble =>
  () => {
    say(name);
    return { kind: 'done', result, shortfalls: [] };
  };

const stage = await quarterStage(
  '2026-10-07T05:00:00Z',
  {
    pull: output('pull', {}),
    audit: output('audit', { runId: 'run-1' }),
    deliver: output('deliver', {}),
    async report() {
      say('report');
      await finish;
      return { kind: 'done', result: { edition: '2026-Q3.1' }, shortfalls: [] };
    },
  },
  folder,
);
const log = createLog({ level: 'silent', clock: systemClock, redactor: createRedactor([]) });
const { jobs, context } = stage;
const options = { place: JSON.parse(place), jobs, context, clock: systemClock, log, timetable: [] };
await startWorker({ ...options, lockMs: 3_000 });
