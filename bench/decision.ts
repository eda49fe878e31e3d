/** Time of a decision, compared with one pass over its daily series per simulation run. */

import { decimal } from '../src/domain/exact.ts';
import { nanoUsd } from '../src/domain/money.ts';
import { period } from '../src/domain/period.ts';
import { OPTIONS } from '../src/economics/offer.ts';
import type { StackEconomics } from '../src/economics/result.ts';
import { weighStack } from '../src/economics/stack.ts';
import { seededRandom } from '../src/platform/random.ts';
import { AUDIT_SENTENCES } from '../src/report/copy/sentences.ts';
import { decide } from '../src/verdict/decide.ts';
import { printAudit } from '../src/verdict/document/document.ts';
import { ACTING } from '../test/support/acting.ts';
import { charge, deployment, hour, price, series, stack } from '../test/economics/stackFixture.ts';
import type { BenchmarkSize, Measured } from './measured.ts';

const SIZES = {
  full: { deployments: 20, draws: 2000, rounds: 5 },
  small: { deployments: 2, draws: 100, rounds: 1 },
} as const satisfies Record<BenchmarkSize, object>;

const HOURS = 92 * 24;
const REACH = 3;

const POLICY = {
  minProbability: decimal('0.9'),
  minSavingUsd: decimal('1000'),
  minSavingShare: decimal('0.15'),
  reversalSavingShare: decimal('0.3'),
  minCoverage: decimal('0.9'),
  maxUnattributedShare: decimal('0.1'),
};

const IDENTITY = {
  quarter: null,
  partial: false,
  asOfMs: hour(HOURS),
  runId: 'bench',
  inputsDigest: 'bench',
  codeVersion: 'bench',
};

/**
 * Verdicts with their probabilities, then break-evens, tornado, forecast and steps, and all of it
 * printed.
 */
function decided(
  economics: StackEconomics,
  { seed, draws }: { readonly seed: string; readonly draws: number },
): void {
  const policy = { ...POLICY, draws };
  const verdict = decide(economics, { policy, chance: seededRandom(seed) });
  printAudit({
    economics,
    verdict,
    identity: IDENTITY,
    sentences: AUDIT_SENTENCES,
    acting: ACTING,
  });
}

/**
 * The best time of each over several rounds in one process. The series are all daily ones: the cost
 * of keeping, of every option, and of every provider.
 */
export async function run(size: BenchmarkSize): Promise<Measured[]> {
  const { deployments, draws } = SIZES[size];
  const economics = weighStack(stackOf(deployments));
  const all = economics.deployments.flatMap(({ offers }) =>
    OPTIONS.flatMap((option) => {
      const offer = offers[option];
      if (offer === undefined || 'reason' in offer) return [];
      const { ownUsd, hosts } = offer.days;
      return [ownUsd, ...hosts.flatMap(({ atZeroUsd, atOneUsd }) => [atZeroUsd, atOneUsd])];
    }),
  );
  const rounds = Array.from({ length: SIZES[size].rounds }, (_, round) => ({
    plainMs: timed(() => passes(all, draws)),
    oursMs: timed(() => decided(economics, { seed: `${round}`, draws })),
  }));
  const plainMs = Math.min(...rounds.map((each) => each.plainMs));
  const oursMs = Math.min(...rounds.map((each) => each.oursMs));
  const series = `their daily series x ${draws.toLocaleString('en-US')}`;
  return [
    {
      name: `a whole decision on ${deployments} deployments, of a pass over ${series}`,
      value: oursMs / plainMs,
      reach: REACH,
      better: 'lower',
    },
  ];
}

function timed(work: () => void): number {
  const started = performance.now();
  work();
  return performance.now() - started;
}

/** Sums every day of every series, once per draw, and nothing else. */
function passes(all: readonly Float64Array[], draws: number): void {
  let total = 0;
  for (let draw = 0; draw < draws; draw += 1) {
    for (const days of all) {
      for (let day = 0; day < days.length; day += 1) total += days[day] ?? 0;
    }
  }
  if (!(total > 0)) throw new Error('the passes found nothing');
}

/**
 * Every option has a price: two replicas each, three providers, a market and serverless workers.
 */
function stackOf(deployments: number) {
  const ids = Array.from({ length: deployments }, (_, index) => `model-${index}`);
  const rate = { sourceId: 'market', provider: 'other', gpuType: 'A100-80GB' };
  const since = { validFromMs: hour(-720), usdPerGpuHour: nanoUsd(1_100_000_000n) };
  return stack({
    window: period(hour(0), hour(HOURS)),
    charges: ids.map((resourceId) => {
      const hours = { quantity: decimal(String(2 * HOURS)), unit: 'Hours' };
      return charge({ usd: String(3 * HOURS), from: 0, to: HOURS, resourceId, ...hours });
    }),
    prices: ['a', 'b', 'c'].map((host, index) =>
      price({ host, input: `0.1${index}`, cached: '0.05', output: `0.3${index}` }),
    ),
    rates: [
      { ...rate, ...since, pricingClass: 'on-demand' },
      { ...rate, ...since, pricingClass: 'spot' },
    ],
    deployments: ids.map(deploymentOf),
  });
}

/** A daily wave with noise, sometimes above one replica. */
function deploymentOf(id: string) {
  const random = seededRandom(id);
  const usage = series(
    Array.from({ length: HOURS }, (_, at) => {
      const wave = 1 - Math.abs((at % 24) - 12) / 12;
      const uncached = Math.floor(12_000_000 * wave * (0.5 + random.next()));
      const busyS = Math.floor(3600 * wave);
      return { at, uncached, cached: 1_000_000, output: 1_000_000, busyS, replicaS: 7200 };
    }),
  );
  const workers = { coldStartMs: 60_000, idleTimeoutMs: 5000, minWorkers: 0 };
  const serverless = { usdPerSecond: decimal('0.0006'), ...workers };
  return deployment({ id, resources: [{ sourceId: 'bill', id }], usage, serverless });
}
