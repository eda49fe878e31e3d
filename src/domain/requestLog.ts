/** Single requests of an access log, on their way to become usage by interval. */

import { MINUTE_MS, type Period } from './period.ts';
import type { Demand } from './usageFacts.ts';

/** The interval that requests of a log are summed by. */
export const LOG_INTERVAL_MS = 5 * MINUTE_MS;

/** One request that a deployment had; nothing of what was said in it. */
export interface LoggedRequest {
  readonly sourceId: string;
  readonly deployment: string;
  /** The interval in which it began. */
  readonly period: Period;
  /** 16 hex digits of a digest of its id: the same request in two files counts once. */
  readonly id: string;
  readonly outcome: 'answered' | 'failed';
  /** Set where it was told before, and a hosted API has now answered it again. */
  readonly isEscalation?: true;
  /** Whether it names a session or trace, without which escalations cannot be told. */
  readonly isTraced: boolean;
  readonly demand?: Demand;
  readonly tenant?: string;
  readonly team?: string;
  readonly adapter?: string;
  /** Prompt tokens, cached ones included. */
  readonly promptTokens: number;
  readonly cachedPromptTokens?: number;
  readonly outputTokens: number;
}
