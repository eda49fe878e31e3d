/** What a worker does in threads, beside its event loop: audits and reports. */

import type { Config } from '../config/config.ts';
import type { AuditConfig } from '../jobs/gather.ts';
import type { AuditRequest, AuditTools, MadeAudit, ReportTools } from '../jobs/job.ts';
import type { Threads } from '../platform/threads.ts';
import type { Report } from '../report/report.ts';

/** Request for an audit in a thread. */
export interface AuditThreadRequest extends AuditRequest {
  readonly config: AuditConfig;
  /** Absolute path of the ledger; opened read-only. */
  readonly ledger: string;
}

/** Audits and reports are made in threads, so that the worker answers meanwhile. */
export function createThreadedWork(
  { ledger, ...config }: Config,
  threads: Threads,
): Pick<AuditTools, 'make'> & Pick<ReportTools, 'render'> {
  const settings = toAuditConfig(config);
  return {
    async make(request, say) {
      const payload: AuditThreadRequest = { ...request, config: settings, ledger };
      return (await threads.run({ name: 'audit', payload }, say)) as MadeAudit;
    },
    render: async (payload) => (await threads.run({ name: 'report', payload })) as Report,
  };
}

/** Copies only these settings into a thread, so that secrets stay out of it. */
function toAuditConfig({ report, ...config }: Omit<Config, 'ledger'>): AuditConfig {
  const { deployments, labor, commitments, sharing, policy, market, migration, fiscal } = config;
  const { timeZone, sendOn } = report ?? {};
  return {
    ...(config.credits === undefined ? {} : { credits: config.credits }),
    ...(config.prices === undefined ? {} : { prices: config.prices }),
    ...(config.billOfRecord === undefined ? {} : { billOfRecord: config.billOfRecord }),
    ...(config.owner === undefined ? {} : { owner: config.owner }),
    deployments,
    labor,
    commitments,
    sharing,
    policy,
    market,
    migration,
    fiscal,
    ...(timeZone === undefined ? {} : { report: { timeZone, ...(sendOn && { sendOn }) } }),
  };
}
