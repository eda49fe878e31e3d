/** Knows which days, which gap and which host each draw means for one deployment. */

import { type Circle, circular, total } from './circle.ts';
import type { DrawnDeployment } from './drawn.ts';
import type { Scenarios } from './scenarios.ts';

export interface Walk {
  readonly blocksADraw: number;
  readonly wholeBlocks: number;
  /** Days on which blocks start, draw by draw. */
  readonly starts: Int32Array;
  /** The start of the block that the missing time is like. */
  readonly gaps: Int32Array;
  /** Index of the host; no meaning where there is none. */
  readonly hosts: Int32Array;
}

/** Deployments that lived through the same days draw the same days: what moves them, moves all. */
export function walkOf(
  { id, hostWeights }: DrawnDeployment,
  circle: Circle,
  scenarios: Scenarios,
): Walk {
  const { blocks, blocksADraw, gap } = scenarios;
  const wholeBlocks = Math.floor(circle.days / circle.blockDays);
  const starts = new Int32Array(blocks.length);
  for (let at = 0; at < starts.length; at += 1) {
    starts[at] = Math.floor((blocks[at] ?? 0) * circle.days);
  }
  // By their covered time, so that the blocks' rate is the mean rate on average.
  const gaps = chosen(gap, circular(circle.covered, circle.blockDays));
  const hosts = chosen(scenarios.hosts.get(id) ?? gap, hostWeights);
  return { blocksADraw, wholeBlocks, starts, gaps, hosts };
}

/** For each share the index whose weight it falls into: 0.3 of 1, 2, 1 is index 1. */
function chosen(shares: Float64Array, weights: Float64Array): Int32Array {
  const whole = total(weights);
  const indices = new Int32Array(shares.length);
  for (let at = 0; at < shares.length; at += 1) {
    let left = (shares[at] ?? 0) * whole - (weights[0] ?? 0);
    let index = 0;
    while (left >= 0 && index < weights.length - 1) {
      index += 1;
      left -= weights[index] ?? 0;
    }
    indices[at] = index;
  }
  return indices;
}
