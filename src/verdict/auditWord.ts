/** The words of a verdict, and its saving as an audit prints it. */

import type { UsdText } from '../domain/figures.ts';

export type Verdict =
  | 'delete'
  | 'hybrid'
  | 'serverless'
  | 'move'
  | 'right-size'
  | 'bring-back'
  | 'keep'
  | 'keep (required)'
  | 'too small to act on'
  | 'not certain enough'
  /** Only in audits of version 0.2 and older, which did not distinguish the two above. */
  | 'too close to call'
  | 'not enough evidence';

export interface SavingText {
  readonly base: UsdText | null;
  readonly low: UsdText | null;
  readonly high: UsdText | null;
}
