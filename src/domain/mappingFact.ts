/** Findings about deployments: engines, resources, usage and hosted equivalents. */

import type { ModelDifference, ModelEvidence } from './equivalents.ts';

/** A hosted model that is the same as a deployment's model, or near it. */
export interface ListedModel {
  readonly source: string;
  readonly model: string;
  readonly evidence: readonly ModelEvidence[];
}

export type MappingFact = EngineFact | EquivalentFact | StoredFact | UsageFact;

/** `usage` is YAML to paste. `trap` is a surprising behavior of the engine. */
export type EngineFact =
  | {
      readonly code: 'engine-is-another';
      readonly configured: string;
      readonly engine: string;
      readonly usage: string;
      readonly trap: string;
    }
  | { readonly code: 'engine-not-counted-too'; readonly engine: string }
  | { readonly code: 'metric-families-mixed'; readonly spellings: readonly string[] }
  | { readonly code: 'prefill-split'; readonly role: string }
  | {
      readonly code: 'engine-not-counted';
      readonly engine: string;
      readonly model?: string;
      readonly places: number;
      readonly usage: string;
      readonly trap: string;
    }
  | { readonly code: 'more-engines-not-counted'; readonly models: number }
  | { readonly code: 'capacity-not-measured'; readonly deployments: readonly string[] };

/** `hosted` is YAML to paste. */
export type EquivalentFact =
  | {
      readonly code: 'equivalent-listed';
      readonly listed: readonly ListedModel[];
      readonly hosted: string;
    }
  | ({
      readonly code: 'equivalent-near';
      readonly differences: readonly ModelDifference[];
      readonly hosted: string;
    } & ListedModel)
  | {
      readonly code: 'equivalent-is-another';
      readonly ownModel: string;
      readonly source: string;
      readonly model: string;
      /** Empty if the weights differ. */
      readonly differences: readonly ModelDifference[];
    }
  | { readonly code: 'equivalent-not-named' }
  | {
      readonly code: 'equivalent-priced';
      readonly model: string;
      readonly hosts: number;
      /** True if no provider states a price itself. */
      readonly onlyCatalogs: boolean;
    }
  | {
      readonly code: 'quantization-not-served';
      readonly model: string;
      readonly quantizations: readonly string[];
      readonly served: readonly string[];
    }
  | {
      readonly code: 'host-retired';
      readonly host: string;
      readonly day: string;
      /** Number of companies that sell the model now. */
      readonly selling: number;
    };

/** A match from rentcheck.yaml, without its source. */
type Match = Readonly<Record<string, string | boolean | Readonly<Record<string, string>>>>;

/** Stored data that a deployment's config matches, and data that nothing matches. */
export type StoredFact =
  | {
      readonly code: 'resources-match';
      readonly source: string;
      readonly match: Match;
      readonly resources: number;
    }
  | {
      readonly code: 'no-resource-matches';
      readonly source: string;
      readonly match: Match;
      readonly known: number;
      /** The first known names. */
      readonly names: readonly string[];
    }
  | {
      readonly code: 'nothing-stored';
      readonly of: 'resource' | 'usage' | 'price';
      readonly source: string;
      /** Set for a price. */
      readonly model?: string;
      readonly days: number;
    }
  | {
      readonly code: 'resources-not-seen';
      readonly source: string;
      readonly usd: string;
      readonly resources: number;
      readonly days: number;
    }
  | {
      readonly code: 'spend-not-attributed';
      readonly source: string;
      readonly resource: string;
      readonly usd: string;
      readonly days: number;
      /** YAML to paste. */
      readonly match: string;
    }
  | {
      readonly code: 'more-spend-not-attributed';
      readonly usd: string;
      readonly resources: number;
    };

/** Why two meters differ, as far as their figures show. */
export type MeterReason =
  | 'not-through-gateway'
  | 'gateway-cache'
  | 'failed-requests'
  | 'streams-without-usage'
  | 'prompt-counting'
  | 'not-told';

export type UsageFact =
  | { readonly code: 'usage-stored' }
  | { readonly code: 'usage-not-counted' }
  | {
      readonly code: 'answered-again';
      readonly requests: number;
      readonly again: number;
      readonly days: number;
    }
  | { readonly code: 'meters-not-compared'; readonly gateway: string; readonly days: number }
  | {
      readonly code: 'meters-compared';
      readonly gateway: string;
      readonly hours: number;
      readonly gatewayTokens: number;
      readonly usageTokens: number;
      /** Set if they differ by more than 2%. */
      readonly reason?: MeterReason;
    };
