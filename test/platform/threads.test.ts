/** What a thread returns and how it fails: as in this process, and without harm to the worker. */

import { join } from 'node:path';
import { beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { openApp } from '../../src/main/app.ts';
import { Failure } from '../../src/domain/failure.ts';
import type { JobContext } from '../../src/jobs/job.ts';
import { toAuditedPeriod } from '../../src/calendar/quarter.ts';
import { systemClock } from '../../src/platform/clock.ts';
import { openThreads, type Threads } from '../../src/platform/threads.ts';
import { fillFolder, LAST_QUARTER } from '../cli/cliFixture.ts';
import { createThreadedWork } from '../../src/main/threadTasks.ts';
import { temporaryFolder } from '../support/cli.ts';

const entry = new URL('../../src/main/thread.ts', import.meta.url);
const folder = temporaryFolder().path;
const NOW = Date.now();
const request = {
  audited: toAuditedPeriod({ quarter: LAST_QUARTER }, NOW, 1),
  asOfMs: NOW + 1_000_000,
  sources: [],
};
const quiet = () => undefined;

beforeAll(() => fillFolder(folder));

async function opened(): Promise<JobContext> {
  const outside = { clock: systemClock, env: {}, readonly: false, progress: quiet };
  const app = await openApp(join(folder, 'rentcheck.yaml'), outside);
  onTestFinished(() => app.close());
  return app.context;
}

function threads(mostMb?: number): Threads {
  const made = openThreads({ entry, ...(mostMb === undefined ? {} : { mostMb }) });
  onTestFinished(() => made.end());
  return made;
}

async function failureOf(work: Promise<unknown>): Promise<Error> {
  return work.then(
    () => new Error('it did not fail'),
    (error: Error) => error,
  );
}

/** Threads that this process still has, however they ended. */
function alive(): number {
  return process.getActiveResourcesInfo().filter((name) => name === 'MessagePort').length;
}

describe('an audit in a thread', () => {
  it('equals the audit in this process, with the same progress', async () => {
    const context = await opened();
    const progress: { here: string[]; there: string[] } = { here: [], there: [] };
    const here = await context.audits.make(request, (line) => void progress.here.push(line));
    const inThread = createThreadedWork(context.config, threads()).make;
    const there = await inThread(request, (line) => void progress.there.push(line));
    expect(there).toEqual(here);
    expect(there.auditJson).toContain(LAST_QUARTER);
    expect(progress.there).toEqual(progress.here);
    expect(progress.there).toHaveLength(2);
  });

  it('fails as it would here: with code, place, hint and message', async () => {
    const context = await opened();
    const config = { ...context.config, ledger: join(folder, 'none.db') };
    const failure = await failureOf(createThreadedWork(config, threads()).make(request, quiet));
    expect(failure).toBeInstanceOf(Failure);
    expect(failure).toMatchObject({
      code: 'no-data',
      message: `no ledger at ${config.ledger} yet`,
      where: config.ledger,
      hint: 'run "rentcheck pull" or "rentcheck import" first; either one creates it',
    });
  });

  it('that runs out of memory fails alone, and the next one runs', async () => {
    const context = await opened();
    const { config } = context;
    const failure = await failureOf(createThreadedWork(config, threads(6)).make(request, quiet));
    expect(failure).toMatchObject({
      code: 'too-large',
      message: 'the audit needs more than its memory limit of 6 MB',
    });
    const next = await createThreadedWork(config, threads()).make(request, quiet);
    expect(next.quarter).toBe(LAST_QUARTER);
  });

  it('ends when its worker may no longer write, even while waiting; later ones run', async () => {
    const { config } = await opened();
    const pool = threads();
    const audit = createThreadedWork(config, pool).make;
    const work = [1, 2, 3].map(() => failureOf(audit(request, quiet)));
    await pool.end();
    for (const failure of await Promise.all(work)) {
      expect(failure).toMatchObject({
        code: 'not-writer',
        message: 'the audit was stopped because this worker stopped',
      });
    }
    expect((await audit(request, quiet)).quarter).toBe(LAST_QUARTER);
  });

  it('leaves no thread behind, however it ended', async () => {
    const { config } = await opened();
    const before = alive();
    const audits = [threads(), threads(6)].map((pool) => createThreadedWork(config, pool).make);
    const begun = failureOf(audits[0]?.(request, quiet) ?? Promise.resolve());
    await expect.poll(alive, { interval: 1 }).toBeGreaterThan(before);
    await begun;
    await Promise.all(
      audits.flatMap((audit) => [1, 2, 3].map(() => failureOf(audit(request, quiet)))),
    );
    expect(alive()).toBe(before);
  });
});

it('a bug in a thread is thrown unchanged', async () => {
  const bug = await failureOf(threads().run({ name: 'report', payload: undefined }));
  expect(bug).not.toBeInstanceOf(Failure);
  expect(bug.message).toMatch(/^Cannot (read|destructure) propert/);
  expect(bug.stack).toContain('/src/report/report.ts');
});
