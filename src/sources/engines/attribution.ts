/** Whose tokens a series counts: the demand, tenant, team and adapter that its labels name. */

import type { Demand } from '../../domain/usageFacts.ts';
import type { DemandWish, UsageWish } from '../../domain/usageWish.ts';

/** Which labels say whose the tokens are. */
export type Attribution = Pick<UsageWish, 'demand' | 'tenantLabel' | 'teamLabel' | 'adapterLabel'>;

/** What is told of some tokens' origin; never empty. */
export interface Part {
  readonly demand?: Demand;
  readonly tenant?: string;
  readonly team?: string;
  readonly adapter?: string;
}

/** Labels of a series, or the fields of a request. */
type Told = Readonly<Record<string, string | undefined>>;

/** Every label that is looked at. */
export function attributionLabels(attribution: Attribution): string[] {
  const { demand, tenantLabel, teamLabel, adapterLabel } = attribution;
  const demandLabel = typeof demand === 'object' ? demand.label : undefined;
  return [demandLabel, tenantLabel, teamLabel, adapterLabel].filter((label) => label !== undefined);
}

/** The part that these labels name, as a text to group by; `undefined` where they name none. */
export function partOf(labels: Told, attribution: Attribution): string | undefined {
  const { demand, tenantLabel, teamLabel, adapterLabel } = attribution;
  const told = {
    demand: typeof demand === 'object' ? kindOf(labels, demand) : demand,
    tenant: valueOf(labels, tenantLabel),
    team: valueOf(labels, teamLabel),
    adapter: valueOf(labels, adapterLabel),
  };
  const isTold = Object.values(told).some((value) => value !== undefined);
  return isTold ? JSON.stringify(told) : undefined;
}

function kindOf(labels: Told, { label, kinds }: Exclude<DemandWish, Demand>): Demand | undefined {
  const value = labels[label] ?? '';
  return Object.hasOwn(kinds, value) ? kinds[value] : undefined;
}

/** An empty label is an absent one. */
function valueOf(labels: Told, label: string | undefined): string | undefined {
  const value = label === undefined ? undefined : labels[label];
  return value === '' ? undefined : value;
}

/** The part that a text of {@link partOf} stands for. */
export function partIn(text: string): Part {
  return JSON.parse(text) as Part;
}
