/** Types of a figure: a value of the audit as printed, with a stable id. */

export interface AuditFigure {
  /** `stack.saving`, `chat-70b.utilization`, `chat-70b.options.delete.cost`. */
  readonly id: string;
  /** As printed in the report. */
  readonly text: string;
  /** Value in `report.json`. Empty for a derived figure. */
  readonly value: string;
  readonly unit: FigureUnit;
  /**
   * Path in `report.json`: `stack.savingUsd.base`. For a derived figure, the fields it is derived
   * from.
   */
  readonly path: string;
  /** Ledger view with the figure or its data. */
  readonly view: string;
}

export type FigureUnit =
  | 'USD'
  | 'USD/Mtok'
  | 'share'
  | 'probability'
  | 'tokens'
  | 'count'
  | 'number'
  | 'date'
  | 'word'
  | 'sentence'
  | 'chart';
