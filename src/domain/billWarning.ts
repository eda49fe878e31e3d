/** Warnings about bills, inventories, prices and estimated charges, as codes and figures. */

import type { TokenPrices } from './price.ts';
import type { UsdText } from './figures.ts';

/** Dollars are decimal texts, to the nano-dollar. Names are shortened as they were read. */
export type BillWarning =
  | { readonly code: 'unknown-bill-items'; readonly bill: string; readonly items: string }
  /** Money for unknown products is stored as charges of these resources. */
  | { readonly code: 'unknown-products'; readonly usd: string; readonly resources: string }
  /** Amounts that their items do not explain. The difference is stored as a charge. */
  | {
      readonly code: 'unexplained-amount';
      readonly bill: string;
      readonly day?: string;
      readonly records: number;
      readonly usd: string;
    }
  | { readonly code: 'invoice-items-differ'; readonly invoice: string; readonly usd: string }
  | {
      readonly code: 'invoice-items-elsewhere';
      readonly invoice: string;
      readonly items: number;
      readonly month: string;
    }
  | { readonly code: 'more-than-a-day-billed'; readonly day: string; readonly contracts: string }
  | TotalWarning
  /** RunPod returned the bill of another period than the one requested. */
  | {
      readonly code: 'other-period-returned';
      readonly bill: string;
      readonly returned: string;
      readonly requested: string;
    }
  /** Pods that are nodes of a cluster are billed with the cluster too. */
  | { readonly code: 'cluster-pods-repeated'; readonly usd: string }
  | { readonly code: 'billed-above-rate'; readonly resource: string; readonly buckets: number }
  | { readonly code: 'billed-below-rate'; readonly resource: string; readonly buckets: number }
  | { readonly code: 'hours-from-list-price'; readonly endpoint: string }
  /** Worker-hours lie between two figures; `by` is what they were derived from. */
  | {
      readonly code: 'worker-hours-uncertain';
      readonly endpoint: string;
      readonly leastHours: string;
      readonly mostHours: string;
      readonly by: 'samples' | 'prices';
    }
  /** Autoscaling may run `least` to `most` replicas. */
  | {
      readonly code: 'replicas-not-reported';
      readonly endpoint: string;
      readonly least: number;
      readonly most: number;
      readonly mostUsdPerHour?: string;
    }
  | { readonly code: 'storage-not-priced'; readonly fileSystems: number; readonly gib?: string }
  | { readonly code: 'unknown-log-actions'; readonly actions: string }
  | { readonly code: 'costs-not-reported'; readonly start: string; readonly end: string }
  | { readonly code: 'reservation-without-cost'; readonly rows: number }
  | {
      readonly code: 'usage-without-cost';
      readonly lines: number;
      readonly quantity: string;
      readonly line: string;
    }
  | {
      readonly code: 'list-price-charged';
      readonly sku: string;
      readonly unit: string;
      readonly listedOn: string;
      readonly isReserved: boolean;
    }
  | { readonly code: 'focus-costs-not-read' }
  | { readonly code: 'completeness-not-read' }
  | { readonly code: 'priority-tier-not-billed' }
  | PriceWarning;

/** Two figures of one bill that differ. */
type TotalWarning =
  | { readonly code: 'no-total-stated' }
  | {
      readonly code: 'total-differs';
      readonly bill: 'runpod' | 'deepinfra' | 'hyperstack';
      readonly period?: string;
      readonly statedUsd: string;
      readonly foundUsd: string;
    }
  /** RunPod's bill of the whole account; without `statedUsd` it has no total. */
  | {
      readonly code: 'account-total-differs';
      readonly statedUsd?: string;
      readonly foundUsd: string;
    }
  | {
      readonly code: 'account-bill-differs';
      readonly product: string;
      readonly accountUsd: string;
      readonly productUsd: string;
    };

type PriceWarning =
  | { readonly code: 'model-not-listed'; readonly model: string }
  | { readonly code: 'no-provider-listed'; readonly model: string }
  | { readonly code: 'model-renamed'; readonly model: string; readonly returned: string }
  | { readonly code: 'offer-repeated'; readonly host: string; readonly model: string }
  | {
      readonly code: 'unknown-price-conditions';
      readonly host: string;
      readonly model: string;
      readonly conditions: string;
    }
  | {
      readonly code: 'price-in-doubt';
      readonly price: keyof TokenPrices;
      readonly host: string;
      readonly model: string;
      readonly usd: string;
    }
  | { readonly code: 'more-prices-in-doubt'; readonly prices: number }
  | { readonly code: 'two-gpu-prices'; readonly gpu: string }
  /** Rows of a catalog of GPU prices that cannot be compared; `names` are the first of them. */
  | {
      readonly code: 'catalog-rows-skipped';
      readonly provider: string;
      readonly rows: number;
      readonly names: readonly string[];
      readonly nameCount: number;
    };

export type UptimeNote =
  /** Resources that ran before they were first seen; `day` is the earliest. */
  | { readonly code: 'ran-before-first-seen'; readonly resources: number; readonly day: string }
  | {
      /** A start, an end, a number of replicas or a price change was not observed. */
      readonly code: 'uptime-not-observed';
      readonly resources: number;
      readonly ofReplicas: boolean;
      readonly chargedUsd: UsdText;
      readonly lowUsd: UsdText;
      readonly highUsd: UsdText;
    }
  | {
      /** Resources without a price: the first ones by name, and the hours of all, rounded. */
      readonly code: 'uptime-without-price';
      readonly resources: readonly string[];
      readonly resourceCount: number;
      readonly hours: number;
      /** How to get their charges; absent if that is the invoice. */
      readonly fix?: string;
    }
  /** Time before `day` is charged at the first sampled price. */
  | { readonly code: 'uptime-before-price'; readonly resources: number; readonly day: string };
