/** Knows how an installation is looked at: each part by its own door, none hidden by another. */

import { openSources } from './app.ts';
import type { Examination, Services } from './cli/command.ts';
import type { Config } from './config/config.ts';
import { loadConfig } from './config/load.ts';
import { examineDelivery } from './doctorDelivery.ts';
import { clockGap } from './domain/clockGap.ts';
import { counted } from './domain/counted.ts';
import { Failure } from './domain/failure.ts';
import { type Finding, foundBy } from './domain/finding.ts';
import { instantText } from './domain/period.ts';
import { deadManOf } from './jobs/deadMan.ts';
import { examineBills } from './jobs/examineBills.ts';
import { examineDoubles } from './jobs/examineDoubles.ts';
import { examineEngines } from './jobs/examineEngines.ts';
import { examineEquivalents, listingsOf } from './jobs/examineEquivalents.ts';
import { examineMappings } from './jobs/examineMappings.ts';
import { examineMeters } from './jobs/examineMeters.ts';
import { examineSource } from './jobs/examineSource.ts';
import { examinePrices } from './jobs/examinePrices.ts';
import { examineSecondOpinions } from './jobs/secondOpinions.ts';
import { requestFor } from './jobs/pull.ts';
import { overdueText } from './jobs/shout.ts';
import { examineLedger, type FoundFault } from './ledger/examine.ts';
import type { CutImport } from './ledger/imports.ts';
import { openLedger } from './ledger/open.ts';
import { revealedRedactor } from './platform/revealed.ts';
import { queuePlaceOf } from './queuePlace.ts';
import { checkRedis } from './schedule/checkRedis.ts';

/** A person waits: what does not answer twice is told as it is. */
const RETRIES = 1;

/** Looks at everything that the config names; changes and sends nothing. */
export async function examine(
  examination: Examination,
  { clock, env, folder }: Services,
): Promise<readonly Finding[]> {
  const { config: path } = examination;
  const nowMs = clock.nowMs();
  let config: Config;
  try {
    config = await loadConfig(path, { env, folder });
  } catch (error) {
    return [found(error, { area: 'config' })];
  }
  const parts: readonly (readonly [string, () => Promise<readonly Finding[]>])[] = [
    ['the ledger', async () => ledgerFindings(config)],
    ['the queue', () => queueFindings(config)],
    ['sources', () => sourceFindings(config, { clock, nowMs })],
    ['engines and hosted models', () => proposalFindings(config, { clock, nowMs })],
    ['mappings and what is due', () => rememberedFindings(config, { clock, nowMs })],
    ['delivery', () => examineDelivery(config, { clock, path: env['PATH'] ?? '' })],
  ];
  const findings: Finding[] = [{ area: 'config', state: 'ok', says: `${path} is in order` }];
  for (const [name, look] of parts) {
    examination.progress(`looking at ${name}`);
    findings.push(...(await look()));
  }
  return findings.map(withoutSecrets);
}

interface Now {
  readonly clock: Services['clock'];
  readonly nowMs: number;
}

/** @throws what is no failure: a bug. */
export function found(error: unknown, where: Pick<Finding, 'area' | 'subject'>): Finding {
  if (error instanceof Failure) return foundBy(error, where);
  throw error;
}

function ledgerFindings({ ledger }: Config): Finding[] {
  const area = 'ledger' as const;
  try {
    const { exists, bytes, isCurrent, notWritable, faults } = examineLedger(ledger);
    if (!exists) {
      const mend = 'run: rentcheck pull, or rentcheck import';
      return [{ area, state: 'warn', says: `there is no ledger at ${ledger} yet`, mend }];
    }
    const wrong = faults.map(faultFinding);
    if (notWritable !== undefined) return [foundBy(notWritable, { area }), ...wrong];
    if (wrong.length > 0) return wrong;
    const size = `${(bytes / 1_000_000).toFixed(1)} MB`;
    if (isCurrent) return [{ area, state: 'ok', says: `${ledger} is whole and writable, ${size}` }];
    const says = `${ledger} is whole, but of an older version`;
    return [{ area, state: 'warn', says, mend: 'run a command that writes, e.g. rentcheck pull' }];
  } catch (error) {
    return [found(error, { area })];
  }
}

