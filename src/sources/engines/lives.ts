/** Which samples belong to one life of a process, by the start times beside them. */

import { SECOND_MS } from '../../domain/period.ts';
import { at, type Counter } from './samples.ts';

/** Two starts closer than this are one: a server that serves a model takes longer to come up. */
export const SAME_START_MS = SECOND_MS;

type StartChange = 'same' | 'changed' | 'unknown';

/** Is the process at two samples known to be the same? */
export function startChange({ startsMs }: Counter, from: number, to: number): StartChange {
  const apart = Math.abs(at(startsMs ?? [], to) - at(startsMs ?? [], from));
  if (Number.isNaN(apart)) return 'unknown';
  return apart < SAME_START_MS ? 'same' : 'changed';
}

/** Tells whether a sample at this moment belongs to a life. */
export type Life = (instantMs: number) => boolean;

/**
 * One process that restarts tells later starts only. Where an earlier one comes back, several
 * processes answer by turns (a balancer in front of them): one life for each start, in order. None
 * where there is but one.
 */
export function livesOf({ timesMs, startsMs = new Float64Array(0) }: Counter): Life[] {
  if (!comesBack(startsMs)) return [];
  const lives: number[] = [];
  const ofInstant = new Map<number, number>();
  for (let index = 0; index < startsMs.length; index += 1) {
    const startMs = at(startsMs, index);
    if (Number.isNaN(startMs)) continue;
    let life = lives.findIndex((known) => Math.abs(known - startMs) < SAME_START_MS);
    if (life < 0) life = lives.push(startMs) - 1;
    ofInstant.set(at(timesMs, index), life);
  }
  return lives.map((_, life) => (instantMs: number) => ofInstant.get(instantMs) === life);
}

/** Is a start told after a later one? */
function comesBack(startsMs: Float64Array): boolean {
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const startMs of startsMs) {
    if (startMs <= latestMs - SAME_START_MS) return true;
    if (startMs > latestMs) latestMs = startMs;
  }
  return false;
}
