/** Knows the words and figures of which an audit is made. */

/** Dollars with six places, `"6.000000"`. */
export type UsdText = string;
/** A ratio with six places, `"0.361111"`. */
export type RatioText = string;

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
