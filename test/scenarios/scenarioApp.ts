/** Runs a scenario end to end: files, a ledger, a settable clock and the real jobs. */

import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { openApp } from '../../src/main/app.ts';
import { auditJob } from '../../src/jobs/audit.ts';
import { importJob } from '../../src/jobs/importFile.ts';
import type { JobResult } from '../../src/jobs/job.ts';
import { reportJob } from '../../src/jobs/report.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { filesIn, folderWith } from '../support/cli.ts';

const KINDS = ['charges', 'usage', 'prices', 'rates'] as const;
type FileKind = (typeof KINDS)[number];

/** The files are `rentcheck.yaml` and CSVs named by their kind, all imported at the start. */
export async function startScenario(files: Readonly<Record<string, string>>, nowMs: number) {
  const folder = await folderWith(files);
  const clock = settableClock(nowMs);
  const surroundings = { clock, env: {}, readonly: false, progress: () => undefined };
  const app = await openApp(join(folder, 'rentcheck.yaml'), surroundings);
  onTestFinished(() => app.close());
  const { context } = app;
  const take = async (kind: FileKind) => {
    const path = join(folder, `${kind}.csv`);
    return resultOf(await importJob.run(context, { kind, path, source: 'import', format: 'auto' }));
  };
  for (const kind of KINDS) if (`${kind}.csv` in files) await take(kind);
  return {
    clock,
    context,
    ledger: context.ledger,
    /** Writes another version of a file and imports it. */
    replace: async (kind: FileKind, text: string) => {
      await filesIn(folder, { [`${kind}.csv`]: text });
      return take(kind);
    },
    audit: async (quarter: string, asOf?: number) =>
      resultOf(await auditJob.run(context, { quarter, ...(asOf === undefined ? {} : { asOf }) })),
    /** Freezes the newest audit of a quarter; returns the edition's id. */
    freeze: async (quarter: string) => {
      const { edition } = resultOf(await reportJob.run(context, { quarter, freeze: true }));
      if (edition === undefined) throw new Error('nothing was frozen');
      return edition;
    },
  };
}

function resultOf<Result>(answer: JobResult<Result>): Result {
  if (answer.kind !== 'done') throw new Error(answer.reason);
  return answer.result;
}
