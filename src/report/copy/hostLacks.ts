/** Why one host is not eligible, in sentences without a capital or a full stop. */

import { decimal, toDecimal } from '../../domain/exact.ts';
import type { HostLack } from '../../economics/lack.ts';
import type { Writing } from '../locale.ts';
import { fixedText } from './figures.ts';

type Of<Code extends HostLack['code']> = Extract<HostLack, { readonly code: Code }>;

export function hostLackSentence(lack: HostLack, writing: Writing): string {
  switch (lack.code) {
    case 'host-not-named':
      return 'not a host of config';
    case 'host-excluded':
      return 'excluded by config';
    case 'host-degraded':
      return `degraded in ${lack.degraded} of ${lack.looks} observations`;
    case 'uptime-too-low':
      return uptimeTooLow(lack, writing);
    case 'health-too-low':
      return healthTooLow(lack, writing);
    case 'batches-only':
      return 'sells batches alone';
    case 'no-price-in-force':
      return `no price in force at ${lack.at}`;
    case 'no-input-price':
      return `no input price at ${lack.at}`;
    case 'no-output-price':
      return `no output price at ${lack.at}`;
    case 'quantization-not-allowed':
      return `quantization ${lack.quantization} is not allowed`;
    case 'free-tier':
      return 'a free tier is no counterfactual';
    case 'context-too-short':
      return `context of ${lack.contextTokens} tokens is shorter than ${lack.neededTokens}`;
    case 'region-not-allowed':
      return `region ${lack.region ?? 'unknown'} is not allowed`;
    case 'data-policy-not-allowed':
      return `data policy ${lack.dataPolicy ?? 'unknown'} is not allowed`;
    case 'requests-unknown':
      return 'asks for each request, and the number of requests is unknown';
    case 'rate-limit-too-low':
      return limitTooLow(lack);
  }
}

function uptimeTooLow(
  { uptimeShare, neededShare }: Of<'uptime-too-low'>,
  writing: Writing,
): string {
  const [share, needed] = [uptimeShare, neededShare].map((each) => fixedText(each, 4, writing));
  return `uptime ${share} is below ${needed}`;
}

function healthTooLow(
  { healthyShare, neededShare }: Of<'health-too-low'>,
  writing: Writing,
): string {
  const [share, needed] = [healthyShare, neededShare].map((each) => fixedText(each, 4, writing));
  return `healthy for ${share} of the time, below ${needed}`;
}

function limitTooLow({ of, limitPerMinute, peakPerMinute }: Of<'rate-limit-too-low'>): string {
  const peak = toDecimal(decimal(peakPerMinute), 0);
  return `${limitPerMinute} ${of} a minute are too few: the 99th percentile is at least ${peak}`;
}
