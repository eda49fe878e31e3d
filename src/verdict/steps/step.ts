/** What is to be done, as a fact: whom it concerns, and the figures with which it is done. */

import type { OptionName } from '../../economics/offer.ts';
import type { RatioText, UsdText, Verdict } from '../auditWord.ts';
import type { Missing } from '../reason.ts';
import type { WeekHours } from '../weekHours.ts';

export type StepDetail = ChangeDetail | DutyDetail | EvidenceDetail | ReviewDetail;

/** A change of one deployment. */
export type ChangeDetail = OfDeployment &
  (
    | ({ readonly code: 'delete' } & Host)
    /** With so many replicas that are always on. */
    | ({ readonly code: 'hybrid'; readonly replicas?: number } & Host)
    | {
        readonly code: 'right-size';
        readonly mostReplicas?: number;
        /** Paid hours of the window without load. */
        readonly hoursOff: number;
        /** Those of them that every week has. */
        readonly weekOff?: WeekHours;
      }
    | {
        readonly code: 'move';
        readonly provider?: string;
        readonly usdPerGpuHour?: UsdText;
        readonly ownUsdPerGpuHour?: UsdText;
      }
    /** With so many replica-hours more than are paid now. */
    | { readonly code: 'bring-back'; readonly extraReplicaHours?: RatioText }
    | { readonly code: 'serverless'; readonly starts?: number; readonly workerHours?: RatioText }
  );

interface OfDeployment {
  readonly deployment: string;
  /** The verdict on it alone, where it is changed only together with the rest of the plan. */
  readonly alone?: Verdict;
}

/** Who is to serve it, and whose price that is; absent where no host is chosen. */
interface Host {
  readonly host?: string;
  readonly source?: string;
}

/** What changes no deployment. */
export type DutyDetail =
  | { readonly code: 'stop-operations' | 'start-hosting' }
  | {
      readonly code: 'renegotiate';
      readonly source: string;
      /** The last day that is owed. */
      readonly until: string;
      /** Owed for nothing in the next window, of what is committed until then. */
      readonly strandedUsd: UsdText;
      readonly committedUsd: UsdText;
      readonly endsInNextWindow: boolean;
    }
  | {
      readonly code: 'decide-contract';
      readonly source: string;
      /** The last day that is owed; null for a contract that rolls on. */
      readonly until: string | null;
      /** What its deployments change to after it, and what that saves in a window like this one. */
      readonly plan: readonly { readonly deployment: string; readonly option: OptionName }[];
      readonly savingUsd: UsdText;
    }
  | {
      readonly code: 'renew-waiver';
      readonly deployment: string;
      readonly owner: string;
      readonly reason: string;
      readonly expires: string;
      readonly expired: boolean;
    };

/** Nothing changes: the verdict, and the quarter whose report decides again. */
export interface ReviewDetail {
  readonly code: 'review';
  readonly verdict: Verdict;
  readonly quarter: string;
}

/** To get what a verdict lacks; of spend that belongs to no deployment, to match it to one. */
export interface EvidenceDetail {
  readonly code: 'get-evidence' | 'attribute';
  readonly missing: Missing;
}
