/** Places the panels of the load chart. */

import type { LoadCurve } from './curves.ts';
import { WORDS_WIDTH } from './theme.ts';

export interface Panel {
  readonly curve: LoadCurve;
  /** Lines of text below the name. */
  readonly words: readonly string[];
}

/** A panel with its place, in pixels from the top left of the sheet. `y` is the height of 100%. */
export interface PlacedPanel extends Panel {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
  /** Vertical middle of the first text line above the panel. */
  readonly top: number;
}

const KEY = 34;
/** Space for `100%` beside a panel, and for hours below it. */
const LEFT = 50;
export const BELOW = 26;
export const LINE = 17;
const GAP = 22;

/** A single panel takes the whole width. Several are placed in two columns. */
export function placedPanels(panels: readonly Panel[]): PlacedPanel[] {
  const isAlone = panels.length === 1;
  const width = isAlone ? WORDS_WIDTH - LEFT : (WORDS_WIDTH - 2 * LEFT - 4) / 2;
  const height = isAlone ? 180 : 96;
  let bottom = KEY;
  return Array.from({ length: Math.ceil(panels.length / 2) }, (_, row) => {
    const inRow = panels.slice(2 * row, 2 * row + 2);
    const lines = Math.max(...inRow.map(({ words }) => words.length));
    const highest = Math.max(1, ...inRow.map(({ curve }) => highestOf(curve)));
    const y = bottom + (lines + 1) * LINE + 8 + (highest - 1) * height;
    const top = bottom + LINE / 2;
    bottom = y + height + BELOW + GAP;
    return inRow.map((panel, column) => {
      const x = LEFT + column * (LEFT + width + 4);
      return { ...panel, x, y, width, height, top };
    });
  }).flat();
}

/**
 * The highest share: above 1 if hours or the kept capacity exceed the paid capacity, at most 1.5.
 */
function highestOf({ shares, kept }: LoadCurve): number {
  return Math.min(1.5, Math.max(shares[0] ?? 0, kept?.share ?? 0));
}

/** Height of a share of the paid capacity, in pixels from the top of the sheet. */
export function heightAt({ y, height }: PlacedPanel, share: number): number {
  return y + height * (1 - Math.min(share, 1.5));
}
