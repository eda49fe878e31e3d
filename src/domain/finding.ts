/**
 * What a look at an installation finds: one thing each, where, how it is, and its figures.
 * Money is dollars as decimal text, times are ISO; names are as they were told.
 */

import type { BookFact } from './bookFact.ts';
import type { ChargeCategory } from './charge.ts';
import type { ClockGap } from './clockGap.ts';
import type { DeliveryState } from './delivery.ts';
import type { Failure, FailureCode } from './failure.ts';
import type { LedgerWrong } from './ledgerWrong.ts';
import type { MappingFact } from './mappingFact.ts';

/** What was looked at, in the order in which it is told. */
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

/** Where something was found, and how it is there. */
interface Place<A extends Area = Area> {
  readonly area: A;
  /** Which one of several, e.g. the id of a source. */
  readonly subject?: string;
  /** Which deployment it concerns, where it is one. */
  readonly deployment?: string;
  /** `warn` works, but not as well as it could or not for long; `fail` does not work. */
  readonly state: 'ok' | 'warn' | 'fail';
}

export type FindingPlace = Omit<Place, 'state'>;

export type Finding =
  | (Place & FailureFact)
  | (Place<'config'> & ConfigFact)
  | (Place<'ledger'> & LedgerFact)
  | (Place<'queue'> & QueueFact)
  | (Place<'source'> & SourceFact)
  | (Place<'mapping'> & MappingFact)
  | (Place<'bill'> & BillFact)
  | (Place<'channel'> & OutboxFact)
  | (Place<'pdf'> & BrowserFact)
  | (Place<'dead man'> & DeadManFact);

/** What a failure says, in the words of who failed. */
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
  /** Nobody is named who carries out what is decided. */
  | { readonly code: 'deployment-without-owner'; readonly deployments: readonly string[] }
  | {
      readonly code: 'commitment-without-owner';
      readonly commitments: readonly NamedCommitment[];
    }
  /** No notice period is stated, so no day to decide by is known before the end. */
  | {
      readonly code: 'commitment-without-notice';
      readonly commitments: readonly NamedCommitment[];
    };

export type LedgerFact =
  | { readonly code: 'ledger-absent'; readonly path: string }
  | { readonly code: 'ledger-whole'; readonly path: string; readonly bytes: number }
  | { readonly code: 'ledger-older'; readonly path: string }
  | {
      /** A row that contradicts another, and the fetch that brought it. */
      readonly code: 'ledger-fault';
      readonly table: string;
      readonly key: string;
      readonly wrong: LedgerWrong;
      readonly fetch?: {
        readonly ref: number;
        readonly kind: string;
        readonly source: string;
        readonly startedAt: string;
      };
      /** True where the table has more such rows. */
      readonly hasMore: boolean;
    }
  | ClockGap
  | {
      readonly code: 'import-cut-off';
      readonly file: string;
      readonly fetchRef: number;
      readonly rows: number;
    };

/** `policy` is how Redis makes room, e.g. `allkeys-lru`. */
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
      readonly remarks: readonly string[];
    }
  | { readonly code: 'source-doubt'; readonly warning: string }
  | {
      readonly code: 'rows-unreadable';
      readonly kind: string;
      readonly rows: number;
      readonly firstReason: string;
    }
  | {
      /** By what its settings say, or by the oldest sample that it has. */
      readonly code: 'memory-too-short';
      readonly from: 'settings' | 'oldest sample';
      readonly days: number;
      readonly quarterDays: number;
    }
  | {
      readonly code: 'price-in-quarantine';
      readonly host: string;
      readonly model: string;
      /** Of a million tokens; null is not told. */
      readonly inputUsd: string | null;
      readonly outputUsd: string | null;
    }
  | {
      readonly code: 'catalog-price-differs';
      readonly side: 'input' | 'output';
      readonly host: string;
      readonly model: string;
      readonly catalogUsd: string | null;
      /** Who has the host's own price, and since which day it is in force. */
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
  | BookFact
  | { readonly code: 'bills-match'; readonly months: number }
  | {
      /** The bills of a quarter that may still change, each from a day on. */
      readonly code: 'bills-not-final';
      readonly quarter: string;
      readonly sources: readonly { readonly source: string; readonly from: string }[];
    }
  | DoubleBillingFact
  | {
      /** What a gateway computes beside what was billed; absent where no bill names the model. */
      readonly code: 'gateway-cost';
      readonly source: string;
      readonly model: string;
      readonly days: number;
      readonly gatewayUsd: string;
      readonly billedBy: readonly string[];
      readonly billedUsd?: string;
      /** (gateway - billed) / billed, six places. */
      readonly difference?: string;
      /** True where that is more than 2%. */
      readonly isOff: boolean;
    };

/** A purchase that two sources bill. */
export interface DoubleBillingFact {
  readonly code: 'double-billing';
  readonly sources: readonly [string, string];
  readonly category: ChargeCategory;
  /** Resources or models; empty where only sums agree. */
  readonly things: readonly string[];
  readonly days: number;
  readonly usd: string;
}

/** What a channel tells of itself when it is asked. */
export type ChannelFact =
  | { readonly code: 'stdout-there' }
  | { readonly code: 'folder-writable'; readonly path: string }
  | { readonly code: 'slack-webhook-there' }
  | { readonly code: 'teams-answers'; readonly host: string }
  | {
      readonly code: 'mail-server-answers';
      readonly host: string;
      readonly encrypted: boolean;
      /** Absent where nobody signed in. */
      readonly user?: string;
    };

/** The DNS name that holds the key that signs. */
export interface SignatureFact {
  readonly code: 'signature-published';
  readonly name: string;
}

/** A report that was due and has not gone out to everybody. */
export interface ReportDueFact {
  readonly code: 'report-due';
  readonly quarter: string;
  readonly dueAt: string;
  /** How many are to have it, and how many of them do. */
  readonly readers: number;
  readonly have: number;
  /** The others, with what became of the newest letter to each. */
  readonly missing: readonly { readonly recipient: string; readonly state?: DeliveryState }[];
}

/** The program that makes the PDF. */
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

/** What is found of the ways out, and of who hears what did not go out. */
export type DeliveryFact = OutboxFact | BrowserFact | DeadManFact;

/** What a failure says, as a finding. */
export function foundBy(
  { code: failure, message, hint }: Failure,
  where: FindingPlace,
  state: 'warn' | 'fail' = 'fail',
): Finding {
  return { ...where, state, code: 'failure', failure, message, hint };
}
