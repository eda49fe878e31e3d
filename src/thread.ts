/** The program of a thread: it makes one audit, one report or the charts of a page, and ends. */

import { parentPort, workerData } from 'node:worker_threads';
import { enableCompileCache } from './compileCache.js';
import { toldError } from './domain/toldError.ts';
import type { AuditWish } from './jobs/context.ts';
import type { AuditConfig } from './jobs/gather.ts';
import type { ThreadWish, ThreadWord } from './platform/threads.ts';
import type { ChartsWish } from './report/charts/onPage.ts';
import type { ReportInput } from './report/input.ts';

/** The request for an audit, and where its facts are. */
export interface AuditDeed extends AuditWish {
  readonly config: AuditConfig;
  /** Absolute path; it is read and never written. */
  readonly ledger: string;
}

enableCompileCache();

function say(word: ThreadWord): void {
  parentPort?.postMessage(word, []);
}

// What is heavy is loaded when asked for: an audit needs none of what a report does.
async function audit({ config, ledger: path, ...wish }: AuditDeed): Promise<unknown> {
  const [{ makeAudit }, { openLedger }, { systemClock }, digests, { seededRandom }, { version }] =
    await Promise.all([
      import('./jobs/makeAudit.ts'),
      import('./ledger/open.ts'),
      import('./platform/clock.ts'),
      import('./platform/digest.ts'),
      import('./platform/random.ts'),
      import('./platform/version.ts'),
    ]);
  const ledger = await openLedger(path, { clock: systemClock, mode: 'readonly' });
  try {
    const books = {
      config,
      ledger,
      digest: digests.canonicalDigest,
      runningDigest: digests.runningDigest,
      chance: seededRandom,
      codeVersion: version,
      progress: (said: string) => say({ said }),
    };
    return await makeAudit(books, wish);
  } finally {
    await ledger.close();
  }
}

async function render(input: ReportInput): Promise<unknown> {
  const { renderReport } = await import('./report/report.ts');
  return renderReport(input);
}

async function charts(wish: ChartsWish): Promise<unknown> {
  const { drawPageCharts } = await import('./report/charts/onPage.ts');
  return drawPageCharts(wish);
}

async function answer({ deed, payload }: ThreadWish): Promise<unknown> {
  if (deed === 'audit') return audit(payload as AuditDeed);
  return deed === 'charts' ? charts(payload as ChartsWish) : render(payload as ReportInput);
}

try {
  say({ done: await answer(workerData as ThreadWish) });
} catch (error) {
  say({ failed: toldError(error) });
}
