/**
 * One pull of a deployment's usage from a Prometheus, or the same requests with discarded
 * responses, in a process of its own that prints its CPU and memory.
 */

import { text } from 'node:stream/consumers';
import type { Fetched } from '../src/domain/provenance.ts';
import { systemClock as clock } from '../src/platform/clock.ts';
import { createHttpClient } from '../src/platform/httpClient.ts';
import { prometheusKind } from '../src/sources/registry.ts';
import { peakMegabytes } from './peakMemory.js';

/** The options of the process, as JSON on its standard input. */
export interface PullTask {
  readonly origin: string;
  readonly startMs: number;
  readonly endMs: number;
  /** Absent for a pull. */
  readonly reread?: { readonly urls: readonly string[]; readonly parsed: boolean };
}

export interface PullMeasurement {
  /** Without loading the program, which takes the same time for any pull. */
  readonly cpuSeconds: number;
  readonly peakMegabytes: number;
  readonly urls: readonly string[];
  readonly rows: number;
}

/** A busy machine must not end a measurement. */
const PATIENCE_SECONDS = 900;

async function pulled({ origin, startMs, endMs }: PullTask) {
  const client = createHttpClient({ clock });
  const urls: string[] = [];
  const http: typeof client = {
    get(request) {
      urls.push(request.url.href);
      return client.get(request);
    },
  };
  const options = prometheusKind.options.parse({ url: origin, timeoutSeconds: PATIENCE_SECONDS });
  const source = prometheusKind.create('prom', options, { clock, http });
  const usage = [{ deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } }];
  let rows = 0;
  const window = { startMs, endMs };
  for await (const fetched of source.pull({ window, usage, models: [] })) rows += rowsIn(fetched);
  return { urls, rows };
}

function rowsIn({ fetch: { failure }, usage = [] }: Fetched): number {
  if (failure !== undefined) throw new Error(failure.message);
  return usage.length;
}

async function reread({ urls, parsed }: NonNullable<PullTask['reread']>) {
  let rows = 0;
  for (const url of urls) {
    const answer = await fetch(url);
    if (parsed) rows += Object.keys((await answer.json()) as object).length;
    else for await (const chunk of answer.body ?? []) rows += chunk.byteLength;
  }
  return { urls, rows };
}

const errand = JSON.parse(await text(process.stdin)) as PullTask;
const before = process.cpuUsage();
const result = await (errand.reread === undefined ? pulled(errand) : reread(errand.reread));
const { user, system } = process.cpuUsage(before);
const outcome: PullMeasurement = {
  ...result,
  cpuSeconds: (user + system) / 1e6,
  peakMegabytes: peakMegabytes(),
};
process.stdout.write(JSON.stringify(outcome));
