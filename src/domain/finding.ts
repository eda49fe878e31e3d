/**
 * Findings of an installation check: where, in what state, and the figures.
 *
 * Money is dollars as decimal text, times are ISO 8601, and names are as the source states them.
 */

import type { BillIssue } from './billIssues.ts';
import type { PullRemark, PullWarning } from './pullWarning.ts';
import type { ChargeCategory } from './charge.ts';
import type { ClockGap, LedgerRowFault } from './ledgerFaults.ts';
import type { DeliveryState } from './delivery.ts';
import type { Failure, FailureCode } from './failure.ts';
import type { MappingFact } from './mappingFact.ts';

/** What was checked, in display order. */
type Area =
  | 'config'
  | 'ledger'
  | 'queue'
  | 'source'
  | 'mapping'
  | 'bill'
  | 'channel'
  | 'pdf'
  | 'dead man';

/** Where something was found, and its state. */
interface Location<A extends Area = Area> {
  readonly area: A;
  /** Which of several, e.g. the id of a source. */
  readonly subject?: string;
  /** The deployment, if the finding concerns one. */
  readonly deployment?: string;
  /** `warn`: works, but with limits or not for long. `fail`: does not work. */
  readonly state: 'ok' | 'warn' | 'fail';
}

export type FindingPlace = Omit<Location, 'state'>;

export type Finding =
  | (Location & FailureFact)
  | (Location<'config'> & ConfigFact)
  | (Location<'ledger'> & LedgerFact)
  | (Location<'queue'> & QueueFact)
  | (Location<'source'> & SourceFact)
  | (Location<'mapping'> & MappingFact)
  | (Location<'bill'> & BillFact)
  | (Location<'channel'> & OutboxFact)
  | (Location<'pdf'> & BrowserFact)
  | (Location<'dead man'> & DeadManFact);

/** A failure, with its own message. */
export interface FailureFact {
  readonly code: 'failure';
  readonly failure: FailureCode;
  readonly message: string;
  readonly hint: string;
}

export interface NamedCommitment {
  readonly source: string;
  readonly id?: string;
}

export type ConfigFact =
  | { readonly code: 'config-in-order'; readonly path: string }
  /** No owner is configured to carry out the actions. */
  | { readonly code: 'deployment-without-owner'; readonly deployments: readonly string[] }
  | {
      readonly code: 'commitment-without-owner';
      readonly commitments: readonly NamedCommitment[];
    }
  /** No notice period is configured, so there is no decision date before the end. */
  | {
      readonly code: 'commitment-without-notice';
      readonly commitments: readonly NamedCommitment[];
    };

export type LedgerFact =
  | { readonly code: 'ledger-absent'; readonly path: string }
  | { readonly code: 'ledger-whole'; readonly path: string; readonly bytes: number }
  | { readonly code: 'ledger-older'; readonly path: string }
  | {
      /** A row that contradicts another, and the fetch it came from. */
      readonly code: 'ledger-fault';
      readonly table: string;
      readonly key: string;
      readonly wrong: LedgerRowFault;
      readonly fetch?: {
        readonly ref: number;
        readonly kind: string;
        readonly source: string;
        readonly startedAt: string;
      };
      /** True if the table has more such rows. */
      readonly hasMore: boolean;
    }
  | ClockGap
  | {
      readonly code: 'import-cut-off';
      readonly file: string;
      readonly fetchRef: number;
      readonly rows: number;
    };

/** `policy` is the Redis eviction policy, e.g. `allkeys-lru`. */
export interface EvictionFact {
  readonly code: 'redis-may-evict';
  readonly policy: string;
}

export type QueueFact =
  | { readonly code: 'redis-not-configured' }
  | { readonly code: 'redis-answers' }
  | EvictionFact;

