/** Computes every option of a deployment: cost, unused commitment and migration cost. */

import { add, type Exact, multiply, ONE, sum, toNumber, ZERO } from '../../domain/exact.ts';
import { unusedCommitment } from '../bill/commitment.ts';
import { nonGpuSpend } from '../usage/coverage.ts';
import { computeStaying, sumStaying } from '../bill/sharedCost.ts';
import { hostDays } from '../hosted/hostDays.ts';
import type { HostedFinding } from '../hosted/weighHosted.ts';
import { NOTHING_HOSTED } from '../hosted/hostedCost.ts';
import type { Lack } from '../lack.ts';
import {
  type NoOffer,
  type OptionOffer,
  type OfferDays,
  type OptionOffers,
  OPTIONS,
  type OptionName,
  type ScaledOffer,
  type StayingCost,
} from '../offer.ts';
import { addAt } from '../columns.ts';
import { atGpuRates, type GpuPrices, meanFactor } from './gpuPrices.ts';
import { bringBackOffer } from './bringBack.ts';
import { type HybridFacts, hybridOffer } from './hybridOffer.ts';
import { moveOffer, spotOffer } from './market.ts';
import type { BareOffer, OptionFacts } from './optionFacts.ts';
import { rightSizeOffer } from './rightSize.ts';
import { serverlessOffer } from './serverless.ts';

export interface OfferTerms {
  readonly facts: OptionFacts;
  readonly hybrid: HybridFacts;
  /** The unused commitment if the deployment left completely. */
  readonly committedUsd: Exact;
  readonly prices: GpuPrices;
}

export function computeOffers(terms: OfferTerms): OptionOffers {
  const { facts, hybrid } = terms;
  const bare: Readonly<Record<OptionName, BareOffer | NoOffer | undefined>> = {
    keep: keepOffer(facts),
    'right-size': rightSizeOffer(facts),
    move: moveOffer(facts),
    'bring-back': bringBackOffer(facts),
    hybrid: hybridOffer(facts, hybrid),
    serverless: serverlessOffer(facts),
    delete: deleteOffer(facts, hybrid.found),
    spot: spotOffer(facts),
  };
  return Object.fromEntries(
    OPTIONS.flatMap((option) => {
      const own = bare[option];
      return own === undefined ? [] : [[option, complete(option, own, terms)]];
    }),
  ) as OptionOffers;
}

/** Why a deployment has no option: only engineering time would be compared. */
export const ONE_SIDED: Readonly<Record<'bill' | 'usage', Lack>> = {
  bill: { code: 'nothing-billed' },
  usage: { code: 'billed-time-without-usage' },
};

function complete(
  option: OptionName,
  bare: BareOffer | NoOffer,
  { facts, committedUsd, prices }: OfferTerms,
): OptionOffer | NoOffer {
  if ('reason' in bare) return bare;
  const { lacks } = facts;
  const isOneSided = lacks !== undefined && facts.stack.isPlanned !== true;
  if (isOneSided && option !== 'keep') return { reason: ONE_SIDED[lacks] };
  const { migration, labor } = facts.stack;
  const atRates = atGpuRates(bare, facts.spend, prices);
  const staying = stayingIn(option, facts, prices);
  const left = sumStaying({ staying });
  const hours = migration.hours[option] ?? ZERO;
  const stranded = (gpuUsd: Exact, besideUsd = left) =>
    strandedUsd(option, { ...bare, gpuUsd }, { facts, committedUsd, besideUsd });
  const { atScale } = bare;
  return {
    ...bare,
    ...atRates,
    ...(staying.length === 0
      ? {}
      : {
          staying,
          strandedBeside: (besideUsd: Exact) => stranded(bare.gpuUsd, besideUsd),
          days: addStaying(atRates.days, staying),
        }),
    strandedUsd: stranded(bare.gpuUsd),
    migrationUsd: multiply(hours, labor.loadedUsdPerHour),
    ...(atScale === undefined ? {} : { atScale: (scale) => withStranded(atScale(scale)) }),
  };

  /** Fewer replicas at another load leave more of a commitment unused. */
  function withStranded(scaled: ScaledOffer): ScaledOffer {
    return { ...scaled, strandedUsd: stranded(scaled.gpuUsd) };
  }
}

