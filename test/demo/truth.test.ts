/** Tests the planted truth for consistency: parts sum to the whole, days to the quarter. */

import { describe, expect, it } from 'vitest';
import { computePlantedTruth, renderTruthJson } from '../../src/demo/truth.ts';
import { FLEET } from '../support/demoFleet.ts';

const TRUTH = computePlantedTruth(FLEET);
const SERVED = ['promptTokens', 'cachedTokens', 'outputTokens', 'requests'] as const;

function sum(amounts: readonly bigint[]): bigint {
  return amounts.reduce((total, amount) => total + amount, 0n);
}

function total(counts: readonly number[]): number {
  return counts.reduce((all, count) => all + count, 0);
}

describe('the planted truth', () => {
  it('sums deployments and unattributed spend to the whole bill', () => {
    const attributed = sum(TRUTH.deployments.map(({ spendNanoUsd }) => spendNanoUsd));
    expect(attributed + TRUTH.unattributedNanoUsd).toBe(TRUTH.spendNanoUsd);
    expect(sum(TRUTH.sources.map(({ spendNanoUsd }) => spendNanoUsd))).toBe(TRUTH.spendNanoUsd);
    for (const each of TRUTH.deployments) {
      const { gpuNanoUsd, diskNanoUsd, volumeNanoUsd, invoicedNanoUsd } = each;
      expect(sum([gpuNanoUsd, diskNanoUsd, volumeNanoUsd, invoicedNanoUsd])).toBe(
        each.spendNanoUsd,
      );
    }
  });

  it('sums 92 days to the quarter, in money and in every class of tokens', () => {
    for (const each of TRUTH.deployments) {
      expect(each.days).toHaveLength(92);
      expect(sum(each.days.map(({ spendNanoUsd }) => spendNanoUsd))).toBe(each.spendNanoUsd);
      for (const column of SERVED) {
        expect(total(each.days.map((day) => day[column]))).toBe(each[column]);
      }
    }
    for (const column of SERVED) {
      expect(total(TRUTH.deployments.map((each) => each[column]))).toBe(TRUTH.served[column]);
    }
  });

  it('bills support-chat a pod at $5.396438 and two reserved GPUs at $2.70 for 2,208 hours', () => {
    const chat = TRUTH.deployments.find(({ id }) => id === 'support-chat');
    expect(chat?.spendNanoUsd).toBe(2_208n * (5_396_438_000n + 2n * 2_700_000_000n));
    expect(chat?.paidReplicaSeconds).toBe(2 * 2_208 * 3_600);
  });

  it('has for each source the amount that is computed by hand', () => {
    const hours = 2_208n;
    const planted = new Map(TRUTH.sources.map((each) => [each.source, each.spendNanoUsd]));
    expect(planted.get('lambda')).toBe(hours * 1_790_000_000n);
    expect(planted.get('vast')).toBe(hours * (2_643_000_000n + 14_000_000n));
    expect(planted.get('crusoe')).toBe(hours * (2_730_000_000n + 9_604_000n));
    expect(planted.get('digitalocean')).toBe(hours * 2_700_000_000n);
    expect(planted.get('nebius')).toBe(hours * (2_651_250_000n + 10_137_000n));
    expect(planted.get('hyperstack')).toBe(hours * 1_648_219_000n);
    expect(planted.get('together')).toBe(100n * 3_360_000_000n);
    // €3.85 on each of 31, 31 and 30 days.
    expect(planted.get('import')).toBe(
      385n * (31n * 10_842n + 31n * 10_917n + 30n * 10_875n) * 1_000n,
    );
  });

  it('prices a provider without cache reads by the simplest formula', () => {
    const review = TRUTH.deployments.find(({ id }) => id === 'code-review');
    if (review === undefined) throw new Error('no code-review');
    const novita = review.hosted.find(({ host }) => host === 'novita/fp8');
    const nanoPerMtok =
      BigInt(review.promptTokens) * 70_000_000n + BigInt(review.outputTokens) * 270_000_000n;
    const scaled = (nanoPerMtok * 1_055n) / 100n;
    expect(novita?.costUsdExact?.replace('.', '')).toBe(scaled.toString());
  });

  it('has no cost for a provider that left midway, and a higher one where a price rose', () => {
    const triage = TRUTH.deployments.find(({ id }) => id === 'claims-triage');
    const left = triage?.hosted.find(({ host }) => host === 'siliconflow/fp8');
    expect(left).toMatchObject({ notEligible: null, costUsd: null, costUsdExact: null });
    const chat = TRUTH.deployments.find(({ id }) => id === 'support-chat');
    const risen = chat?.hosted.find(({ host }) => host === 'parasail/fp8');
    if (chat === undefined) throw new Error('no support-chat');
    const [hits, misses] = [chat.cachedTokens / 2, chat.promptTokens - chat.cachedTokens / 2];
    const atOldPrice = (1.055 * (misses * 0.24 + hits * 0.12 + chat.outputTokens * 0.55)) / 1e6;
    const atNewPrice = (1.055 * (misses * 0.26 + hits * 0.13 + chat.outputTokens * 0.6)) / 1e6;
    expect(Number(risen?.costUsd)).toBeGreaterThan(atOldPrice);
    expect(Number(risen?.costUsd)).toBeLessThan(atNewPrice);
  });

  it('has no cost for a provider that began to sell midway', () => {
    const review = TRUTH.deployments.find(({ id }) => id === 'code-review');
    const appeared = review?.hosted.find(({ host }) => host === 'parasail/fp8');
    expect(appeared).toMatchObject({ notEligible: null, costUsd: null, costUsdExact: null });
  });

  it('charges the peak price for all summarizing, though its list price is the cheapest', () => {
    const summaries = TRUTH.deployments.find(({ id }) => id === 'doc-summaries');
    if (summaries === undefined) throw new Error('no doc-summaries');
    const [prompt, output] = [summaries.promptTokens, summaries.outputTokens].map(BigInt);
    if (prompt === undefined || output === undefined) throw new Error('no tokens');
    // Nano-dollars per million tokens; the fee of 5.5% adds two digits.
    const nanoPerMtok = (input: bigint, out: bigint) => prompt * input + output * out;
    const exactText = (sum: bigint) => ((sum * 1_055n) / 100n).toString();
    const digits = (host: string) =>
      summaries.hosted
        .find((each) => each.host === host)
        ?.costUsdExact?.replace('.', '')
        .replace(/^0+/, '');
    expect(digits('chutes/fp8')).toBe(exactText(nanoPerMtok(120_000_000n, 320_000_000n)));
    expect(digits('deepinfra/fp8')).toBe(exactText(nanoPerMtok(75_000_000n, 200_000_000n)));
  });

  it('counts a promotional discount once, as listed', () => {
    const chat = TRUTH.deployments.find(({ id }) => id === 'support-chat');
    if (chat === undefined) throw new Error('no support-chat');
    const [prompt, cached] = [BigInt(chat.promptTokens), BigInt(chat.cachedTokens)];
    // Half of our cache hits are hits there too: twice the tokens in whole numbers, by half the
    // price.
    const doubled =
      (2n * prompt - cached) * 360_000n +
      cached * 180_000n +
      2n * BigInt(chat.outputTokens) * 810_000n;
    const crusoe = chat.hosted.find(({ host }) => host === 'crusoe/fp8');
    expect(crusoe?.costUsdExact?.replace('.', '')).toBe((doubled * 1_055n * 5n).toString());
  });

  it("buys from hosted APIs what is computed by hand, apart from the fleet's spend", () => {
    // 33 weekdays before the price rose and 33 after: 975.5 and 979.5 million tokens of prompts,
    // 168.3 million of output each time.
    const chat = 975.5 * 0.24 + 979.5 * 0.26 + 168.3 * 0.55 + 168.3 * 0.6;
    // 92 days: 565.8 million tokens of prompts, 368 million from the cache, 78.2 million of output.
    const experiment = 565.8 * 0.25 + 368 * 0.025 + 78.2 * 2;
    const micro = (usd: number) => BigInt(Math.round(usd * 1e6)) * 1_000n;
    const [router, openai] = ['meta-llama/llama-3.3-70b-instruct', 'gpt-5-mini'];
    expect(TRUTH.bought).toEqual([
      {
        source: 'router',
        model: router,
        deployment: 'support-chat',
        tokens: 2_291_600_000,
        spendNanoUsd: micro(chat),
      },
      {
        source: 'openai',
        model: openai,
        deployment: null,
        tokens: 1_012_000_000,
        spendNanoUsd: micro(experiment),
      },
    ]);
    expect(TRUTH.hostedSpendNanoUsd).toBe(989_385_000_000n);
  });

  it('lacks one interval of one replica: the crash', () => {
    const unseen = TRUTH.deployments.map(
      ({ id, paidReplicaSeconds, seenReplicaSeconds }) =>
        `${id} ${paidReplicaSeconds - seenReplicaSeconds}`,
    );
    expect(unseen).toEqual([
      'support-chat 300',
      'doc-summaries 0',
      'code-review 0',
      'claims-triage 0',
    ]);
  });

  it('writes money as exact decimals into its file, and the same file each time', () => {
    const text = renderTruthJson(TRUTH);
    const file = JSON.parse(text) as {
      spendUsd: string;
      deployments: { id: string; spendUsd: string; days: { spendUsd: string }[] }[];
    };
    const nano = (usd: string) => BigInt(usd.replace('.', ''));
    expect(nano(file.spendUsd)).toBe(TRUTH.spendNanoUsd);
    expect(file.deployments.map(({ spendUsd }) => nano(spendUsd))).toEqual(
      TRUTH.deployments.map(({ spendNanoUsd }) => spendNanoUsd),
    );
    expect(file.deployments[0]?.days[0]?.spendUsd).toMatch(/^\d+\.\d{9}$/);
    expect(renderTruthJson(computePlantedTruth(FLEET))).toBe(text);
  });
});