export type SourceFact =
  | { readonly code: 'source-not-asked'; readonly kind: string }
  | {
      readonly code: 'source-failed';
      readonly failure: FailureCode;
      readonly message: string;
    }
  | {
      readonly code: 'source-answered';
      readonly answers: number;
      readonly goodAnswers: number;
      readonly remarks: readonly PullRemark[];
    }
  | { readonly code: 'source-doubt'; readonly warning: PullWarning }
  | {
      readonly code: 'rows-unreadable';
      readonly kind: string;
      readonly rows: number;
      readonly firstReason: string;
    }
  | {
      /** Determined from its settings, or from its oldest sample. */
      readonly code: 'memory-too-short';
      readonly from: 'settings' | 'oldest sample';
      readonly days: number;
      readonly quarterDays: number;
    }
  | {
      readonly code: 'price-in-quarantine';
      readonly host: string;
      readonly model: string;
      /** Per million tokens; null is not stated. */
      readonly inputUsd: string | null;
      readonly outputUsd: string | null;
    }
  | {
      readonly code: 'catalog-price-differs';
      readonly side: 'input' | 'output';
      readonly host: string;
      readonly model: string;
      readonly catalogUsd: string | null;
      /** The source with the provider's own price, and the first day of that price. */
      readonly ownSource: string;
      readonly ownUsd: string | null;
      readonly since: string;
    }
  | {
      readonly code: 'more-prices';
      readonly of: 'quarantined' | 'disagreements';
      readonly prices: number;
    };

export type BillFact =
  | BillIssue
  | { readonly code: 'bills-match'; readonly months: number }
  | {
      /** Bills of a quarter that may still change, each from a day on. */
      readonly code: 'bills-not-final';
      readonly quarter: string;
      readonly sources: readonly { readonly source: string; readonly from: string }[];
    }
  | DoubleBillingFact
  | {
      /**
       * A gateway's computed cost beside the bill; `billedUsd` is absent if no bill names the
       * model.
       */
      readonly code: 'gateway-cost';
      readonly source: string;
      readonly model: string;
      readonly days: number;
      readonly gatewayUsd: string;
      readonly billedBy: readonly string[];
      readonly billedUsd?: string;
      /** (gateway - billed) / billed, six decimals. */
      readonly difference?: string;
      /** True if the difference is above 2%. */
      readonly isOff: boolean;
    };

/** A purchase billed by two sources. */
export interface DoubleBillingFact {
  readonly code: 'double-billing';
  readonly sources: readonly [string, string];
  readonly category: ChargeCategory;
  /** Resources or models; empty if only totals agree. */
  readonly things: readonly string[];
  readonly days: number;
  readonly usd: string;
}

/** The result of checking a channel. */
export type ChannelFact =
  | { readonly code: 'stdout-there' }
  | { readonly code: 'folder-writable'; readonly path: string }
  | { readonly code: 'slack-webhook-there' }
  | { readonly code: 'teams-answers'; readonly host: string }
  | {
      readonly code: 'mail-server-answers';
      readonly host: string;
      readonly encrypted: boolean;
      /** Absent without a login. */
      readonly user?: string;
    };

/** The DNS name with the public key of the mail signature. */
export interface SignatureFact {
  readonly code: 'signature-published';
  readonly name: string;
}

/** A report that was due and has not been sent to all recipients. */
export interface ReportDueFact {
  readonly code: 'report-due';
  readonly quarter: string;
  readonly dueAt: string;
  /** Recipients in all, and those who have it. */
  readonly readers: number;
  readonly have: number;
  /** Recipients without it, with the state of their newest delivery. */
  readonly missing: readonly { readonly recipient: string; readonly state?: DeliveryState }[];
}

/** The browser that renders the PDF. */
interface BrowserFact {
  readonly code: 'browser-there';
  readonly path: string;
}

type OutboxFact = ChannelFact | SignatureFact | { readonly code: 'no-report-configured' };

type DeadManFact =
  | { readonly code: 'webhook-address-valid' }
  | { readonly code: 'overdue-heard-by'; readonly recipient: string }
  | { readonly code: 'overdue-heard-by-nobody' }
  | { readonly code: 'no-report-due' }
  | { readonly code: 'report-sent'; readonly quarter: string }
  | ReportDueFact;

/** Findings about delivery channels and overdue reports. */
export type DeliveryFact = OutboxFact | BrowserFact | DeadManFact;

/** A failure as a finding. */
export function toFailureFinding(
  { code: failure, message, hint }: Failure,
  where: FindingPlace,
  state: 'warn' | 'fail' = 'fail',
): Finding {
  return { ...where, state, code: 'failure', failure, message, hint };
}
