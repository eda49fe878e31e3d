/** Knows what a figure is: a value of the audit with an id that stays, as it is printed. */

export interface Figure {
  /** `stack.saving`, `chat-70b.utilization`, `chat-70b.options.delete.cost`. */
  readonly id: string;
  /** As it is printed in the report. */
  readonly text: string;
  /** As it stands in `report.json`; empty for what is only worked out from there. */
  readonly value: string;
  readonly unit: Unit;
  /** Where in `report.json`: `stack.savingUsd.base`; of what is worked out, from what. */
  readonly path: string;
  /** The view of the ledger that has it, or its grounds. */
  readonly view: string;
}

export type Unit =
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
