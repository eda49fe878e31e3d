/** Replicas on the loopback, scraped round by round into a real ledger. */

import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Fetched } from '../../../src/domain/provenance.ts';
import type { UsageRow } from '../../../src/domain/usage.ts';
import { openLedger } from '../../../src/ledger/open.ts';
import { settableClock } from '../../../src/platform/clock.ts';
import { createHttpClient } from '../../../src/platform/httpClient.ts';
import { scrapeKind } from '../../../src/sources/registry.ts';
import { REREAD_RULE } from '../../../src/sources/scrape/options.ts';
import type { TelemetryTarget, UsageTarget } from '../../../src/sources/source.ts';
import { type Reply, startServer, type TestServer } from '../../support/httpServer.ts';
import type { VllmScrape } from '../../support/vllmSeries.ts';

const MODEL = 'm';
export const CHAT_TARGET: UsageTarget = {
  deployment: 'chat',
  engine: 'vllm',
  match: { model_name: MODEL },
};

/** The `/metrics` page of a vLLM process. */
export function vllmText({
  prompt,
  output,
  requests,
  running,
  createdMs,
}: Omit<VllmScrape, 'atMs'>) {
  const labels = `{engine="0",model_name="${MODEL}"}`;
  const lines = [
    '# HELP vllm:prompt_tokens_total Number of prefill tokens processed.',
    '# TYPE vllm:prompt_tokens_total counter',
    `vllm:prompt_tokens_total${labels} ${prompt}.0`,
    `vllm:generation_tokens_total${labels} ${output}.0`,
    `vllm:num_requests_running${labels} ${running ?? 1}.0`,
    ...(requests === undefined
      ? []
      : [
          `vllm:request_success_total{engine="0",finished_reason="stop",model_name="${MODEL}"} ` +
            `${requests}.0`,
        ]),
    ...(createdMs === undefined ? [] : [`process_start_time_seconds ${createdMs / 1000}`]),
  ];
  return `${lines.join('\n')}\n`;
}

/** The answer of a replica at a moment: its text, or nothing where it is down. */
export type Replica = (nowMs: number) => string | undefined;

export interface ScrapeStage {
  readonly servers: readonly TestServer[];
  readonly clock: ReturnType<typeof settableClock>;
  /** One round at this moment; if the worker is killed, nothing is stored from `killedAt` on. */
  scrapeAt(nowMs: number, options?: { readonly killedAt?: number }): Promise<Fetched[]>;
  /** Usage in force, oldest first. */
  rows(): Promise<UsageRow[]>;
  ledger: Awaited<ReturnType<typeof openLedger>>;
  close(): Promise<void>;
}

export async function startReplicas(
  /** What answers with bytes answers with gzip. */
  replicas: readonly (Replica | (() => Buffer))[],
  parts: {
    readonly options?: object;
    readonly usage?: readonly UsageTarget[];
    readonly telemetry?: readonly TelemetryTarget[];
    readonly contentType?: string;
  } = {},
): Promise<ScrapeStage> {
  const clock = settableClock(0);
  const folder = mkdtempSync(join(tmpdir(), 'rentcheck-scrape-'));
  const ledger = await openLedger(join(folder, 'ledger.db'), { clock });
  const servers = await Promise.all(
    replicas.map((replica) =>
      startServer(answering(() => replica(clock.nowMs()), parts.contentType)),
    ),
  );
  const http = createHttpClient({ clock, sleep: () => Promise.resolve() });
  const options = parts.options ?? { targets: servers.map(({ origin }) => origin) };
  const source = scrapeKind.create('pods', scrapeKind.options.parse(options), { clock, http });
  const { usage = [CHAT_TARGET], telemetry = [] } = parts;
  return {
    servers,
    clock,
    ledger,
    async scrapeAt(nowMs, { killedAt = Number.POSITIVE_INFINITY } = {}) {
      clock.set(nowMs);
      const answers = await ledger.facts.storedResponses(
        { sourceId: 'pods', ...REREAD_RULE },
        nowMs,
      );
      const window = { startMs: nowMs - 60_000, endMs: nowMs };
      const request = { window, usage, telemetry, models: [], answers };
      const all = await Array.fromAsync(source.pull(request));
      for (const fetched of all.slice(0, killedAt)) await ledger.facts.append(fetched, nowMs);
      return all;
    },
    rows: () => rowsIn(ledger, clock.nowMs()),
    async close() {
      await Promise.all(servers.map((server) => server.close()));
      await ledger.close();
      rmSync(folder, { recursive: true });
    },
  };
}

function answering(
  bodyOf: () => string | Buffer | undefined,
  contentType = 'text/plain; version=0.0.4',
): Reply {
  return (response) => {
    const body = bodyOf();
    if (body === undefined) {
      response.destroy();
      return;
    }
    const encoding = typeof body === 'string' ? {} : { 'content-encoding': 'gzip' };
    response.writeHead(200, { 'content-type': contentType, ...encoding }).end(body);
  };
}

async function rowsIn(ledger: ScrapeStage['ledger'], nowMs: number): Promise<UsageRow[]> {
  const { rows } = await ledger.query(
    'SELECT start_ms, end_ms, uncached_prompt_tokens, output_tokens, requests, busy_ms, ' +
      'replica_ms, estimated FROM usage WHERE withdrawn = 0 AND version = ' +
      '(SELECT max(version) FROM usage AS later WHERE later.series_ref = usage.series_ref ' +
      'AND later.start_ms = usage.start_ms) ORDER BY start_ms',
  );
  return rows.map((row) => {
    const [startMs, endMs, prompt, output, requests, busyMs, replicaMs, estimated] =
      row.map(Number);
    return {
      sourceId: 'pods',
      deployment: 'chat',
      period: { startMs: startMs ?? nowMs, endMs: endMs ?? nowMs },
      uncachedPromptTokens: prompt ?? Number.NaN,
      outputTokens: output ?? Number.NaN,
      ...(row[4] === null ? {} : { requests: requests ?? Number.NaN }),
      ...(row[5] === null ? {} : { busyMs: busyMs ?? Number.NaN }),
      replicaMs: replicaMs ?? Number.NaN,
      ...(estimated === 1 ? { estimated: true } : {}),
    };
  });
}
