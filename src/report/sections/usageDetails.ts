/**
 * Renders additional usage facts: demand, latency, GPUs, references, gateways. No cost is computed
 * from them.
 */

import { exact, exactInteger, multiply, type Exact, negate } from '../../domain/exact.ts';
import type {
  AuditMeters,
  AuditQuantile,
  AuditEscalation,
  AuditGpu,
  AuditReference,
} from '../../verdict/auditUsage.ts';
import { capacityBasisOf, capacityBasisText } from '../copy/capacity.ts';
import { percent, shortNumber, tokenCount } from '../format.ts';
import { shownName, shownText, capital, asSentence } from '../displayText.ts';
import type { Reader } from '../locale.ts';
import type { DeploymentReading } from './deploymentReading.ts';
import type { Reading } from './storedAmounts.ts';

/** One line for each known fact. */
export function usageDetailLines(deployment: DeploymentReading, reader: Reader): string[] {
  const { gpu, capacityReference, gateway, escalation } = deployment;
  const lines = [
    ...demandLine(deployment, reader),
    ...latencyLine(deployment, reader),
    ...(gpu === undefined ? [] : [gpuLine(gpu, deployment, reader)]),
    ...(capacityReference === undefined ? [] : referenceLine(capacityReference, reader)),
    ...(gateway === undefined ? [] : [gatewayLine(gateway, reader)]),
    ...(escalation === undefined ? [] : [escalationLine(escalation, reader)]),
  ];
  return lines.map((line) => `${shownName(deployment.id)}: ${line}`);
}

function demandLine({ demand }: DeploymentReading, reader: Reader): string[] {
  if (demand === undefined) return [];
  const { benchmarkTokens, keepWarmTokens, batchTokens, userTokens, notToldTokens } = demand;
  const idle = benchmarkTokens + keepWarmTokens;
  const all = idle + batchTokens + userTokens + notToldTokens;
  const parts = [
    [idle, 'were benchmark and keep-warm load and are left out of the comparison'],
    [batchTokens, 'can wait and use batch prices where there are any'],
    [notToldTokens, 'have an unknown kind of demand'],
  ] as const;
  const texts = parts.flatMap(([count, what]) =>
    count === 0 ? [] : [`${tokenCount(count, reader)} ${what}`],
  );
  return texts.length === 0 ? [] : [`Of ${tokenCount(all, reader)} tokens, ${texts.join('; ')}.`];
}

function latencyLine(deployment: DeploymentReading, reader: Reader): string[] {
  const text = latencyText(deployment, reader);
  return text === '' ? [] : [`A hosted API would have to match ${text}.`];
}

/** `320 ms to the first token (p95 1.2 s), 22 ms between tokens (p95 more than 80 ms)`. */
export function latencyText({ latency }: DeploymentReading, reader: Reader): string {
  const first = latency?.timeToFirstToken;
  const inter = latency?.interToken;
  return [
    ...(first === undefined
      ? []
      : [`${seconds(first.p50, reader)} to the first token (p95 ${seconds(first.p95, reader)})`]),
    ...(inter === undefined
      ? []
      : [`${seconds(inter.p50, reader)} between tokens (p95 ${seconds(inter.p95, reader)})`]),
  ].join(', ');
}

function seconds({ seconds: value, isMore }: Reading<AuditQuantile>, reader: Reader): string {
  const isShort = value.num < value.den;
  const text = isShort
    ? `${shortNumber(multiply(value, exactInteger(1000)), reader)} ms`
    : `${shortNumber(value, reader)} s`;
  return isMore ? `more than ${text}` : text;
}

function gpuLine(
  gpu: Reading<AuditGpu>,
  { busyFraction, utilization }: DeploymentReading,
  reader: Reader,
): string {
  const share = (value: Exact | undefined) =>
    value === undefined ? 'unknown' : percent(value, reader);
  const cores = [`tensor cores ${share(gpu.tensorActive)}`, `memory ${share(gpu.dramActive)}`].join(
    ', ',
  );
  const note = gpu.disagrees
    ? ' GPU_UTIL and throughput differ by more than a factor of three. GPU_UTIL measures whether ' +
      'a kernel ran, not how much work it did.'
    : '';
  return (
    `${capital(share(gpu.workedFraction))} of the billed hours had work. Busy time is ` +
    `${share(busyFraction)}, and throughput is ${share(utilization)} of capacity. ` +
    `The GPUs report GPU_UTIL ${share(gpu.gpuUtil)}, ${cores}. No price uses these figures.${note}`
  );
}

const LIMITS = { above: 'more than 1.5 times', below: 'less than a tenth of' } as const;

function referenceLine(reference: Reading<AuditReference>, reader: Reader): string[] {
  const { judgment, ours, tokensPerSecond, model, gpu, engine, precision, source } = reference;
  if (judgment === 'within') return [];
  const published = shortNumber(exact(BigInt(tokensPerSecond)), reader);
  const run = `${shownText(model, 60, reader)} ${precision} on one ${gpu} (${engine}, ${source})`;
  return [
    `Its capacity is ${shortNumber(ours, reader)} ` +
      `tokens/s per GPU, ${LIMITS[judgment]} the ` +
      `${published} published for ${run}. Measure it again.`,
  ];
}

const REASONS: Readonly<Record<NonNullable<AuditMeters['reason']>, string>> = {
  'not-through-gateway': 'Some requests do not pass the gateway, or the engine saw retries.',
  'gateway-cache': 'The gateway counts more requests, such as answers from its own cache.',
  'failed-requests': 'The engine counts prompts of requests that failed later.',
  'streams-without-usage': 'The gateway lacks the tokens of some answers, such as streams.',
  'prompt-counting': 'They count prompts in different ways.',
  'not-told': 'Their figures do not show why.',
};

function gatewayLine(meters: Reading<AuditMeters>, reader: Reader): string {
  const { source, comparedHours, usage, gateway, difference, reason } = meters;
  const hours = shortNumber(comparedHours, reader);
  const tokens = tokenCount(gateway.tokens, reader);
  const gatewayCount = `${shownText(source, 60, reader)} counts ${tokens} tokens`;
  const line = `Over ${hours} hours that both meters cover, ${gatewayCount}`;
  const engineCount = tokenCount(usage.tokens, reader);
  if (difference === undefined) return `${line} and the engine ${engineCount}.`;
  const isLess = difference.num < 0n;
  const share = percent(isLess ? negate(difference) : difference, reader);
  const why = reason === null ? '' : ` ${REASONS[reason]}`;
  const side = isLess ? 'less' : 'more';
  return `${line}, ${share} ${side} than the ${engineCount} of the engine.${why}`;
}

function escalationLine(
  { requests, escalated, share }: Reading<AuditEscalation>,
  reader: Reader,
): string {
  const all = shortNumber(exact(BigInt(requests)), reader);
  const paid = escalated === 0 ? '' : ' Those answers are already on the hosted bill.';
  return `A hosted API answered ${percent(share, reader)} of ${all} requests again.${paid}`;
}

/** `Its capacity is measured.` Empty without a known capacity. */
export function capacityLine(deployment: DeploymentReading): string[] {
  const basis = capacityBasisOf(deployment);
  return basis === null ? [] : [asSentence(`its capacity is ${capacityBasisText(basis)}`)];
}
