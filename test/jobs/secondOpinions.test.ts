/** LiteLLM's computed cost of hosted models next to their bill: compared, and never added. */

import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { openApp } from '../../src/main/app.ts';
import type { Charge } from '../../src/domain/charge.ts';
import { nanoUsd } from '../../src/domain/money.ts';
import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';
import { auditJob } from '../../src/jobs/audit.ts';
import { examineGatewayCosts } from '../../src/jobs/gatewayChecks.ts';
import { settableClock } from '../../src/platform/clock.ts';
import { createSecret } from '../../src/platform/secret.ts';
import { withFindingText } from '../../src/report/copy/findings.ts';
import { hostedPurchaseLines } from '../../src/report/sections/hostedPurchases.ts';
import { litellmKind } from '../../src/sources/registry.ts';
import { located } from '../ledger/ledgerFixture.ts';
import { KEY, litellmApi, type PlantedRequest } from '../sources/litellm/emulator.ts';
import { folderWith } from '../support/cli.ts';
import { pullFromReply } from '../support/pulledFrom.ts';
import { LEADER, readForLeader } from '../support/readers.ts';

const START = Date.UTC(2026, 8, 20);
const NOW = Date.UTC(2026, 9, 5);
const CONFIG = `
sources:
  main: { kind: litellm, apiKey: { file: ./key } }
deployments:
  chat:
    model: m/m
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: import, match: { id: "pod-*" } }]
    usage: { source: main, match: { model: "hosted_vllm/*" } }
`;

const ours = { model: 'hosted_vllm/llama', prompt: 100, output: 10 };
const gpt = { model: 'openai/gpt-5', provider: 'openai', prompt: 1_000, output: 100 };

/** Two days of GPT-5 for $45 each, and one day of a model without a bill. */
const PLANTED: readonly PlantedRequest[] = [
  { ...ours, atMs: START },
  { ...gpt, atMs: START + HOUR_MS, spend: 45 },
  { ...gpt, atMs: START + DAY_MS, spend: 45 },
  { ...gpt, model: 'groq/kimi', provider: 'groq', atMs: START + DAY_MS + 1, spend: 0.5 },
];

function billed(day: number, usd: number, model = 'gpt-5-2025-08-07'): Charge {
  return {
    sourceId: 'openai',
    key: `${model} ${day}`,
    resourceId: 'gpt-5',
    category: 'hosted',
    pricingClass: 'on-demand',
    basis: 'billed',
    period: { startMs: START + day * DAY_MS, endMs: START + (day + 1) * DAY_MS },
    billed: nanoUsd(BigInt(usd) * 1_000_000_000n),
    tags: { model },
  };
}

async function stage() {
  const folder = await folderWith({ 'rentcheck.yaml': CONFIG, key: KEY });
  const clock = settableClock(NOW);
  const surroundings = { clock, env: {}, readonly: false, progress: () => undefined };
  const app = await openApp(join(folder, 'rentcheck.yaml'), surroundings);
  onTestFinished(() => app.close());
  const { ledger, config } = app.context;
  const pull = async (planted: readonly PlantedRequest[], detail = 'day') => {
    const options = { apiKey: createSecret('${LITELLM_API_KEY}', () => KEY), detail };
    const usage = [{ deployment: 'chat', engine: 'vllm', match: { model: 'hosted_vllm/*' } }];
    const window = { startMs: START, endMs: START + 3 * DAY_MS };
    const request = { window, usage, models: [] };
    const reply = litellmApi(planted, 'calm');
    const { all } = await pullFromReply(litellmKind, reply, { options, request, nowMs: NOW });
    for (const fetched of all) await ledger.facts.append(fetched, clock.nowMs());
    clock.set(clock.nowMs() + HOUR_MS);
  };
  const bill = async (...charges: readonly Charge[]) => {
    const times = { startedAtMs: NOW, endedAtMs: NOW };
    const fetch = { sourceId: 'openai', kind: 'openai.costs', url: 'https://h/', ...times };
    await ledger.facts.append({ fetch, charges: located(...charges) }, clock.nowMs());
    clock.set(clock.nowMs() + HOUR_MS);
  };
  const audited = async () => {
    const answer = await auditJob.run(app.context, { quarter: '2026-Q3' });
    if (!('result' in answer)) throw new Error(answer.reason);
    return answer.result.audit;
  };
  const totals = async () => (await audited()).totals;
  const findings = async () => {
    const found = await examineGatewayCosts({ ledger, nowMs: clock.nowMs() });
    return found.map(withFindingText);
  };
  return { config, pull, bill, audited, totals, findings };
}

it('is compared with the bill of the same days, and is in no sum', async () => {
  const { pull, bill, audited } = await stage();
  await pull(PLANTED);
  await bill(billed(0, 40), billed(1, 60), billed(5, 1_000));
  const audit = await audited();
  expect(audit.totals.hostedSpendUsd).toBe('1100.000000');
  expect(audit.totals.hostedSpend?.secondOpinions).toEqual([
    {
      source: 'main',
      model: 'openai/gpt-5',
      billedBy: ['openai'],
      days: 2,
      gatewayUsd: '90.000000',
      billedUsd: '100.000000',
      difference: '-0.100000',
      isOff: true,
    },
    {
      source: 'main',
      model: 'groq/kimi',
      billedBy: [],
      days: 1,
      gatewayUsd: '0.500000',
      billedUsd: null,
      difference: null,
      isOff: false,
    },
  ]);
  expect(hostedPurchaseLines(readForLeader(audit), LEADER).at(-1)).toBe(
    'main computes $90.00 for openai/gpt-5 over 2 days. ' +
      'That is 10% less than the $100 that openai billed.',
  );
});

it('is the same by day and by request, and a second audit is equal', async () => {
  const { pull, bill, totals } = await stage();
  await bill(billed(0, 45), billed(1, 45));
  await pull(PLANTED);
  const byDay = (await totals()).hostedSpend?.secondOpinions;
  expect(byDay?.map(({ isOff }) => isOff)).toEqual([false, false]);
  await pull(PLANTED, 'request');
  expect((await totals()).hostedSpend?.secondOpinions).toEqual(byDay);
});

it('is a finding of the doctor if it differs by more than two percent', async () => {
  const { pull, bill, findings } = await stage();
  expect(await findings()).toEqual([]);
  await pull(PLANTED);
  await bill(billed(0, 45), billed(1, 45));
  const [first, kimi] = await findings();
  expect(kimi).toMatchObject({ state: 'ok' });
  expect(kimi?.says).toContain('$0.50 for groq/kimi over 1 day. No bill lists the model');
  expect(first).toMatchObject({ area: 'bill', subject: 'main', state: 'ok' });
  await bill(billed(0, 60), billed(1, 60));
  expect((await findings())[0]).toMatchObject({
    state: 'warn',
    says:
      'Gateway main computes $90.00 for openai/gpt-5 over 2 days. The bill of openai is $120.00 ' +
      '(the gateway is 25.0% lower).',
  });
});

it('changes nothing in an audit without such a gateway', async () => {
  const { bill, totals } = await stage();
  await bill(billed(0, 40));
  expect((await totals()).hostedSpend).not.toHaveProperty('secondOpinions');
});
