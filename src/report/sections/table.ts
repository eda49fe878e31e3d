/** Types of a small text table, which plain text and HTML lay out differently. */

export interface ReportTable {
  /** Title above the table. Empty if the section's title suffices. */
  readonly title: string;
  /** Column headers without digits, because a narrow layout may repeat them in every row. */
  readonly head: readonly string[];
  readonly rows: readonly ReportTableRow[];
  /** Totals by column, printed last and set apart. */
  readonly total?: readonly string[];
  /** True if the cells are words. They are aligned to the left. */
  readonly isWords?: boolean;
  /** Text below the table. May be empty. */
  readonly foot: string;
}

export interface ReportTableRow {
  /** One cell per column: the first is a name, the others are figures. */
  readonly cells: readonly string[];
  /** Note below the row. May be empty. */
  readonly note: string;
}
