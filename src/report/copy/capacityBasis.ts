/** Where the capacity of a replica comes from, in words. */

import type { AuditCapacityBasis, AuditDeployment } from '../../verdict/auditDeployment.ts';

/** `measured`, `observed (a lower bound), raised to what was seen`. */
export function capacityBasisText({ code, raised }: AuditCapacityBasis): string {
  const told = code === 'observed' ? 'observed (a lower bound)' : code;
  return raised === true ? `${told}, raised to what was seen` : told;
}

const BASES: readonly AuditCapacityBasis[] = [
  { code: 'measured' },
  { code: 'measured', raised: true },
  { code: 'observed' },
  { code: 'observed', raised: true },
];
const BY_TEXT = new Map(BASES.map((basis) => [capacityBasisText(basis), basis]));

/** Audits of older versions tell it in words alone; null where no capacity is known. */
export function capacityBasisOf({
  capacityBasis,
  capacityBasisDetail,
}: Pick<AuditDeployment, 'capacityBasis' | 'capacityBasisDetail'>): AuditCapacityBasis | null {
  return capacityBasisDetail ?? BY_TEXT.get(capacityBasis ?? '') ?? null;
}
