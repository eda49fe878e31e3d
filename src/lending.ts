/** Which tasks need no ledger, so that other workers can do them for the leader. */

import type { Config } from './config/config.ts';
import { Failure } from './domain/failure.ts';
import type { Fetched } from './domain/provenance.ts';
import type { JobContext, MadeAudit } from './jobs/job.ts';
import type { AuditConfig } from './jobs/gather.ts';
import type { Threads } from './platform/threads.ts';
import { version } from './platform/version.ts';
import type { ReportInput } from './report/input.ts';
import type { Report } from './report/report.ts';
import type { Errands } from './schedule/errands.ts';
import type { Deeds } from './schedule/hands.ts';
import type { PullRequest, Source } from './sources/source.ts';
import type { AuditThreadRequest } from './thread.ts';

const FETCH = 'fetch';
const RENDER = 'render';

interface FetchErrand {
  readonly source: string;
  readonly request: PullRequest;
}

interface RenderErrand {
  readonly input: ReportInput;
  /** Another version would render other bytes. */
  readonly version: string;
}

/** Returns the tasks that a worker with these sources can do; slow ones run in threads. */
export function deedsOf(sources: ReadonlyMap<string, Source>, threads: Threads): Deeds {
  return {
    [FETCH]: (payload) => {
      const { source, request } = payload as FetchErrand;
      return sourceOf(sources, source).pull(request);
    },
    async *[RENDER](payload) {
      const { input, version: asked } = payload as RenderErrand;
      if (asked !== version) throw otherVersion(asked);
      yield await threads.run({ name: 'report', payload: input });
    },
  };
}

/**
 * Wraps the sources so that any free worker pulls them. The responses come back here, to the
 * leader, which stores them.
 */
export function askedByOthers(
  sources: ReadonlyMap<string, Source>,
  errands: Errands,
): Map<string, Source> {
  const asked = [...sources].map(([id, source]): [string, Source] => [
    id,
    {
      ...source,
      pull: (request) => {
        const errand: FetchErrand = { source: id, request };
        return errands.run(FETCH, errand) as AsyncIterable<Fetched>;
      },
    },
  ]);
  return new Map(asked);
}

/** Makes audits in a thread: only the leader has the ledger. */
export function auditedInThreads(
  { ledger, ...config }: Config,
  threads: Threads,
): JobContext['makeAudit'] {
  const settings = auditConfigOf(config);
  return async (request, say) => {
    const payload: AuditThreadRequest = { ...request, config: settings, ledger };
    return (await threads.run({ name: 'audit', payload }, say)) as MadeAudit;
  };
}

/** Copies only these settings into a thread, so that secrets stay out of it. */
function auditConfigOf({ report, ...config }: Omit<Config, 'ledger'>): AuditConfig {
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

/** Renders on any free worker; the report comes back here to be stored. */
export function renderedByOthers(errands: Errands) {
  return async (input: ReportInput): Promise<Report> => {
    const errand: RenderErrand = { input, version };
    for await (const report of errands.run(RENDER, errand)) return report as Report;
    throw new Failure('unavailable', 'a worker returned no report');
  };
}

function otherVersion(asked: string): Failure {
  return new Failure('config', `version ${version} cannot render a report for version ${asked}`, {
    expected: 'the same version of rentcheck on all workers',
    hint: 'upgrade all workers to the same version',
  });
}

function sourceOf(sources: ReadonlyMap<string, Source>, id: string): Source {
  const source = sources.get(id);
  if (source !== undefined) return source;
  throw new Failure('config', `unknown source "${id}" on this worker`, {
    expected: 'the same sources in the rentcheck.yaml of every worker',
    hint: 'give all workers the same configuration and restart them',
  });
}
