/** Reads the demand, tenant, team and adapter of tokens from the labels of their series. */

import type { Demand } from '../../domain/usageFacts.ts';
import type { DemandSettings, UsageSettings } from '../../domain/engine.ts';

/** The labels that attribute tokens to a demand, tenant, team or adapter. */
export type AttributionLabels = Pick<
  UsageSettings,
  'demand' | 'tenantLabel' | 'teamLabel' | 'adapterLabel'
>;

/** What is known about the attribution of some tokens. At least one field is set. */
export interface AttributedPart {
  readonly demand?: Demand;
  readonly tenant?: string;
  readonly team?: string;
  readonly adapter?: string;
}

/** Labels of a series, or fields of a request. */
type LabelValues = Readonly<Record<string, string | undefined>>;

/** The names of all labels that are read. */
export function attributionLabels(attribution: AttributionLabels): string[] {
  const { demand, tenantLabel, teamLabel, adapterLabel } = attribution;
  const demandLabel = typeof demand === 'object' ? demand.label : undefined;
  return [demandLabel, tenantLabel, teamLabel, adapterLabel].filter((label) => label !== undefined);
}

/** The part that these labels name, as a text to group by; `undefined` if they name none. */
export function encodePart(
  labels: LabelValues,
  attribution: AttributionLabels,
): string | undefined {
  const { demand, tenantLabel, teamLabel, adapterLabel } = attribution;
  const part = {
    demand: typeof demand === 'object' ? demandOf(labels, demand) : demand,
    tenant: valueOf(labels, tenantLabel),
    team: valueOf(labels, teamLabel),
    adapter: valueOf(labels, adapterLabel),
  };
  const isAny = Object.values(part).some((value) => value !== undefined);
  return isAny ? JSON.stringify(part) : undefined;
}

function demandOf(
  labels: LabelValues,
  { label, kinds }: Exclude<DemandSettings, Demand>,
): Demand | undefined {
  const value = labels[label] ?? '';
  return Object.hasOwn(kinds, value) ? kinds[value] : undefined;
}

/** An empty label counts as absent. */
function valueOf(labels: LabelValues, label: string | undefined): string | undefined {
  const value = label === undefined ? undefined : labels[label];
  return value === '' ? undefined : value;
}

/** Parses a text from {@link encodePart}. */
export function decodePart(text: string): AttributedPart {
  return JSON.parse(text) as AttributedPart;
}
