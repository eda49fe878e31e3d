/** Turns nulls from SQL into missing fields. */

/** The fields of a row without nulls. */
export type Known<Row> = { [Name in keyof Row]?: NonNullable<Row[Name]> };

export function known<Row extends Readonly<Record<string, unknown>>>(row: Row): Known<Row> {
  const present = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(present) as Known<Row>;
}
