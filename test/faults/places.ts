/** Finds a value in an answer by its place: `records.*.gpuAmount`, `data.result.0.values.*.1`. */

type Holder = Record<string, unknown>;

/** Where a value stands: the object or list that holds it, and its name there. */
export interface Found {
  readonly holder: Holder;
  readonly name: string;
}

/** Every value at the place; `*` is every element of a list. */
export function allAt(value: unknown, place: string): Found[] {
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
 * One value at the place: of each list the element so far down it, from 0 for the first to 1 for
 * the last. Throws where nothing stands there.
 */
export function oneAt(value: unknown, place: string, share = 0.5): Found {
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

/** The list at the place; at none, the answer itself. */
export function listAt(value: unknown, place: string): unknown[] {
  if (place === '' && Array.isArray(value)) return value as unknown[];
  const { holder, name } = oneAt(value, place);
  const list = holder[name];
  if (!Array.isArray(list)) throw new Error(`no list at ${place}`);
  return list as unknown[];
}
