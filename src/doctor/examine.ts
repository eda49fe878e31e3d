/**
 * Examines an installation for `doctor`: each part on its own, so that no failure hides another.
 */

import { openSources } from '../sources/openSources.ts';
import type { Config } from '../config/config.ts';
import { loadConfig } from '../config/load.ts';
import { clockGap } from '../domain/ledgerFaults.ts';
import { Failure } from '../domain/failure.ts';
import { type Finding, type FindingPlace, toFailureFinding } from '../domain/finding.ts';
import { instantText } from '../domain/period.ts';
import { findReportStatus } from '../jobs/reportStatus.ts';
import { examineBills, examineDoubleBilling } from '../jobs/examineBills.ts';
import { examineEngines, examineSource } from './examineSources.ts';
import { examineDelivery } from './examineDelivery.ts';
import { examineEquivalents, readModelListings } from './examineEquivalents.ts';
import { examineMappings } from './examineMappings.ts';
import { examineGatewayCosts, examineGateways } from '../jobs/gatewayChecks.ts';
import { examineOwners } from './examineOwners.ts';
import { examinePrices } from '../jobs/knownPrices.ts';
import { toPullRequest } from '../jobs/pull.ts';
import { reportDue } from '../jobs/alerts.ts';
import { examineLedger, type FoundFault } from '../ledger/examine.ts';
import type { InterruptedImport } from '../ledger/imports.ts';
import { openLedger } from '../ledger/open.ts';
import { type Redactor, revealedRedactor } from '../platform/redact.ts';
import { toQueueAddress } from '../schedule/queueAddress.ts';
import { checkRedis } from '../schedule/checkRedis.ts';
import type { Clock } from '../platform/clock.ts';

/** A person is waiting, so a request is repeated only once. */
const RETRIES = 1;

export interface DoctorRequest {
  readonly config: string;
  progress(message: string): void;
}

/** What `doctor` gets from the process or from a test. */
export interface DoctorEnvironment {
  readonly clock: Clock;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Base folder of relative paths. */
  readonly folder: string;
}

/** Examines everything that the config names; changes and sends nothing. */
export async function examine(
  examination: DoctorRequest,
  { clock, env, folder }: DoctorEnvironment,
): Promise<readonly Finding[]> {
  const { config: path } = examination;
  const nowMs = clock.nowMs();
  let config: Config;
  try {
    config = await loadConfig(path, { env, folder });
  } catch (error) {
    return [toFinding(error, { area: 'config' })];
  }
  const parts: readonly (readonly [string, () => Promise<readonly Finding[]>])[] = [
    ['the ledger', async () => ledgerFindings(config)],
    ['the queue', () => queueFindings(config)],
    ['sources', () => sourceFindings(config, { clock, nowMs })],
    ['engines and hosted models', () => proposalFindings(config, { clock, nowMs })],
    ['mappings and what is due', () => storedFindings(config, { clock, nowMs })],
    ['delivery', () => examineDelivery(config, { clock, path: env['PATH'] ?? '' })],
  ];
  const findings: Finding[] = [
    { area: 'config', state: 'ok', code: 'config-in-order', path },
    ...examineOwners(config),
  ];
  for (const [name, look] of parts) {
    examination.progress(`looking at ${name}`);
    findings.push(...(await look()));
  }
  return findings.map(withoutSecrets);
}

interface Now {
  readonly clock: Clock;
  readonly nowMs: number;
}

/**
 * Converts a failure into a finding.
 * @throws any other error, because it is a bug.
 */
export function toFinding(error: unknown, where: FindingPlace): Finding {
  if (error instanceof Failure) return toFailureFinding(error, where);
  throw error;
}

function ledgerFindings({ ledger }: Config): Finding[] {
  const area = 'ledger' as const;
  try {
    const { exists, bytes, isCurrent, notWritable, faults } = examineLedger(ledger);
    if (!exists) return [{ area, state: 'warn', code: 'ledger-absent', path: ledger }];
    const wrong = faults.map(faultFinding);
    if (notWritable !== undefined) return [toFailureFinding(notWritable, { area }), ...wrong];
    if (wrong.length > 0) return wrong;
    if (!isCurrent) return [{ area, state: 'warn', code: 'ledger-older', path: ledger }];
    return [{ area, state: 'ok', code: 'ledger-whole', path: ledger, bytes }];
  } catch (error) {
    return [toFinding(error, { area })];
  }
}

