/**
 * Renders the plan for a stack that does not exist yet: missing inputs, options and kinds of
 * provider.
 */

import type { PlannedOptionCode, SpendTier } from '../../economics/planned/result.ts';
import type { PlannedLack } from '../../economics/lack.ts';
import type { LocaleFormat } from '../locale.ts';
import { lackClause } from './lacks.ts';

export function planLackSentence(lack: PlannedLack, writing: LocaleFormat): string {
  switch (lack.code) {
    case 'hosted-price': {
      const why = lackClause(lack.lack, writing);
      return (
        `The cost of hosted APIs is unknown, because ${why}. Give --hosted-in and ` +
        '--hosted-out.'
      );
    }
    case 'engineering-time':
      return (
        'Engineering time is not stated. Give --ops-hours (a month) and --labor-rate. The least ' +
        'that others report is 16 hours a month, a tenth of one person.'
      );
    case 'hosting-hours':
      return (
        'Engineering time for hosted APIs is not stated and is not counted. Give --hosted-hours ' +
        '(a month).'
      );
    case 'capacity':
      return (
        `The capacity of a replica on ${lack.gpu} is unknown. Give --capacity or --gpu ` +
        `${lack.gpu}=TOKENS_PER_SECOND.`
      );
    case 'on-demand-rate':
      return unknownRate('on-demand', lack.gpu, '--gpu-rate');
    case 'reserved-rate':
      return unknownRate('reserved', lack.gpu, '--reserved-rate');
    case 'serverless-rate':
      return unknownRate('serverless', lack.gpu, '--serverless-rate');
  }
}

function unknownRate(kind: string, gpu: string, flag: string): string {
  return `The ${kind} rate of ${gpu} is unknown. Give ${flag}.`;
}

/** Name of an option in `plan --json`. */
export function planOptionName(code: PlannedOptionCode): string {
  return OPTION_NAMES[code];
}

/** How an option rents its GPUs: `around the clock on H100-80GB`. */
export function planOptionPhrase(code: PlannedOptionCode): string {
  return OPTION_PHRASES[code];
}

const OPTION_NAMES: Readonly<Record<PlannedOptionCode, string>> = {
  'hosted-api': 'hosted API',
  serverless: 'serverless',
  pods: 'pods',
  'hourly-pods': 'pods by the hour',
  'reserved-pods': 'reserved pods',
  'reserved-and-hourly-pods': 'reserved and hourly pods',
  'pods-with-overflow': 'pods and API overflow',
  'reserved-pods-with-overflow': 'reserved pods and API overflow',
};

const OPTION_PHRASES: Readonly<Record<PlannedOptionCode, string>> = {
  'hosted-api': 'hosted API',
  serverless: 'serverless',
  pods: 'around the clock',
  'hourly-pods': 'by the hour',
  'reserved-pods': 'reserved',
  'reserved-and-hourly-pods': 'reserved and by the hour',
  'pods-with-overflow': 'around the clock, API overflow',
  'reserved-pods-with-overflow': 'reserved, API overflow',
};

export function tierName(tier: SpendTier['tier']): string {
  return NAMES[tier];
}

export function groundsSentence(grounds: SpendTier['grounds']): string {
  return GROUNDS[grounds];
}

const NAMES: Readonly<Record<SpendTier['tier'], string>> = {
  'hosted-or-marketplace': 'hosted API, or a marketplace',
  'on-demand': 'neocloud, on demand',
  'on-demand-until-known': 'neocloud, on demand until a reserved price is known',
  'reserved-base': 'neocloud, reserved for what always runs',
  reserved: 'neocloud, reserved',
};

const GROUNDS: Readonly<Record<SpendTier['grounds'], string>> = {
  'less-than-one-gpu':
    'Less than $1,000 a month does not pay for one A100 around the clock ($1,080 at $1.50 an ' +
    "hour). A tenth of one engineer's time costs more than the GPU.",
  'less-than-one-node':
    'Between one GPU and a node of eight, prices are published and paid by the hour. GPUs that ' +
    'are ' +
    'switched off cost nothing.',
  'node-under-contract':
    'From a node of eight H100 at $2.95 ($16,992 a month), providers offer contracts. Reserving ' +
    'a ' +
    'replica pays off if its share of running hours exceeds the reserved price divided by the ' +
    'on-demand price.',
  'reserved-cheapest':
    'The reserved rate is the cheapest way to rent these GPUs. It is paid around the clock until ' +
    'the contract ends.',
  'reserved-uncompared':
    'Only a reserved rate of these GPUs is known, so on demand is not compared. Reserved GPUs ' +
    'are ' +
    'paid for around the clock until the contract ends.',
  'on-demand-cheaper':
    'The reserved rate of these GPUs is known, and on demand is cheaper for these hours.',
};
