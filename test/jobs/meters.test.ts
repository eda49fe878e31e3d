/** A gateway next to an engine: compared in the audit, and never added to the served tokens. */

import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openApp } from '../../src/main/app.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';
import type { Fetched } from '../../src/domain/provenance.ts';
import { auditJob } from '../../src/jobs/audit.ts';
import { examineGateways } from '../../src/jobs/gatewayChecks.ts';
import { toPullRequest } from '../../src/jobs/pull.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { withFindingText } from '../../src/report/copy/findings.ts';
import { readDeployment } from '../../src/report/sections/deploymentReading.ts';
import { usageDetailLines } from '../../src/report/sections/usageDetails.ts';
import { folderWith } from '../support/cli.ts';
import { LEADER } from '../support/readers.ts';

const START = Date.UTC(2026, 6, 1);
const NOW = Date.UTC(2026, 9, 5);
const CONFIG = `
sources:
  prom: { kind: prometheus, url: "http://127.0.0.1:9" }
  gw: { kind: litellm, apiKey: { file: ./key } }
deployments:
  chat:
    model: m/m
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: import, match: { id: "pod-*" } }]
    usage: { source: prom, match: { model_name: llama } }
    gateway: { source: gw, match: { model: "hosted_vllm/*" } }
`;

/** A fetch with one row for a day. */
function usageOf(sourceId: string, day: number, tokens: number): Fetched {
  const period = { startMs: START + day * DAY_MS, endMs: START + (day + 1) * DAY_MS };
  const identity = { sourceId, deployment: 'chat', period };
  const row = { ...identity, uncachedPromptTokens: tokens, outputTokens: 0, requests: 1_000 };
  const fetch = { sourceId, kind: 'k', url: `http://h/${day}`, startedAtMs: NOW, endedAtMs: NOW };
  const count = { ...identity, answered: 1_000, failed: 0, escalated: 25 };
  const counts = sourceId === 'gw' ? { requestCounts: [{ position: 0, fact: count }] } : {};
  return { fetch, usage: [{ position: 0, fact: row }], ...counts };
}

async function stage() {
  const folder = await folderWith({ 'rentcheck.yaml': CONFIG, key: 'sk-1' });
  const clock = settableClock(NOW);
  const surroundings = { clock, env: {}, readonly: false, progress: () => undefined };
  const app = await openApp(join(folder, 'rentcheck.yaml'), surroundings);
  onTestFinished(() => app.close());
  const { context } = app;
  const audited = async (facts: readonly Fetched[]) => {
    for (const fact of facts) await context.ledger.facts.append(fact, clock.nowMs());
    clock.set(clock.nowMs() + HOUR_MS);
    const answer = await auditJob.run(context, { quarter: '2026-Q3' });
    if (!('result' in answer)) throw new Error(answer.reason);
    return answer.result.audit;
  };
  return { context, audited, clock };
}

it('queries the gateway for the requests of the deployments that name it', async () => {
  const { context } = await stage();
  expect(toPullRequest(context, 'gw').usage).toEqual([
    { deployment: 'chat', engine: 'gateway', match: { model: 'hosted_vllm/*' } },
  ]);
});

it('is compared day by day, and fills no gap of the engine', async () => {
  const { audited } = await stage();
  // The engine lacks the second day. On the third the gateway counts 10% less.
  const audit = await audited([
    usageOf('prom', 0, 100_000),
    usageOf('prom', 2, 100_000),
    usageOf('gw', 0, 100_000),
    usageOf('gw', 1, 500_000),
    usageOf('gw', 2, 90_000),
  ]);
  const [chat] = audit.deployments;
  // Nothing was billed, so all served tokens are in unbilled time.
  expect(chat?.unbilledTokens).toBe(200_000);
  expect(chat?.gateway).toEqual({
    source: 'gw',
    comparedHours: '48.000000',
    usage: { tokens: 200_000, promptTokens: 200_000, outputTokens: 0, requests: 2_000 },
    gateway: { tokens: 190_000, promptTokens: 190_000, outputTokens: 0, requests: 2_000 },
    difference: '-0.050000',
    reason: 'prompt-counting',
    days: [
      { day: '2026-07-01', usageTokens: 100_000, gatewayTokens: 100_000 },
      { day: '2026-07-03', usageTokens: 100_000, gatewayTokens: 90_000 },
    ],
  });
  expect(chat?.escalation).toEqual({ requests: 3_000, escalated: 75, share: '0.025000' });
  const lines = chat === undefined ? [] : usageDetailLines(readDeployment(chat), LEADER);
  expect(lines).toEqual([
    expect.stringMatching(/^chat: Over 48 hours that both meters cover, gw counts .* less than /),
    expect.stringMatching(/^chat: A hosted API answered .* requests again\. Those .* already /),
  ]);
  expect(lines[0]).toContain('of the engine. They count prompts in different ways.');
});

it('is a finding of the doctor if it differs by more than two percent', async () => {
  const { context, clock } = await stage();
  const { ledger, config } = context;
  const examined = async (...facts: readonly Fetched[]) => {
    for (const fact of facts) await ledger.facts.append(fact, clock.nowMs());
    clock.set(clock.nowMs() + HOUR_MS);
    const found = await examineGateways({ config, ledger, nowMs: clock.nowMs() });
    return found.map(withFindingText);
  };
  expect(await examined()).toMatchObject([
    {
      state: 'warn',
      subject: 'chat',
      says: 'Usage and gw do not overlap in the last 30 days.',
    },
  ]);
  expect(await examined(usageOf('prom', 75, 100_000), usageOf('gw', 75, 99_000))).toMatchObject([
    { state: 'warn', says: 'Hosted APIs answered 25 of 1,000 requests twice in the last 30 days.' },
    { state: 'ok', says: 'Over 1.0 days, gw counts 99,000 tokens, and usage counts 100,000.' },
  ]);
  expect(await examined(usageOf('prom', 76, 100_000), usageOf('gw', 76, 50_000))).toMatchObject([
    { says: 'Hosted APIs answered 50 of 2,000 requests twice in the last 30 days.' },
    { state: 'warn', fix: 'Compare cached tokens and the tokenizer of both.' },
  ]);
});

it('without facts changes nothing in the audit', async () => {
  const { audited } = await stage();
  const audit = await audited([usageOf('prom', 0, 100_000)]);
  expect(audit.deployments[0]).not.toHaveProperty('gateway');
  expect(audit.deployments[0]).not.toHaveProperty('escalation');
});
