/** Which kind of provider fits a plan, and on what grounds, in words. */

import type { Tier } from '../../economics/ahead/tiers.ts';

export function tierName(tier: Tier['tier']): string {
  return NAMES[tier];
}

export function groundsSentence(grounds: Tier['grounds']): string {
  return GROUNDS[grounds];
}

const NAMES: Readonly<Record<Tier['tier'], string>> = {
  'hosted-or-marketplace': 'hosted API, or a marketplace',
  'on-demand': 'neocloud, on demand',
  'on-demand-until-known': 'neocloud, on demand until a reserved price is known',
  'reserved-base': 'neocloud, reserved for what always runs',
  reserved: 'neocloud, reserved',
};

const GROUNDS: Readonly<Record<Tier['grounds'], string>> = {
  'less-than-one-gpu':
    'Below $1,000 a month not even one A100 at $1.50 runs around the clock ($1,080), and a ' +
    "tenth of one person's time costs more than the GPU.",
  'less-than-one-node':
    'From one GPU to fewer than a node of eight: prices are published and paid by the hour, and ' +
    'nothing is owed for what is switched off.',
  'node-under-contract':
    'From a node of eight H100 at $2.95 ($16,992 a month) there is a contract to be had; take it ' +
    'for the pods that are needed for more of the time than reserved costs of on demand.',
  'reserved-cheapest':
    'The reserved rate is the cheapest way to rent these pods. It is owed around the clock until ' +
    'the contract ends.',
  'reserved-uncompared':
    'Only a reserved rate of these GPUs is known, so on demand is not compared. Reserved is owed ' +
    'around the clock until the contract ends.',
  'on-demand-cheaper':
    'The reserved rate of these GPUs is known, and on demand is cheaper for these hours.',
};
