/** Warnings about charges that are estimated from uptime: codes and figures, no sentences. */

import type { UsdText } from './figures.ts';

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
