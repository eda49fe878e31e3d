/** Renders why an option, price or provider is left out, as clauses without capital and period. */

import { decimal, exact, multiply, toDecimal, trimZeros } from '../../domain/exact.ts';
import type { BreakEvenNote, HostedLack, HostLack, Lack, RateLack } from '../../economics/lack.ts';
import type { LocaleFormat } from '../locale.ts';
import { listed, counted, wholeText } from '../format.ts';

export function lackClause(lack: Lack, writing: LocaleFormat): string {
  switch (lack.code) {
    case 'nothing-billed':
      return 'nothing was billed';
    case 'billed-time-without-usage':
      return 'no usage is known for the billed time';
    case 'no-usage':
      return 'no usage is known';
    case 'no-paid-hours-in-use':
      return 'no replica time is known to be both paid for and used';
    case 'capacity-unknown':
      return 'the capacity of a replica is unknown';
    case 'bought-tokens-without-bill':
      return 'no bill lists the cost of the bought tokens';
    case 'no-serverless-price':
      return 'no serverless price is stated';
    case 'already-on-spot':
      return 'it already runs on spot capacity';
    case 'no-gpu-named':
      return 'no GPU is named';
    case 'gpu-not-understood':
    case 'gpu-memory-unknown':
    case 'no-rate':
    case 'no-rate-of-allowed-provider':
    case 'no-rate-in-force':
      return rateLack(lack);
    case 'no-equivalent-named':
    case 'no-host-known':
    case 'pinned-host-not-found':
    case 'pinned-host-not-eligible':
    case 'no-host-eligible':
    case 'no-hosted-price':
      return hostedLack(lack, writing);
  }
}

function rateLack(lack: RateLack): string {
  switch (lack.code) {
    case 'gpu-not-understood':
      return `the GPU "${lack.gpu}" is not recognized`;
    case 'gpu-memory-unknown':
      return `the memory of the GPU "${lack.gpu}" is not stated`;
    case 'no-rate':
      return noRate(lack);
    case 'no-rate-of-allowed-provider':
      return (
        `no ${lack.pricingClass} rate of the GPU ${lack.gpu} is known from a provider that is ` +
        'allowed'
      );
    case 'no-rate-in-force':
      return `no rate was in force at ${lack.at}`;
  }
}

function noRate(lack: Extract<RateLack, { readonly code: 'no-rate' }>): string {
  const { gpu, pricingClass, tiers } = lack;
  const of = pricingClass === undefined ? '' : `${pricingClass} `;
  const from = tiers === undefined ? '' : ` from a provider of tier ${tiers.join(', ')}`;
  return `no ${of}rate of the GPU ${gpu} is known${from}`;
}

function hostedLack(lack: HostedLack, writing: LocaleFormat): string {
  switch (lack.code) {
    case 'no-equivalent-named':
      return 'no hosted equivalent is named in the config';
    case 'no-host-known':
      return 'no provider of the model is known';
    case 'pinned-host-not-found':
      return `the pinned provider ${lack.host} does not sell the model`;
    case 'pinned-host-not-eligible':
      return (
        `the pinned provider ${lack.host} is not eligible ` +
        `(${hostLackClause(lack.why, writing)})`
      );
    case 'no-host-eligible': {
      const { hosts, hostCount } = lack;
      const named = hosts.map(({ host, why }) => `${host} (${hostLackClause(why, writing)})`);
      const rest = hostCount - hosts.length;
      const more = rest > 0 ? [counted(rest, 'other', writing)] : [];
      return `no provider is eligible: ${listed([...named, ...more])}`;
    }
    case 'no-hosted-price':
      return 'no price is known';
  }
}

/** Reason in parentheses after the provider's name. */
export function hostLackClause(lack: HostLack, writing: LocaleFormat): string {
  switch (lack.code) {
    case 'host-not-named':
      return 'not named in the config';
    case 'host-excluded':
      return 'excluded by the config';
    case 'host-degraded':
      return `degraded in ${lack.degraded} of ${lack.looks} observations`;
    case 'uptime-too-low':
      return `uptime ${belowText(lack.uptimeShare, lack.neededShare, writing)}`;
    case 'health-too-low':
      return `availability ${belowText(lack.healthyShare, lack.neededShare, writing)}`;
    case 'batches-only':
      return 'only sells batch processing';
    case 'no-price-in-force':
      return `no price was in force at ${lack.at}`;
    case 'no-input-price':
      return `no input price at ${lack.at}`;
    case 'no-output-price':
      return `no output price at ${lack.at}`;
    case 'quantization-not-allowed':
      return `quantization ${lack.quantization} is not allowed`;
    case 'free-tier':
      return 'free tiers do not count';
    case 'context-too-short': {
      const [context, needed] = [lack.contextTokens, lack.neededTokens].map((tokens) =>
        wholeText(tokens, writing),
      );
      return `context of ${context} tokens is shorter than ${needed}`;
    }
    case 'region-not-allowed':
      return `region ${lack.region ?? 'unknown'} is not allowed`;
    case 'data-policy-not-allowed':
      return `data policy ${lack.dataPolicy ?? 'unknown'} is not allowed`;
    case 'requests-unknown':
      return 'charges per request, and the number of requests is unknown';
    case 'rate-limit-too-low':
      return limitTooLow(lack, writing);
  }
}

/** `98.5% is below 99%`, with enough decimals that a share just below never reads as enough. */
function belowText(share: string, needed: string, writing: LocaleFormat): string {
  const [is, must] = [share, needed].map((text) => {
    const percents = toDecimal(multiply(decimal(text), exact(100n)), 2, 'floor');
    return writing.percent(trimZeros(percents));
  });
  return `${is} is below ${must}`;
}

function limitTooLow(
  { of, limitPerMinute, peakPerMinute }: Extract<HostLack, { code: 'rate-limit-too-low' }>,
  writing: LocaleFormat,
): string {
  const peak = writing.number(toDecimal(decimal(peakPerMinute), 0));
  const limit = wholeText(limitPerMinute, writing);
  return (
    `limit of ${limit} ${of} a minute is below the 99th percentile of traffic, at least ${peak} ` +
    'a minute'
  );
}

/** Renders why a table has no break-even volume. */
export function breakEvenClause(note: BreakEvenNote): string {
  switch (note.code) {
    case 'keep-within-hosting-labor':
      return 'keeping costs no more than the engineering time of hosted APIs alone';
    case 'keep-within-leaving':
      return 'keeping costs no more than leaving would at zero tokens';
    case 'beyond-replicas':
      return note.replicas === 1
        ? 'more than this replica can serve'
        : 'more than these replicas can serve';
  }
}
