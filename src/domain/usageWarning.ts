/** Warnings about usage, from metrics and gateways: codes and figures, no sentences. */

/** Instants are ISO 8601 texts, names are shortened as they were read. */
export type UsageWarning =
  | EngineWarning
  | GatewayWarning
  /** What the server itself warned of. */
  | {
      readonly code: 'server-warning';
      readonly deployment: string;
      readonly text: string;
    }
  | { readonly code: 'one-metric-per-query' }
  /** The server answered only queries of at most so many hours. */
  | { readonly code: 'queries-shortened'; readonly hours: number }
  | {
      readonly code: 'samples-rejected';
      readonly deployment: string;
      readonly samples: number;
    }
  | { readonly code: 'latency-unknown'; readonly deployment: string; readonly message: string }
  | { readonly code: 'no-gpu-matches'; readonly deployment: string; readonly match: string }
  /** `by` is the option under which replicas are looked for. */
  | { readonly code: 'no-replica-found'; readonly by: string }
  | { readonly code: 'request-counters-restarted'; readonly deployment: string };

/** Of the counters of inference servers. */
export type EngineWarning =
  | {
      readonly code: 'failed-requests-counted';
      readonly deployment: string;
      readonly requests: number;
    }
  | {
      readonly code: 'scraped-more-than-once';
      readonly deployment: string;
      readonly processes: readonly string[];
      readonly processCount: number;
    }
  | {
      readonly code: 'processes-look-alike';
      readonly deployment: string;
      readonly pairs: readonly (readonly [string, string])[];
      readonly pairCount: number;
    }
  | {
      readonly code: 'address-shared';
      readonly deployment: string;
      readonly addresses: readonly { readonly name: string; readonly processes: number }[];
      readonly addressCount: number;
    }
  /** Samples that are not plausible; the figures are those of the first. */
  | {
      readonly code: 'samples-implausible';
      readonly deployment: string;
      readonly samples: number;
      readonly firstAt: string;
      readonly metric: string;
      readonly process: string;
      readonly from: number;
      readonly to: number;
    }
  /** Tokens that were served between the last scrape and a restart, at most. */
  | {
      readonly code: 'server-restarted';
      readonly deployment: string;
      readonly restarts: number;
      readonly firstAt: string;
      readonly promptTokens: number;
      readonly outputTokens: number;
      readonly isInferred: boolean;
    }
  /** Tokens that were counted before the first scrape, at an unknown time. */
  | {
      readonly code: 'tokens-before-first-scrape';
      readonly deployment: string;
      readonly servers: number;
      readonly firstAt: string;
      readonly tokens: number;
    }
  | { readonly code: 'cache-hits-early'; readonly deployment: string; readonly hits: number }
  | { readonly code: 'prefill-split'; readonly deployment: string }
  | { readonly code: 'prefill-split-unclear'; readonly deployment: string }
  | {
      readonly code: 'counters-experimental';
      readonly deployment: string;
      readonly engine: string;
    };

/** Of gateways and logs of requests. */
type GatewayWarning =
  /** The models with the most requests, of `modelCount`. */
  | {
      readonly code: 'models-unmatched';
      readonly models: readonly { readonly name: string; readonly requests: number }[];
      readonly modelCount: number;
    }
  /** Nothing of a response was used, because a part of it was not readable. */
  | { readonly code: 'response-not-used'; readonly unreadable: 'rows' | 'request-times' }
  | { readonly code: 'fallbacks-unmatched'; readonly group: string; readonly fallbacks: number }
  | { readonly code: 'answered-from-cache'; readonly cache: string; readonly requests: number }
  | {
      readonly code: 'several-providers-match';
      readonly deployment: string;
      readonly providers: readonly string[];
    }
  | { readonly code: 'requests-without-id'; readonly requests: number };
