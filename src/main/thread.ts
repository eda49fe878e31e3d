/**
 * Entry point of a worker thread: makes one audit, one report or the charts of a page, then exits.
 */

import { parentPort, workerData } from 'node:worker_threads';
import { enableCompileCache } from './compileCache.js';
import { serializeError } from '../domain/failure.ts';
import type { ThreadTask, ThreadMessage } from '../platform/threads.ts';
import type { PageChartsRequest } from '../report/charts/webCharts.ts';
import type { ReportInput } from '../report/input.ts';
import type { AuditThreadRequest } from './threadTasks.ts';

enableCompileCache();

function post(message: ThreadMessage): void {
  parentPort?.postMessage(message, []);
}

// Heavy modules are loaded on demand: an audit needs nothing of a report.
async function audit({ config, ledger: path, ...request }: AuditThreadRequest): Promise<unknown> {
  const [{ makeAudit }, { openLedger }, { systemClock }, digests, { seededRandom }, { version }] =
    await Promise.all([
      import('../jobs/makeAudit.ts'),
      import('../ledger/open.ts'),
      import('../platform/clock.ts'),
      import('../platform/digest.ts'),
      import('../platform/random.ts'),
      import('../platform/version.ts'),
    ]);
  const ledger = await openLedger(path, { clock: systemClock, mode: 'readonly' });
  try {
    const context = {
      config,
      ledger,
      audits: {
        codeVersion: version,
        digest: digests.canonicalDigest,
        runningDigest: digests.createRunningDigest,
        chance: seededRandom,
      },
      progress: (said: string) => post({ said }),
    };
    return await makeAudit(context, request);
  } finally {
    await ledger.close();
  }
}

async function render(input: ReportInput): Promise<unknown> {
  const { renderReport } = await import('../report/report.ts');
  return renderReport(input);
}

async function charts(request: PageChartsRequest): Promise<unknown> {
  const { drawPageCharts } = await import('../report/charts/webCharts.ts');
  return drawPageCharts(request);
}

async function handle({ name, payload }: ThreadTask): Promise<unknown> {
  if (name === 'audit') return audit(payload as AuditThreadRequest);
  return name === 'charts' ? charts(payload as PageChartsRequest) : render(payload as ReportInput);
}

try {
  post({ done: await handle(workerData as ThreadTask) });
} catch (error) {
  post({ failed: serializeError(error) });
}