/**
 * The unused commitment, at most what was paid: any commitment above that is unused under keep too.
 * An option that leaves the source leaves all of it unused; an option with less spend leaves the
 * difference unused. Move and spot reprice only the GPUs. The commitment's own charges stay as paid
 * there and do not count twice. $9,000 committed and $9,000 billed as such: moving leaves no more
 * unused.
 */
function strandedUsd(
  option: OptionName,
  { gpuUsd, storageUsd, otherUsd }: BareOffer,
  { facts, committedUsd, besideUsd }: StrandedTerms,
): Exact {
  if (option === 'keep') return ZERO;
  const { coveredUsd, coveredCommitmentUsd } = facts.spend;
  const leaving = (usedUsd: Exact) => unusedCommitment(committedUsd, coveredUsd, usedUsd);
  if (option === 'delete' || option === 'serverless') return leaving(besideUsd);
  if (option === 'move' || option === 'spot') return leaving(add(coveredCommitmentUsd, besideUsd));
  return leaving(sum([gpuUsd, storageUsd, otherUsd]));
}

interface StrandedTerms extends Pick<OfferTerms, 'facts' | 'committedUsd'> {
  /** Shared spend that continues, which uses a commitment like any other spend. */
  readonly besideUsd: Exact;
}

function stayingIn(option: OptionName, { shared, covered }: OptionFacts, prices: GpuPrices) {
  if (shared.length === 0) return [];
  const paid = computeStaying(option, shared, { covered, gpuFactor: ONE });
  const gpuFactor = meanFactor(sumStaying({ staying: paid }, 'gpu'), prices);
  return computeStaying(option, shared, { covered, gpuFactor });
}

function addStaying(days: OfferDays, staying: readonly StayingCost[]): OfferDays {
  const ownUsd = Float64Array.from(days.ownUsd);
  for (const { byDay } of staying) {
    for (const [day, usd] of byDay.entries()) addAt(ownUsd, day, usd);
  }
  return { ...days, ownUsd };
}

function keepOffer({ spend, covered }: OptionFacts): BareOffer {
  return {
    gpuUsd: spend.coveredComputeUsd,
    ...nonGpuSpend(spend),
    hosted: NOTHING_HOSTED,
    rate: 'own',
    days: {
      ownUsd: Float64Array.from(covered, (day) => toNumber(day.coveredUsd)),
      gpuUsd: Float64Array.from(covered, (day) => toNumber(day.coveredComputeUsd)),
      hosts: [],
    },
    detail: {},
  };
}

function deleteOffer(
  { input, grid, stack }: OptionFacts,
  found: HostedFinding,
): BareOffer | NoOffer {
  const cost = found.chosen?.cost;
  if (cost === undefined) return { reason: found.hosted.reason ?? { code: 'no-hosted-price' } };
  const { eligible, segments, batch } = found;
  const waiting = batch === undefined ? {} : { batch };
  const cacheShare = stack.cacheRealization.base;
  const bought = { segments, ...waiting, hosted: input.hosted, cacheShare };
  return {
    gpuUsd: ZERO,
    storageUsd: ZERO,
    otherUsd: ZERO,
    hosted: cost,
    rate: 'own',
    atScale(scale) {
      const hosted = {
        atZeroUsd: multiply(cost.atZeroUsd, scale),
        atOneUsd: multiply(cost.atOneUsd, scale),
      };
      return { gpuUsd: ZERO, hosted, slope: { gpuUsd: ZERO, hosted: cost } };
    },
    days: {
      ownUsd: new Float64Array(grid.count),
      gpuUsd: new Float64Array(grid.count),
      hosts: eligible.map((host) => ({
        ...hostDays(host, { ...bought, grid, gaps: [], thresholds: [] }),
        ...(host === found.chosen ? priceRange(found) : {}),
      })),
    },
    detail: {},
  };
}

/** All price doubts at their extremes together. */
function priceRange({ hosted }: HostedFinding) {
  const { doubts = [] } = hosted;
  if (doubts.length === 0) return {};
  const total = (end: 'lessUsd' | 'moreUsd') => toNumber(sum(doubts.map((each) => each[end])));
  return { priceRange: { lessUsd: total('lessUsd'), moreUsd: total('moreUsd') } };
}
