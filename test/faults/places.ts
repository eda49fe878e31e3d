/** Finds a value in an answer by its place: `records.*.gpuAmount`, `data.result.0.values.*.1`. */

type Holder = Record<string, unknown>;

/** Where a value is: the object or list that holds it, and its key there. */
export interface PlacedValue {
  readonly holder: Holder;
  readonly name: string;
}

/** Every value at the place; `*` is every element of a list. */
export function findAll(value: unknown, place: string): PlacedValue[] {
  const names = place.split('.');
  const last = names.pop() ?? '';
  let holders: unknown[] = [value];
  for (const name of names) {
    holders = holders.flatMap((holder) => {
      if (name === '*') return Object.values(holder as Holder);
      return [(holder as Holder)[name]];
    });
  }
  return holders.map((holder) => ({ holder: holder as Holder, name: last }));
}

/**
 * One value at the place: in each list the element at that fraction of it, from 0 for the first to
 * 1 for the last. Throws where there is no value.
 */
export function findOne(value: unknown, place: string, share = 0.5): PlacedValue {
  const names = place.split('.');
  const last = names.pop() ?? '';
  let holder = value as Holder;
  for (const name of names) {
    const list = Object.values(holder);
    holder = (name === '*' ? list[Math.round((list.length - 1) * share)] : holder[name]) as Holder;
  }
  if (typeof holder !== 'object' || !(last in holder)) throw new Error(`nothing at ${place}`);
  return { holder, name: last };
}

/**
 * Changes the records at the place, or of the answer itself: the elements of a list, or the members
 * of an object, each of which keeps its name and is not duplicated.
 */
export function changeRecords(
  value: unknown,
  place: string,
  change: (records: readonly unknown[]) => readonly unknown[],
): void {
  const { holder, name } =
    place === '' ? { holder: { value }, name: 'value' } : findOne(value, place);
  const records = holder[name];
  if (Array.isArray(records)) {
    records.splice(0, Number.POSITIVE_INFINITY, ...change([...(records as unknown[])]));
    return;
  }
  if (typeof records !== 'object' || records === null) throw new Error(`no list at ${place}`);
  const members = Object.entries(records);
  const nameOf = new Map(members.map(([key, record]) => [record, key]));
  const changed = change(members.map(([, record]) => record)).flatMap((record, at) => {
    const key = nameOf.get(record) ?? members[at]?.[0];
    return key === undefined ? [] : [[key, record] as const];
  });
  for (const [key] of members) delete (records as Holder)[key];
  Object.assign(records, Object.fromEntries(changed));
}
