/** How SQL's null becomes an absent field: unknown is left out, never written as a value. */

/** An object's fields without those that are null. */
export type Known<Row> = { [Name in keyof Row]?: NonNullable<Row[Name]> };

export function known<Row extends Readonly<Record<string, unknown>>>(row: Row): Known<Row> {
  const told = Object.entries(row).filter(([, value]) => value !== null && value !== undefined);
  return Object.fromEntries(told) as Known<Row>;
}
