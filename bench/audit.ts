/** Time and memory of a quarter's audit, compared with a bare scan of its rows. */

import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import Database from 'better-sqlite3';
import { openApp } from '../src/main/app.ts';
import type { OpenedSession } from '../src/cli/command.ts';
import { nanoUsd, nanoUsdPerMtok } from '../src/domain/money.ts';
import { DAY_MS, MINUTE_MS, period } from '../src/domain/period.ts';
import { quarterPeriod } from '../src/calendar/quarter.ts';
import type { Fetched, Located } from '../src/domain/provenance.ts';
import type { UsageRow } from '../src/domain/usage.ts';
import { auditJob } from '../src/jobs/audit.ts';
import { settableClock } from '../src/platform/clock.ts';
import { measureCommand } from './command.ts';
import type { BenchmarkSize, Measured } from './measured.ts';

const SIZES = {
  full: { deployments: 20, rounds: 3 },
  small: { deployments: 1, rounds: 1 },
} as const satisfies Record<BenchmarkSize, object>;

/** Usage rows of each deployment. */
const INTERVALS = 26_208;
const STEP_MS = 5 * MINUTE_MS;
const QUARTER = { year: 2026, number: 3 } as const;
const WINDOW = quarterPeriod(QUARTER);
const AFTER_MS = WINDOW.endMs + 5 * DAY_MS;
const REACH = 5;
const REACH_MEGABYTES = 300;

/** The time of an audit over the time of a bare scan in the same process, and its peak memory. */
export async function run(size: BenchmarkSize): Promise<Measured[]> {
  const { deployments, rounds } = SIZES[size];
  const folder = await mkdtemp(join(tmpdir(), 'rentcheck-bench-'));
  try {
    await writeFile(join(folder, 'rentcheck.yaml'), configText(deployments));
    const clock = settableClock(AFTER_MS);
    const surroundings = { clock, env: {}, readonly: false, progress: () => undefined };
    const app = await openApp(join(folder, 'rentcheck.yaml'), surroundings);
    await fill(app, deployments);
    const args = ['audit', '2026-Q3', '--config', join(folder, 'rentcheck.yaml')];
    const { peakMegabytes } = await measureCommand(args, { folder, env: {} });
    const scans: number[] = [];
    const audits: number[] = [];
    for (let round = 0; round < rounds; round += 1) {
      scans.push(timed(() => bareScan(join(folder, 'rentcheck.db'))));
      audits.push(await timedAudit(app));
    }
    await app.close();
    const rows = (deployments * INTERVALS).toLocaleString('en-US');
    return [
      {
        name: `audit of ${rows} usage rows, as a multiple of a bare scan`,
        value: Math.min(...audits) / Math.min(...scans),
        reach: REACH,
        better: 'lower',
      },
      {
        name: 'peak memory of the command that audits it once, MB',
        value: peakMegabytes,
        reach: REACH_MEGABYTES,
        better: 'lower',
      },
    ];
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function timedAudit(app: OpenedSession): Promise<number> {
  const started = performance.now();
  await auditJob.run(app.context, { quarter: '2026-Q3' });
  return performance.now() - started;
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** Reads and sums every column of every usage row of the quarter, and nothing else. */
function bareScan(path: string): void {
  const database = new Database(path, { readonly: true });
  const rows = database
    .prepare(
      `SELECT start_ms, end_ms, uncached_prompt_tokens, cached_prompt_tokens, output_tokens,
              requests, busy_ms, replica_ms, estimated
       FROM usage WHERE start_ms >= ? AND start_ms < ?`,
    )
    .raw()
    .iterate(WINDOW.startMs, WINDOW.endMs);
  let total = 0;
  for (const row of rows) for (const value of row as number[]) total += value;
  if (total === 0) throw new Error('the scan read nothing');
  database.close();
}

async function fill({ context }: OpenedSession, deployments: number): Promise<void> {
  for (let index = 0; index < deployments; index += 1) {
    await context.ledger.facts.append(factsOf(`model-${index}`, index), AFTER_MS);
  }
}

function factsOf(deployment: string, seed: number): Fetched {
  const price = { sourceId: 'import', model: 'bench/model', quantization: 'fp8' } as const;
  return {
    fetch: { sourceId: 'import', kind: 'bench', url: 'bench:', startedAtMs: 0, endedAtMs: 0 },
    usage: usageRows(deployment, seed),
    charges: chargesOf(deployment),
    prices: ['host-a', 'host-b'].map((host, position) => ({
      position,
      fact: {
        ...price,
        host,
        validFromMs: 0,
        inputPerMtok: nanoUsdPerMtok(100_000_000n),
        outputPerMtok: nanoUsdPerMtok(300_000_000n),
        free: false,
        offered: true,
      },
    })),
  };
}

function chargesOf(deployment: string) {
  const days = (WINDOW.endMs - WINDOW.startMs) / DAY_MS;
  return Array.from({ length: days }, (_, day) => ({
    position: day,
    fact: {
      sourceId: 'import',
      key: `${deployment}/${day}`,
      resourceId: deployment,
      category: 'compute',
      pricingClass: 'on-demand',
      period: period(WINDOW.startMs + day * DAY_MS, WINDOW.startMs + (day + 1) * DAY_MS),
      billed: nanoUsd(48_000_000_000n),
      basis: 'billed',
    } as const,
  }));
}

/** A daily wave, with peaks above one replica's capacity, so that the hybrid has overflow. */
function usageRows(deployment: string, seed: number): Located<UsageRow>[] {
  return Array.from({ length: INTERVALS }, (_, position) => {
    const startMs = WINDOW.startMs + position * STEP_MS;
    const wave = 1 + Math.sin(((position % 288) / 288) * 2 * Math.PI);
    const tokens = Math.round(wave * 300_000) + seed;
    const fact: UsageRow = {
      sourceId: 'import',
      deployment,
      period: period(startMs, startMs + STEP_MS),
      uncachedPromptTokens: Math.round(tokens * 0.6),
      cachedPromptTokens: Math.round(tokens * 0.2),
      outputTokens: Math.round(tokens * 0.2),
      requests: 100 + (position % 50),
      busyMs: STEP_MS / 2,
      replicaMs: STEP_MS,
    };
    return { position, fact };
  });
}

function configText(count: number): string {
  const deployments = Array.from(
    { length: count },
    (_, index) => `
  model-${index}:
    model: bench/model
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: import, match: { id: model-${index} } }]
    usage: { source: import }
    capacity: { tokensPerSecond: 1900 }
    hosted: { equivalents: [{ via: import, model: bench/model }] }`,
  );
  return `ledger: ./rentcheck.db\ndeployments:${deployments.join('')}\n`;
}
