/** Types of a step's structured detail: what to do, for which deployment, with which figures. */

import type { OptionName } from '../../economics/offer.ts';
import type { RatioText, UsdText } from '../../domain/figures.ts';
import type { Verdict } from '../auditWord.ts';
import type { Missing } from '../reason.ts';
import type { WeekHours } from '../weekHours.ts';

export type StepDetail = ChangeDetail | ActionDetail | EvidenceDetail | ReviewDetail;

/** A change of one deployment. */
export type ChangeDetail = OfDeployment &
  (
    | ({ readonly code: 'delete' } & Host)
    /** `replicas` stay always on. */
    | ({ readonly code: 'hybrid'; readonly replicas?: number } & Host)
    | {
        readonly code: 'right-size';
        readonly mostReplicas?: number;
        /** Paid hours of the window without load. */
        readonly hoursOff: number;
        /** Those of them that recur every week. */
        readonly weekOff?: WeekHours;
      }
    | {
        readonly code: 'move';
        readonly provider?: string;
        readonly usdPerGpuHour?: UsdText;
        readonly ownUsdPerGpuHour?: UsdText;
      }
    /** `extraReplicaHours` come on top of those paid now. */
    | { readonly code: 'bring-back'; readonly extraReplicaHours?: RatioText }
    | { readonly code: 'serverless'; readonly starts?: number; readonly workerHours?: RatioText }
  );

interface OfDeployment {
  readonly deployment: string;
  /** Its own verdict, if it changes only together with the rest of the plan. */
  readonly alone?: Verdict;
}

/**
 * The provider that will serve it, and the source of its price. Absent if no provider is chosen.
 */
interface Host {
  readonly host?: string;
  readonly source?: string;
}

/** Steps that change no deployment. */
export type ActionDetail =
  | { readonly code: 'stop-operations' | 'start-hosting' }
  | {
      readonly code: 'renegotiate';
      readonly source: string;
      /** The last committed day. */
      readonly until: string;
      /** Unused commitment in the next window, and the total remaining commitment. */
      readonly strandedUsd: UsdText;
      readonly committedUsd: UsdText;
      readonly endsInNextWindow: boolean;
    }
  | {
      readonly code: 'decide-contract';
      readonly source: string;
      /** The last committed day. Null for a rolling contract. */
      readonly until: string | null;
      /** What its deployments change to after it ends, and the saving in a window like this one. */
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

/** Nothing changes: the verdict, and the quarter of the report that decides again. */
export interface ReviewDetail {
  readonly code: 'review';
  readonly verdict: Verdict;
  readonly quarter: string;
}

/** Missing evidence to get. `attribute`: spend to attribute to a deployment. */
export interface EvidenceDetail {
  readonly code: 'get-evidence' | 'attribute';
  readonly missing: Missing;
}
