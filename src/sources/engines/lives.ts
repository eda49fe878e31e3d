/** Separates the lives of a process by the start times of its samples. */

import { SECOND_MS } from '../../domain/period.ts';
import { numberAt, type Counter } from './samples.ts';

/** Two starts closer than this are one, since a server takes longer to load a model. */
export const SAME_START_MS = SECOND_MS;

type StartChange = 'same' | 'changed' | 'unknown';

/** Whether the process is known to be the same at two samples. */
export function compareStart({ startsMs }: Counter, from: number, to: number): StartChange {
  const differenceMs = Math.abs(numberAt(startsMs ?? [], to) - numberAt(startsMs ?? [], from));
  if (Number.isNaN(differenceMs)) return 'unknown';
  return differenceMs < SAME_START_MS ? 'same' : 'changed';
}

/** Whether a sample at this time belongs to a life. */
export type ProcessLife = (instantMs: number) => boolean;

/**
 * The lives of one counter. A process that restarts only reports later starts. If an earlier start
 * returns, several processes respond in turn behind a balancer. Then there is one life per start,
 * in order; otherwise there is none.
 */
export function findLives({ timesMs, startsMs = new Float64Array(0) }: Counter): ProcessLife[] {
  if (!hasReturn(startsMs)) return [];
  const lives: number[] = [];
  const ofInstant = new Map<number, number>();
  for (let index = 0; index < startsMs.length; index += 1) {
    const startMs = numberAt(startsMs, index);
    if (Number.isNaN(startMs)) continue;
    let life = lives.findIndex((knownMs) => Math.abs(knownMs - startMs) < SAME_START_MS);
    if (life < 0) life = lives.push(startMs) - 1;
    ofInstant.set(numberAt(timesMs, index), life);
  }
  return lives.map((_, life) => (instantMs: number) => ofInstant.get(instantMs) === life);
}

/** Whether a start is followed by an earlier one. */
function hasReturn(startsMs: Float64Array): boolean {
  let latestMs = Number.NEGATIVE_INFINITY;
  for (const startMs of startsMs) {
    if (startMs <= latestMs - SAME_START_MS) return true;
    if (startMs > latestMs) latestMs = startMs;
  }
  return false;
}
