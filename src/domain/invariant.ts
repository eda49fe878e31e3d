/** The error type for bugs: a broken assumption of our own code. */

export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** Throws {@link BrokenInvariant} unless `holds`. For our own bugs only, never for input. */
export function invariant(holds: boolean, law: string): asserts holds {
  if (!holds) throw new BrokenInvariant(law);
}