function faultFinding({ table, key, wrong, fetch, hasMore }: FoundFault): Finding {
  const details = { code: 'ledger-fault', table, key, wrong, hasMore } as const;
  const where = { area: 'ledger', state: 'fail' } as const;
  if (fetch === undefined) return { ...where, ...details };
  const { fetchRef: ref, kind, sourceId: source, startedAtMs } = fetch;
  return {
    ...where,
    ...details,
    fetch: { ref, kind, source, startedAt: instantText(startedAtMs) },
  };
}

async function queueFindings(config: Config): Promise<Finding[]> {
  const area = 'queue' as const;
  if (config.redis === undefined) {
    return [{ area, state: 'ok', code: 'redis-not-configured' }];
  }
  try {
    const advice = await checkRedis(toQueueAddress(config));
    const ok: Finding = { area, state: 'ok', code: 'redis-answers' };
    return [ok, ...advice.map((fact): Finding => ({ area, state: 'warn', ...fact }))];
  } catch (error) {
    return [toFinding(error, { area })];
  }
}

async function sourceFindings(config: Config, { clock, nowMs }: Now): Promise<Finding[]> {
  const checks = [...quickSources(config, clock).values()].map((source) =>
    examineSource(source, toPullRequest({ config }, source.id), nowMs),
  );
  return (await Promise.all(checks)).flat();
}

function quickSources(config: Config, clock: Clock) {
  const http = { ...config.http, retries: Math.min(RETRIES, config.http.retries) };
  return openSources({ ...config, http }, { clock });
}

async function proposalFindings(config: Config, { clock, nowMs }: Now): Promise<Finding[]> {
  const { deployments } = config;
  const sources = quickSources(config, clock);
  const engines = await examineEngines({ deployments, sources, nowMs });
  return [
    ...engines,
    ...examineEquivalents(deployments, await readModelListings(sources.values())),
  ];
}

/** Returns findings from the ledger's facts; none if the ledger cannot be read. */
async function storedFindings(config: Config, { clock, nowMs }: Now): Promise<Finding[]> {
  try {
    const ledger = await openLedger(config.ledger, { clock, mode: 'readonly' });
    try {
      const gap = clockGap(await ledger.facts.lastRecordedMs(), nowMs);
      return [
        ...(gap === undefined ? [] : [{ area: 'ledger' as const, state: 'warn' as const, ...gap }]),
        ...(await ledger.facts.interruptedImports()).map(cutImportFinding),
        ...(await examineMappings({ config, ledger, nowMs })),
        ...(await examinePrices({ config, ledger, nowMs })),
        ...(await examineGateways({ config, ledger, nowMs })),
        ...(await examineGatewayCosts({ ledger, nowMs })),
        ...(await examineDoubleBilling({ config, ledger, nowMs })),
        ...(await examineBills({ config, ledger, nowMs, sources: openSources(config, { clock }) })),
        await dueFinding({ config, ledger, nowMs }),
      ];
    } finally {
      await ledger.close();
    }
  } catch (error) {
    // `ledgerFindings` has already reported why.
    if (error instanceof Failure) return [];
    throw error;
  }
}

function cutImportFinding({ fetchRef, file, rows }: InterruptedImport): Finding {
  return { area: 'ledger', state: 'warn', code: 'import-cut-off', file, fetchRef, rows };
}

async function dueFinding(context: Parameters<typeof findReportStatus>[0]): Promise<Finding> {
  const area = 'dead man' as const;
  const status = await findReportStatus(context);
  switch (status.kind) {
    case 'nothing-due':
      return { area, state: 'ok', code: 'no-report-due' };
    case 'sent':
      return { area, state: 'ok', code: 'report-sent', quarter: status.quarter };
    case 'due':
    case 'overdue': {
      const state = status.kind === 'overdue' ? 'fail' : 'warn';
      return { area, state, ...reportDue(status) };
    }
  }
}

/** Redacts every text of a finding: a name or a message may contain a secret. */
function withoutSecrets(finding: Finding): Finding {
  return redacted(finding, revealedRedactor());
}

function redacted<T>(value: T, redactor: Redactor): T {
  const clean = (part: unknown): unknown => {
    if (typeof part === 'string') return redactor.text(part);
    if (Array.isArray(part)) return part.map(clean);
    if (typeof part !== 'object' || part === null) return part;
    return Object.fromEntries(Object.entries(part).map(([key, item]) => [key, clean(item)]));
  };
  return clean(value) as T;
}
