/** What a bill in FOCUS has, service by service, and how much of it was taken. */

import { counted } from '../../../domain/counted.ts';
import type { FocusLine } from '../../../domain/focus.ts';
import { sumNano, usd, usdText } from '../../../domain/money.ts';
import type { Row } from '../row.ts';

/** A bill of a cloud has some hundred services; what comes after these is one line. */
const MOST_SERVICES = 500;

/** Counts what a bill has, service by service. */
export function newSurvey() {
  const lines = new Map<string, FocusLine>();
  return {
    note(row: Row, billed: bigint, isTaken: boolean): void {
      const category = row.cell('ServiceCategory') || row.cell('ChargeCategory');
      const service = row.cell('ServiceName') || 'no service named';
      const own = `${category}\0${service}`;
      const isRoom = lines.has(own) || lines.size < MOST_SERVICES;
      const place = isRoom ? own : '';
      const before = lines.get(place) ?? {
        category: isRoom ? category : '',
        service: isRoom ? service : 'all other services',
        rows: 0,
        billedNanoUsd: 0n,
        takenRows: 0,
        takenNanoUsd: 0n,
      };
      lines.set(place, {
        ...before,
        rows: before.rows + 1,
        billedNanoUsd: before.billedNanoUsd + billed,
        takenRows: before.takenRows + (isTaken ? 1 : 0),
        takenNanoUsd: before.takenNanoUsd + (isTaken ? billed : 0n),
      });
    },
    lines: (): FocusLine[] => [...lines.values()],
    sentence(): string {
      const all = [...lines.values()];
      const rows = all.reduce((sum, line) => sum + line.rows, 0);
      const taken = all.reduce((sum, line) => sum + line.takenRows, 0);
      const [billed, takenUsd] = [
        all.map(({ billedNanoUsd }) => billedNanoUsd),
        all.map(({ takenNanoUsd }) => takenNanoUsd),
      ].map((some) => usdText(usd(sumNano(some))));
      return (
        `take chose ${counted(taken, 'row')} of ${counted(rows, 'row')}, ` +
        `$${takenUsd} of $${billed} billed`
      );
    },
  };
}
