/** Digests of what an audit is made from: facts and settings apart, to show which of them moved. */

import { DAYS_TO_ACT } from '../domain/period.ts';
import type { UnconvertedCharges } from '../domain/currency.ts';
import type { InvoicedMonth, Reconciled } from '../domain/reconciliation.ts';
import type { Trouble } from '../ledger/ledger.ts';
import type { AuditDigests } from '../verdict/audit.ts';
import type { Policy } from '../verdict/policy.ts';
import { actingSettings } from './acting.ts';
import type { JobContext } from './context.ts';
import type { AuditConfig, Gathered } from './gather.ts';

export interface Inputs {
  readonly gathered: Gathered;
  readonly policy: Policy;
  readonly invoices: readonly InvoicedMonth[];
  /** What becomes of both; tolerances say so. */
  readonly reconciliation: readonly Reconciled[];
  readonly troubles: readonly Trouble[];
  readonly unconverted: readonly UnconvertedCharges[];
}

export interface InputDigests {
  /** Of all that bears on the figures of one audit by itself. */
  readonly bearing: string;
  /** Of what is told beside usage and moves no figure of money; absent where nothing is. */
  readonly beside?: string;
  /** Of who acts and by when, which moves no figure of money either. */
  readonly acting?: string;
  /** The same facts, or the same settings, have the same digest. */
  readonly digests: AuditDigests;
}

/** Charges have been digested while they were read; intervals are digested as bytes, once. */
export function inputDigests(
  { config, digest }: Pick<JobContext, 'digest'> & { readonly config: AuditConfig },
  { gathered, policy, invoices, reconciliation, troubles, unconverted }: Inputs,
): InputDigests {
  const { input, hours, chargesDigest: charges, totals, gaps, warnings, notes } = gathered;
  const { charges: _together, deployments, ...rest } = input;
  const usage = digest(
    deployments.map(({ id, usage: rows, trailingUsage, batchUsage }) => [
      id,
      rows,
      trailingUsage,
      ...(batchUsage === undefined ? [] : [batchUsage]),
    ]),
  );
  const wishes = deployments.map(
    ({ usage: _usage, trailingUsage: _trailing, batchUsage: _batch, ...wish }) => wish,
  );
  const beside = gathered.beside.size === 0 ? {} : { beside: digest(gathered.beside) };
  const named = actingSettings(config);
  const acting = Object.keys(named).length === 0 ? {} : { acting: digest(named) };
  const { resources, prices, availability, priceGaps, rates, bought, reckoned } = rest;
  const unseen = priceGaps === undefined ? {} : { priceGaps };
  const market = { prices, availability, ...unseen, rates };
  const elsewhere = {
    ...(bought === undefined ? {} : { bought }),
    ...(reckoned === undefined ? {} : { reckoned }),
  };
  const known = { charges, resources, ...market, ...elsewhere, usage, hours };
  const alone = { ...rest, charges, usage, deployments: wishes, warnings, notes };
  // What is not there has no part in the digest: another key would be another audit.
  const billed = invoices.length === 0 ? { totals } : { totals, invoices };
  const off = reconciliation.filter(({ lines }) => lines.some(({ match }) => match !== 'matched'));
  const weighed = {
    ...billed,
    ...(off.length === 0 ? {} : { off }),
    ...(gaps.length === 0 ? {} : { gaps }),
    ...(unconverted.length === 0 ? {} : { unconverted }),
  };
  return {
    bearing: digest({ ...alone, policy, ...weighed, troubles }),
    ...beside,
    ...acting,
    digests: {
      facts: digest({ ...known, ...billed, troubles, ...beside }),
      settings: digest(settingsOf(config)),
    },
  };
}

/** What of the config bears on an audit. */
function settingsOf({ report, policy: whole, ...config }: AuditConfig) {
  const { deployments, labor, commitments, sharing, market, migration, fiscal, owner } = config;
  const { timeZone, sendOn } = report ?? {};
  // What is not set has no part in the digest.
  const { actWithinDays, ...thresholds } = whole;
  const policy = actWithinDays === DAYS_TO_ACT ? thresholds : whole;
  const acting = {
    ...(owner === undefined ? {} : { owner }),
    ...(sendOn === undefined ? {} : { sendOn }),
  };
  const credits = config.credits === undefined ? {} : { credits: config.credits };
  const prices = config.prices === undefined ? {} : { prices: config.prices };
  const { billOfRecord } = config;
  const recorded = billOfRecord === undefined ? {} : { billOfRecord };
  const priced = {
    ...prices,
    deployments,
    labor,
    commitments,
    ...credits,
    ...recorded,
    sharing,
    policy,
    market,
  };
  return { ...priced, ...acting, migration, fiscal, timeZone };
}
