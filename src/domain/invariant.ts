/** What a bug is: a broken promise of our own code, which stops the work loudly. */

export class BrokenInvariant extends Error {
  override readonly name = 'BrokenInvariant';
}

/** Throws {@link BrokenInvariant} unless `holds`. For our own bugs only, never for input. */
export function invariant(holds: boolean, law: string): asserts holds {
  if (!holds) throw new BrokenInvariant(law);
}
