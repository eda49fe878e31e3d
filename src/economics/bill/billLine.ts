/** The sum of one category at one source. */

import type { ChargeCategory } from '../../domain/charge.ts';

/** Nano-USD of one category at one source. */
export interface BillLine {
  readonly sourceId: string;
  readonly category: ChargeCategory;
  nanoUsd: bigint;
  notInTime: bigint;
}

/** Adds amounts to a line; without amounts no line is created. */
export function addToLine(
  lines: Map<string, BillLine>,
  { sourceId, category }: Pick<BillLine, 'sourceId' | 'category'>,
  [nanoUsd, notInTime]: readonly [nanoUsd: bigint, notInTime: bigint],
): void {
  if (nanoUsd === 0n && notInTime === 0n) return;
  const key = JSON.stringify([sourceId, category]);
  const line = lines.get(key) ?? { sourceId, category, nanoUsd: 0n, notInTime: 0n };
  lines.set(key, line);
  line.nanoUsd += nanoUsd;
  line.notInTime += notInTime;
}
