/** Prints the additional usage figures of an audit. */

import { exact } from '../../domain/exact.ts';
import { dayText, HOUR_MS } from '../../domain/period.ts';
import type { Escalation, MeterTotals, MetersCompared } from '../../economics/usage/meters.ts';
import type {
  ExtraFigures,
  LatencyFigures,
  Quantile,
  ReferenceFigures,
} from '../../economics/usage/extraFigures.ts';
import type {
  AuditUsageDetail,
  AuditGpu,
  AuditLatency,
  AuditQuantile,
  AuditEscalation,
  AuditMetered,
  AuditMeters,
  AuditReference,
} from '../auditUsage.ts';
import { roundedDouble, ratioText } from './printed.ts';
import type { AuditSentences } from './sentences.ts';

export function printUsageDetail(
  { demand, latency, gpu, reference, meters, escalation }: ExtraFigures,
  sentences: Pick<AuditSentences, 'reference'>,
): AuditUsageDetail {
  return {
    ...(demand === undefined
      ? {}
      : {
          demand: {
            userTokens: demand.user,
            batchTokens: demand.batch,
            benchmarkTokens: demand.benchmark,
            keepWarmTokens: demand['keep-warm'],
            notToldTokens: demand['not-told'],
          },
        }),
    ...(latency === undefined ? {} : { latency: printLatency(latency) }),
    ...(gpu === undefined ? {} : { gpu: printGpu(gpu) }),
    ...(reference === undefined ? {} : { capacityReference: printReference(reference, sentences) }),
    ...(meters === undefined ? {} : { gateway: printMeters(meters) }),
    ...(escalation === undefined ? {} : { escalation: printEscalation(escalation) }),
  };
}

function printReference(
  { source, ours, ...figures }: ReferenceFigures,
  sentences: Pick<AuditSentences, 'reference'>,
): AuditReference {
  return { ...figures, source: sentences.reference(source), ours: ratioText(ours) ?? '' };
}

function printMeters({ sourceId: source, ...meters }: MetersCompared): AuditMeters {
  const { comparedMs, usage, gateway, difference, reason = null, days } = meters;
  const printed = ({
    tokens,
    promptTokens,
    outputTokens,
    requests,
  }: MeterTotals): AuditMetered => ({
    tokens,
    promptTokens: promptTokens ?? null,
    outputTokens: outputTokens ?? null,
    requests: requests ?? null,
  });
  return {
    source,
    comparedHours: ratioText(exact(BigInt(comparedMs), BigInt(HOUR_MS))) ?? '',
    usage: printed(usage),
    gateway: printed(gateway),
    difference: ratioText(difference),
    reason,
    days: days.map(({ dayMs, ...tokens }) => ({ day: dayText(dayMs), ...tokens })),
  };
}

function printEscalation({ requests, escalated }: Escalation): AuditEscalation {
  const share = ratioText(exact(BigInt(escalated), BigInt(requests))) ?? '';
  return { requests, escalated, share };
}

function printLatency(latency: NonNullable<ExtraFigures['latency']>): AuditLatency {
  const printed = (figures: LatencyFigures) => ({
    count: figures.count,
    p50: printQuantile(figures.p50),
    p95: printQuantile(figures.p95),
  });
  const { 'time-to-first-token': first, 'inter-token': inter, request } = latency;
  return {
    ...(first === undefined ? {} : { timeToFirstToken: printed(first) }),
    ...(inter === undefined ? {} : { interToken: printed(inter) }),
    ...(request === undefined ? {} : { request: printed(request) }),
  };
}

function printQuantile({ seconds, isMore }: Quantile): AuditQuantile {
  return { seconds: ratioText(roundedDouble(seconds)) ?? '', isMore };
}

function printGpu(gpu: NonNullable<ExtraFigures['gpu']>): AuditGpu {
  return {
    gpuHours: ratioText(exact(BigInt(gpu.gpuMs), BigInt(HOUR_MS))) ?? '',
    workedFraction: ratioText(gpu.worked),
    gpuUtil: ratioText(gpu.gpuUtil),
    engineActive: ratioText(gpu.engineActive),
    tensorActive: ratioText(gpu.tensorActive),
    dramActive: ratioText(gpu.dramActive),
    disagrees: gpu.disagrees,
  };
}
