/** Types of the daily and hourly figures that charts use beside the audit. */

import type { UsdText } from './auditWord.ts';

/** Figures by day and by hour. */
export interface AuditDetail {
  readonly days: readonly {
    readonly day: string;
    readonly deployment: string;
    readonly spendUsd: UsdText;
    readonly coveredSpendUsd: UsdText;
    readonly tokens: number;
    readonly hostedUsd: UsdText | null;
  }[];
  /**
   * Tokens of each hour of the window, null if usage is unknown. Capacity is that of the most
   * replicas paid for at once.
   */
  readonly load: readonly {
    readonly deployment: string;
    readonly startMs: number;
    readonly tokensByHour: readonly (number | null)[];
    readonly capacityTokensPerHour: number | null;
    readonly replicas: number;
    /** Replica time paid for in each hour. Absent in details of older versions. */
    readonly paidMsByHour?: readonly number[];
  }[];
}
