/** What is found of deployments: their engines, resources, usage and hosted equivalents. */

import type { ModelDifference, ModelEvidence } from './equivalents.ts';

/** A hosted model that serves what a deployment does, or is near to it. */
export interface ListedModel {
  readonly source: string;
  readonly model: string;
  readonly evidence: readonly ModelEvidence[];
}

export type MappingFact = EngineFact | EquivalentFact | StoredFact | UsageFact;

/** `usage` is what to paste, as YAML; `trap` is what of the engine surprises people. */
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

/** `hosted` is what to paste, as YAML. */
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
      /** Empty where its weights are other ones. */
      readonly differences: readonly ModelDifference[];
    }
  | { readonly code: 'equivalent-not-named' }
  | {
      readonly code: 'equivalent-priced';
      readonly model: string;
      readonly hosts: number;
      /** True where nobody who sells it tells a price. */
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
      /** Companies that sell one now. */
      readonly selling: number;
    };

/** As rentcheck.yaml has it, its source left out. */
type Match = Readonly<Record<string, string | boolean | Readonly<Record<string, string>>>>;

/** What is stored of what a deployment points at, and what nothing points at. */
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
      /** The first of those that are known. */
      readonly names: readonly string[];
    }
  | {
      readonly code: 'nothing-stored';
      readonly of: 'resource' | 'usage' | 'price';
      readonly source: string;
      /** Of a price. */
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
      /** What to paste, as YAML. */
      readonly match: string;
    }
  | {
      readonly code: 'more-spend-not-attributed';
      readonly usd: string;
      readonly resources: number;
    };

/** Why two meters differ, as far as their figures tell. */
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
      /** Set where they differ by more than 2%. */
      readonly reason?: MeterReason;
    };
