/** Compares two audits of the same quarter, figure by figure. */

import type { Audit } from '../../verdict/audit.ts';
import { listFigures } from './catalog.ts';
import type { AuditFigure, FigureUnit } from './figure.ts';
import type { Reader } from '../locale.ts';

export interface FigureChange {
  readonly id: string;
  readonly unit: FigureUnit;
  /** As printed. `–` if that audit lacks the figure. */
  readonly was: string;
  readonly is: string;
  readonly valueWas: string;
  readonly valueIs: string;
}

const NONE = { text: '–', value: '' };

/**
 * Every figure with another value or text: in the order of the newer audit, then those only in the
 * older one.
 */
export function findFigureChanges(before: Audit, audit: Audit, reader: Reader): FigureChange[] {
  const [old, now] = [byId(before, reader), byId(audit, reader)];
  const ids = [...now.keys(), ...[...old.keys()].filter((id) => !now.has(id))];
  return ids.flatMap((id) => {
    const [was, is] = [old.get(id), now.get(id)];
    if (was?.text === is?.text && was?.value === is?.value) return [];
    const { text: wasText, value: valueWas } = was ?? NONE;
    const { text: isText, value: valueIs } = is ?? NONE;
    const unit = (is ?? was)?.unit ?? 'word';
    return [{ id, unit, was: wasText, is: isText, valueWas, valueIs }];
  });
}

function byId(audit: Audit, reader: Reader): Map<string, AuditFigure> {
  return new Map(listFigures(audit, reader).map((figure) => [figure.id, figure]));
}
