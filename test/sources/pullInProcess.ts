/**
 * Pulls usage from a server in a separate process, and reports the result and the resources used.
 */

import { pullUsage } from '../support/prometheusSource.ts';

const [, , origin = '', fromText = '', toText = ''] = process.argv;
const window = { startMs: Number(fromText), endMs: Number(toText) };
const usage = [{ deployment: 'chat', engine: 'vllm', match: { model_name: 'm' } }];
const before = process.resourceUsage().maxRSS;
const fetched = await pullUsage({ url: origin, chunkHours: 8 }, { window, usage });
const grownKb = process.resourceUsage().maxRSS - before;
process.stdout.write(
  JSON.stringify({
    grownKb,
    cpuMs: Math.round(process.cpuUsage().user / 1000),
    failures: fetched.flatMap(({ fetch }) => fetch.failure ?? []),
    windows: fetched.map(({ fetch }) => fetch.window),
    outputTokens: fetched
      .flatMap(({ usage: rows = [] }) => rows)
      .reduce((sum, { fact }) => sum + fact.outputTokens, 0),
    bytes: fetched.reduce((sum, { fetch }) => sum + (fetch.body?.byteLength ?? 0), 0),
  }),
);
