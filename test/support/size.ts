/** The size of a test that has two: short in `npm test`, full in `npm run torture`. */

import { inject } from 'vitest';

declare module 'vitest' {
  interface ProvidedContext {
    /** True in `npm run torture`. */
    readonly full?: boolean;
  }
}

/** Whether this is the run at full size. */
const isFull: boolean = inject('full') === true;

/** The value for the current size: `size({ short: 30, full: 500 })` worlds. */
export function size<Taken>({ short, full }: { short: Taken; full: Taken }): Taken {
  return isFull ? full : short;
}

/** Prints a measurement at full size, for docs/reliability.md: `figure('kills', 200)`. */
export function printFigure(name: string, measured: string | number): void {
  if (isFull) process.stderr.write(`figure: ${name}: ${measured}\n`);
}
