/** Computes the replica time each deployment paid for, piece by piece. */

import { apportion } from '../../domain/apportion.ts';
import { type Exact, ONE, divideRounded, sumWhole } from '../../domain/exact.ts';
import type { BilledRow, ChargeBook } from '../chargeBook.ts';
import { cutByDay, type DayGrid, type DayPiece } from './days.ts';
import type { SharingWeights } from './sharing.ts';
import { DAY_MS, HOUR_MS, type Period } from '../../domain/period.ts';
import { addAt, numberVector, wholeVector } from '../columns.ts';
import { cellCount, eachCell, hourCount } from '../usage/hours.ts';

export interface ReplicaTerms {
  readonly grid: DayGrid;
  readonly share: SharingWeights;
}

/**
 * By deployment. Compute charges that are not credits pay for replica time, spread evenly over
 * their period. 8 GPU-Hours for replicas of two GPUs are four replica-hours; so is one GPU-Hour for
 * replicas of a quarter of a GPU.
 */
export function replicaTime(
  { time, deployments }: ChargeBook,
  { grid, share }: ReplicaTerms,
): PaidPieces[] {
  const pieces = deployments.map(paidPieces);
  const gpus = deployments.map((each) => each.gpus);
  for (const row of time) addPieces(pieces, row, { grid, share, gpus });
  return pieces;
}

function addPieces(
  pieces: readonly OpenPieces[],
  row: BilledRow,
  { grid, share, gpus }: ReplicaTerms & { readonly gpus: readonly Exact[] },
): void {
  const parts = cutByDay(row, grid);
  const weights = parts.map(({ startMs, endMs }) => BigInt(endMs - startMs));
  const split = parts.length === 1 ? [row.ns] : apportion(row.ns, weights);
  for (const [index, { day, startMs, endMs }] of parts.entries()) {
    if (day < 0) continue;
    const { of } = share(row.sharers, day);
    const [whole, isShared] = [sumWhole(of), row.sharers.length > 1];
    for (const [at, deployment] of row.sharers.entries()) {
      const { num, den } = (row.of === 'gpu' ? gpus[deployment] : undefined) ?? ONE;
      const own = (split[index] ?? 0n) * (of[at] ?? 0n) * den;
      const ns = divideRounded(own, whole * num, 'half-even');
      pieces[deployment]?.add({ day, startMs, endMs, ns, isShared });
    }
  }
}

/** Less than a millionth of a replica is rounding of time, not another replica. */
const ROUNDING = 1e-6;

/**
 * The most replicas at one time, at least 1. Two pods billed for the same hour are 2; one after the
 * other 1; 59 of 60 minutes still 1.
 */
export function mostReplicas(pieces: Iterable<PaidPiece>): number {
  const steps: { readonly atMs: number; readonly by: number }[] = [];
  for (const { startMs, endMs, ns } of pieces) {
    const replicas = Number(ns) / ((endMs - startMs) * 1_000_000);
    steps.push({ atMs: startMs, by: replicas }, { atMs: endMs, by: -replicas });
  }
  steps.sort((a, b) => a.atMs - b.atMs || a.by - b.by);
  let [now, most] = [0, 0];
  for (const { by } of steps) {
    now += by;
    most = Math.max(most, now);
  }
  return Math.max(1, Math.ceil(most - ROUNDING));
}

/** From the first paid instant to the last; `undefined` if no time was paid for. */
export function paidSpan(pieces: Iterable<PaidPiece>): Period | undefined {
  let [first, last] = [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY];
  for (const { startMs, endMs, ns } of pieces) {
    if (ns <= 0n) continue;
    first = Math.min(first, startMs);
    last = Math.max(last, endMs);
  }
  return last > first ? { startMs: first, endMs: last } : undefined;
}

/** Replica time that one deployment paid for in part of a day. */
export interface PaidPiece extends DayPiece {
  readonly ns: bigint;
  /** True if other deployments share the same time, in proportion to their usage. */
  readonly isShared: boolean;
}

/** Pieces are created during iteration, because there may be a million. */
export interface PaidPieces extends Iterable<PaidPiece> {
  readonly length: number;
  readonly anyShared: boolean;
}

/** Pieces to which more can be added. */
export interface OpenPieces extends PaidPieces {
  add(piece: PaidPiece): void;
}

function paidPieces(): OpenPieces {
  const [day, startMs, endMs, shared] = [
    numberVector(),
    numberVector(),
    numberVector(),
    numberVector(),
  ];
  const ns = wholeVector();
  let anyShared = false;
  return {
    get length() {
      return ns.length;
    },
    get anyShared() {
      return anyShared;
    },
    add(piece) {
      day.push(piece.day);
      startMs.push(piece.startMs);
      endMs.push(piece.endMs);
      shared.push(piece.isShared ? 1 : 0);
      ns.push(piece.ns);
      anyShared ||= piece.isShared;
    },
    *[Symbol.iterator]() {
      for (let at = 0; at < ns.length; at += 1) {
        const [from, to] = [startMs.at(at), endMs.at(at)];
        const isShared = shared.at(at) === 1;
        yield { day: day.at(at), startMs: from, endMs: to, ns: ns.at(at), isShared };
      }
    },
  };
}

/**
 * Nanoseconds by cell, each piece spread evenly over its time; the parts of a piece sum to it. 90
 * minutes from noon to 13:30 are 60 and 30. Exact up to 2,500 replicas at one time.
 */
export function paidByCell(pieces: Iterable<PaidPiece>, grid: DayGrid): Float64Array {
  const paid = new Float64Array(cellCount(grid));
  for (const piece of pieces) addPiece(paid, piece, grid);
  return paid;
}

/** The same by hours counted from the start of the period, whatever day they are on. */
export function paidByHour(pieces: Iterable<PaidPiece>, window: Period): Float64Array {
  const lengthMs = window.endMs - window.startMs;
  // Days that start with the period split no hour.
  const grid = { window, firstDayMs: window.startMs, count: Math.ceil(lengthMs / DAY_MS) };
  const cells = paidByCell(pieces, grid);
  return Float64Array.from({ length: hourCount(grid) }, (_, hour) => {
    return cells[hour + Math.floor(hour / HOURS_IN_DAY)] ?? 0;
  });
}

const HOURS_IN_DAY = DAY_MS / HOUR_MS;

/** Adds whole nanoseconds per millisecond, and the remainder in proportion to the time so far. */
function addPiece(paid: Float64Array, piece: PaidPiece, grid: DayGrid): void {
  const lengthMs = piece.endMs - piece.startMs;
  const perMs = Number(piece.ns / BigInt(lengthMs));
  const remainder = Number(piece.ns % BigInt(lengthMs));
  let assigned = 0;
  eachCell(piece, grid, (cell, fromMs, toMs) => {
    const upTo = wholeQuotient(remainder * (toMs - piece.startMs), lengthMs);
    addAt(paid, cell, perMs * (toMs - fromMs) + upTo - assigned);
    assigned = upTo;
  });
}

/** Uses the remainder, because a rounded quotient could reach the next integer. */
function wholeQuotient(dividend: number, divisor: number): number {
  return (dividend - (dividend % divisor)) / divisor;
}
