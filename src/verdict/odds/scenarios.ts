/** Knows everything that chance decides, taken in one fixed order before anything is reckoned. */

import { mostBlocks } from './circle.ts';
import type { Chance, DrawnStack } from './drawn.ts';

/** Fractions from 0 to 1; one of each for every draw. */
export interface Scenarios {
  readonly draws: number;
  /** Draw by draw, {@link mostBlocks} of them: where its blocks of days start. */
  readonly blocks: Float64Array;
  readonly blocksADraw: number;
  /** One assumption each: all parts of the stack move together. */
  readonly selfHosted: Float64Array;
  readonly hosted: Float64Array;
  readonly cache: Float64Array;
  /** Which days stand for the time of which nothing is known. */
  readonly gap: Float64Array;
  /** By deployment. */
  readonly hosts: ReadonlyMap<string, Float64Array>;
}

/**
 * The order: for each draw its days, self-hosted labor, hosted labor, cache share and gap; then
 * for each deployment, by its id, a host for each draw. So days, labor and cache share do not
 * depend on which deployments there are, and nothing depends on their order.
 */
export function drawScenarios(stack: DrawnStack, draws: number, chance: Chance): Scenarios {
  const blocksADraw = mostBlocks(stack.days);
  const column = () => new Float64Array(draws);
  const blocks = new Float64Array(draws * blocksADraw);
  const [selfHosted, hosted, cache, gap] = [column(), column(), column(), column()];
  for (let draw = 0; draw < draws; draw += 1) {
    for (let at = 0; at < blocksADraw; at += 1) blocks[draw * blocksADraw + at] = chance.next();
    for (const part of [selfHosted, hosted, cache, gap]) part[draw] = chance.next();
  }
  const ids = stack.deployments.map(({ id }) => id).sort();
  const hosts = new Map(ids.map((id) => [id, column().map(() => chance.next())]));
  return { draws, blocks, blocksADraw, selfHosted, hosted, cache, gap, hosts };
}
