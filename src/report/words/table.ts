/** A small table of finished words: text and page lay it out, each in its own way. */

export interface Table {
  /** Stands above it; empty where the section's own title says enough. */
  readonly title: string;
  /** Without digits, as a narrow layout may tell them with every row. */
  readonly head: readonly string[];
  readonly rows: readonly TableRow[];
  /** What the columns add up to, cell by cell; stands last, apart. */
  readonly total?: readonly string[];
  /** Whether its cells are words rather than figures: then they stand to the left. */
  readonly isWords?: boolean;
  /** Stands below it; empty where there is nothing to add. */
  readonly foot: string;
}

export interface TableRow {
  /** As many as the head has: the first a name, the others figures. */
  readonly cells: readonly string[];
  /** What the row is made of; may be empty. */
  readonly note: string;
}