/** A row that contradicts another: which one, whose it is, and how it comes right. */
function faultFinding({ table, key, says, fetch, hasMore }: FoundFault): Finding {
  const by =
    fetch === undefined
      ? ''
      : ` (fetch ${fetch.fetchRef}, ${fetch.kind} of ${fetch.sourceId}, ` +
        `${instantText(fetch.startedAtMs)})`;
  const more = hasMore ? '; the table has more such rows' : '';
  const again =
    fetch === undefined ? '' : `, or bring the facts of fetch ${fetch.fetchRef} in again`;
  return {
    area: 'ledger',
    state: 'fail',
    says: `${table}, ${key}${by}: ${says}${more}`,
    mend:
      'the file was changed by another program, or the disk lost something: restore a backup ' +
      `from before that${again}`,
  };
}

async function queueFindings(config: Config): Promise<Finding[]> {
  const area = 'queue' as const;
  if (config.redis === undefined) {
    return [{ area, state: 'ok', says: 'no Redis is configured; only a worker needs one' }];
  }
  try {
    const advice = await checkRedis(queuePlaceOf(config));
    const ok: Finding = { area, state: 'ok', says: 'Redis answers' };
    return [ok, ...advice.map((says): Finding => adviceFinding(says))];
  } catch (error) {
    return [found(error, { area })];
  }
}

/** The advice says both: what is, and what to do. */
function adviceFinding(advice: string): Finding {
  const [says = advice, mend = advice] = advice.split(/: (?=\S)/, 2);
  return { area: 'queue', state: 'warn', says, mend };
}

async function sourceFindings(config: Config, { clock, nowMs }: Now): Promise<Finding[]> {
  const looks = [...hastySources(config, clock).values()].map((source) =>
    examineSource(source, requestFor({ config }, source.id), nowMs),
  );
  return (await Promise.all(looks)).flat();
}

function hastySources(config: Config, clock: Now['clock']) {
  const http = { ...config.http, retries: Math.min(RETRIES, config.http.retries) };
  return openSources({ ...config, http }, { clock });
}

async function proposalFindings(config: Config, { clock, nowMs }: Now): Promise<Finding[]> {
  const { deployments } = config;
  const sources = hastySources(config, clock);
  const engines = await examineEngines({ deployments, sources, nowMs });
  return [...engines, ...examineEquivalents(deployments, await listingsOf(sources.values()))];
}

/** What only the ledger can tell; without one that can be read there is nothing to say here. */
async function rememberedFindings(config: Config, { clock, nowMs }: Now): Promise<Finding[]> {
  try {
    const ledger = await openLedger(config.ledger, { clock, mode: 'readonly' });
    try {
      const gap = clockGap(await ledger.lastRecordedMs(), nowMs);
      return [
        ...(gap === undefined ? [] : [{ area: 'ledger' as const, state: 'warn' as const, ...gap }]),
        ...(await ledger.cutImports()).map(cutImportFinding),
        ...(await examineMappings({ config, ledger, nowMs })),
        ...(await examinePrices({ config, ledger, nowMs })),
        ...(await examineMeters({ config, ledger, nowMs })),
        ...(await examineSecondOpinions({ ledger, nowMs })),
        ...(await examineDoubles({ config, ledger, nowMs })),
        ...(await examineBills({ config, ledger, nowMs, sources: openSources(config, { clock }) })),
        await dueFinding({ config, ledger, nowMs }),
      ];
    } finally {
      await ledger.close();
    }
  } catch (error) {
    // The look at the ledger itself has said why.
    if (error instanceof Failure) return [];
    throw error;
  }
}

function cutImportFinding({ fetchRef, file, rows }: CutImport): Finding {
  const after = counted(rows, 'row');
  const says = `the import of ${file} (fetch ${fetchRef}) was cut off after ${after}`;
  const mend = 'import the file again; what the cut import brought is taken back then';
  return { area: 'ledger', state: 'warn', says, mend };
}

async function dueFinding(watching: Parameters<typeof deadManOf>[0]): Promise<Finding> {
  const area = 'dead man' as const;
  const deadMan = await deadManOf(watching);
  switch (deadMan.kind) {
    case 'nothing-due':
      return { area, state: 'ok', says: 'no report has become due yet' };
    case 'sent':
      return { area, state: 'ok', says: `the report of ${deadMan.quarter} has gone out` };
    case 'due':
    case 'overdue': {
      const mend = `run: rentcheck send ${deadMan.quarter}`;
      const state = deadMan.kind === 'overdue' ? 'fail' : 'warn';
      return { area, state, says: overdueText(deadMan), mend };
    }
  }
}

function withoutSecrets(finding: Finding): Finding {
  const redactor = revealedRedactor();
  const { says, mend } = finding;
  const told = mend === undefined ? {} : { mend: redactor.text(mend) };
  return { ...finding, says: redactor.text(says), ...told };
}
