/** Why an option or a price is not there, in sentences without a capital or a full stop. */

import type { BreakEvenNote, HostedLack, Lack, RateLack } from '../../economics/lack.ts';
import type { Writing } from '../locale.ts';
import { hostLackSentence } from './hostLacks.ts';

export function lackSentence(lack: Lack, writing: Writing): string {
  switch (lack.code) {
    case 'nothing-billed':
      return 'nothing was billed';
    case 'billed-time-without-usage':
      return 'no usage is known of the time that was billed';
    case 'no-usage':
      return 'no usage is known';
    case 'no-paid-hours-in-use':
      return 'no replica time is known to be paid for and used';
    case 'capacity-unknown':
      return 'the capacity of a replica is unknown';
    case 'bought-tokens-without-bill':
      return 'no bill tells what the bought tokens cost';
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
      return `the GPU "${lack.gpu}" is not understood`;
    case 'gpu-memory-unknown':
      return `how much memory the GPU "${lack.gpu}" has is not told`;
    case 'no-rate':
      return noRate(lack);
    case 'no-rate-of-allowed-provider':
      return (
        `no ${lack.pricingClass} rate of the GPU ${lack.gpu} is known of a provider that is ` +
        'allowed'
      );
    case 'no-rate-in-force':
      return `no rate in force at ${lack.at}`;
  }
}

function noRate(lack: Extract<RateLack, { readonly code: 'no-rate' }>): string {
  const { gpu, pricingClass, tiers } = lack;
  const of = pricingClass === undefined ? '' : `${pricingClass} `;
  const at = tiers === undefined ? '' : ` of a provider of tier ${tiers.join(', ')}`;
  return `no ${of}rate of the GPU ${gpu} is known${at}`;
}

function hostedLack(lack: HostedLack, writing: Writing): string {
  switch (lack.code) {
    case 'no-equivalent-named':
      return 'no hosted equivalent is named in the config';
    case 'no-host-known':
      return 'no host of the model is known';
    case 'pinned-host-not-found':
      return `the pinned host ${lack.host} does not sell the model`;
    case 'pinned-host-not-eligible':
      return `the pinned host ${lack.host} is not eligible: ${hostLackSentence(lack.why, writing)}`;
    case 'no-host-eligible':
      return noneEligible(lack, writing);
    case 'no-hosted-price':
      return 'no price is known';
  }
}

function noneEligible(
  { hosts, hostCount }: Extract<HostedLack, { readonly code: 'no-host-eligible' }>,
  writing: Writing,
): string {
  const reasons = hosts.map(({ host, why }) => `${host}: ${hostLackSentence(why, writing)}`);
  const rest = hostCount - hosts.length;
  return `no host is eligible (${reasons.join('; ')}${rest > 0 ? `; and ${rest} more` : ''})`;
}

export function breakEvenSentence(note: BreakEvenNote): string {
  switch (note.code) {
    case 'keep-within-hosting-labor':
      return 'keeping costs no more than the labor of hosting alone';
    case 'keep-within-leaving':
      return 'keeping costs no more than leaving would without a single token';
    case 'beyond-replicas':
      return `never with ${note.replicas === 1 ? 'one replica' : 'this many replicas'}`;
  }
}
