/** Turns nulls from SQL into missing fields. */

/** The fields of a row without nulls. */
export type DefinedFields<Row> = { [Name in keyof Row]?: NonNullable<Row[Name]> };

export function definedFields<Row extends Readonly<Record<string, unknown>>>(
  row: Row,
): DefinedFields<Row> {
  const present = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(present) as DefinedFields<Row>;
}
