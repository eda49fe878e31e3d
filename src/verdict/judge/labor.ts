/** Derives the same economics without engineering time. */

import { ZERO } from '../../domain/exact.ts';
import type { AssumedRange } from '../../economics/input.ts';
import {
  type NoOffer,
  type OptionOffer,
  type OptionOffers,
  OPTIONS,
} from '../../economics/offer.ts';
import type { StackEconomics } from '../../economics/result.ts';

const NOTHING: AssumedRange = { low: ZERO, base: ZERO, high: ZERO };

/** Sets labor and migration cost to $0. */
export function withoutLabor(economics: StackEconomics): StackEconomics {
  const none = { selfHosted: NOTHING, hosted: NOTHING };
  return {
    ...economics,
    labor: { ...economics.labor, ...none },
    deployments: economics.deployments.map((each) => ({
      ...each,
      labor: { ...each.labor, ...none },
      offers: withoutMigration(each.offers),
    })),
  };
}

function withoutMigration(offers: OptionOffers): OptionOffers {
  const free = (offer: OptionOffer | NoOffer) =>
    'reason' in offer ? offer : { ...offer, migrationUsd: ZERO };
  return Object.fromEntries(
    OPTIONS.flatMap((option) => {
      const offer = offers[option];
      return offer === undefined ? [] : [[option, free(offer)]];
    }),
  ) as OptionOffers;
}
