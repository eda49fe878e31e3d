/** Single requests of an access log, to be summed into usage intervals. */

import { MINUTE_MS, type Period } from './period.ts';
import type { Demand } from './usageFacts.ts';

/** The interval by which logged requests are summed. */
export const LOG_INTERVAL_MS = 5 * MINUTE_MS;

/** One request to a deployment, without its content. */
export interface LoggedRequest {
  readonly sourceId: string;
  readonly deployment: string;
  /** The interval in which it started. */
  readonly period: Period;
  /** 16 hex digits of a digest of its id: a request in two files counts once. */
  readonly id: string;
  readonly outcome: 'answered' | 'failed';
  /** Set if the request is already stored and a hosted API has now answered it again. */
  readonly isEscalation?: true;
  /** Whether it has a session or trace id, without which escalations cannot be matched. */
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
