/** The replica time that a deployment paid for, piece by piece, stored in columns. */

import { numberVector, wholeVector } from '../../domain/vector.ts';
import type { DayPiece } from './days.ts';

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

export function paidPieces(): OpenPieces {
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
