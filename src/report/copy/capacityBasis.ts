/** Where the capacity of a replica comes from, in words. */

import type { AuditCapacityBasis, AuditDeployment } from '../../verdict/auditDeployment.ts';

/** `measured`, `observed (a lower bound), raised to the fastest interval`. */
export function capacityBasisText({ code, raised }: AuditCapacityBasis): string {
  const basis = code === 'observed' ? 'observed (a lower bound)' : code;
  return raised === true ? `${basis}, raised to the fastest interval` : basis;
}

/** As audits without codes have it. */
const BY_TEXT: ReadonlyMap<string, AuditCapacityBasis> = new Map([
  ['measured', { code: 'measured' }],
  ['measured, raised to what was seen', { code: 'measured', raised: true }],
  ['observed (a lower bound)', { code: 'observed' }],
  ['observed (a lower bound), raised to what was seen', { code: 'observed', raised: true }],
]);

/** Audits of older versions tell it in words alone; null where no capacity is known. */
export function capacityBasisOf({
  capacityBasis,
  capacityBasisDetail,
}: Pick<AuditDeployment, 'capacityBasis' | 'capacityBasisDetail'>): AuditCapacityBasis | null {
  return capacityBasisDetail ?? BY_TEXT.get(capacityBasis ?? '') ?? null;
}
