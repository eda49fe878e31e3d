/** The words and figures of which an audit is made. */

import type { RatioText, UsdText } from '../domain/figureText.ts';

export type { RatioText, UsdText };

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
  /** Only in audits of 0.2 and older, which told the two above alike. */
  | 'too close to call'
  | 'not enough evidence';

export interface SavingText {
  readonly base: UsdText | null;
  readonly low: UsdText | null;
  readonly high: UsdText | null;
}
