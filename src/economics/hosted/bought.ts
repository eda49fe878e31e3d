/** Sums tokens and dollars already bought from hosted APIs, by model and deployment. */

import type { Charge } from '../../domain/charge.ts';
import {
  add,
  divide,
  type Exact,
  exact,
  exactInteger,
  toInteger,
  ZERO,
  sumWhole,
} from '../../domain/exact.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { billedTokens, type HostedUsage, MODEL_TAG } from '../../domain/usage.ts';
import { durationMs, intersection, overlapMs, type Period } from '../../domain/period.ts';
import type { ChargeAccount, ChargeBook } from '../chargeBook.ts';
import type { AlreadyBought, BoughtTokens, DeploymentInput, StackInput } from '../input.ts';
import type { Warning } from '../warning.ts';

/**
 * Service tier of tokens that the source counts while another provider is paid (bring your own
 * key).
 */
const OWN_KEY = 'byok';

/**
 * Collects usage rows and bill lines that count tokens: tokens bought by model and period, in an
 * order independent of arrival.
 */
export function boughtKeeper() {
  const sums = new Map<string, { readonly of: Omit<BoughtTokens, 'tokens'>; tokens: Exact }>();
  const addTokens = (of: Omit<BoughtTokens, 'tokens'>, tokens: Exact) => {
    const { sourceId, model, period, secondHand } = of;
    const key = JSON.stringify([period.startMs, sourceId, model, period.endMs, secondHand]);
    const known = sums.get(key);
    if (known === undefined) sums.set(key, { of, tokens });
    else known.tokens = add(known.tokens, tokens);
  };
  return {
    addUsage(row: HostedUsage): void {
      if (row.serviceTier === OWN_KEY) return;
      const { sourceId, model, period, secondHand } = row;
      const { cachedPromptTokens: read = 0, cacheWriteTokens: written = 0 } = row;
      const tokens = row.uncachedPromptTokens + read + written + row.outputTokens;
      const of = { sourceId, model, period, ...(secondHand === true ? { secondHand } : {}) };
      addTokens(of, exactInteger(tokens));
    },
    /** Adds a charge for a hosted model; ignores all others. */
    addCharge(charge: Charge): void {
      const billed = charge.category === 'hosted' ? billedTokens(charge) : undefined;
      if (billed === undefined) return;
      const { sourceId, period } = charge;
      addTokens({ sourceId, model: billed.model, period }, billed.tokens);
    },
    close(): BoughtTokens[] {
      const rows = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
      return rows.map(([, { of, tokens }]) => ({ ...of, tokens: Number(toInteger(tokens)) }));
    },
  };
}

/** One model of one source: its billed amount in the period, and the tokens. */
export interface BoughtModel {
  readonly sourceId: string;
  readonly model: string;
  /** The deployment whose traffic it serves; absent if unattributed. */
  readonly deployment?: string;
  /** Nano-USD by day of the period with a charge; empty if nothing was billed. */
  readonly byDay: ReadonlyMap<number, bigint>;
  readonly nanoUsd: bigint;
  /** Tokens of the period; absent if no usage states them. */
  readonly tokens?: number;
  /** Reported by a gateway: in no total. */
  readonly secondHand?: true;
}

/** The part of a deployment's traffic that was bought elsewhere. */
export interface BoughtTraffic {
  /** Models with both dollars and tokens. */
  readonly models: readonly BoughtModel[];
  /** In our tokens, by each model's token ratio. */
  readonly rows: readonly (Period & { readonly model: BoughtModel; readonly tokens: number })[];
  readonly tokens: number;
  readonly nanoUsd: bigint;
}

export interface BoughtTotals {
  readonly models: readonly BoughtModel[];
  /** By deployment, for those with any. */
  readonly byDeployment: ReadonlyMap<string, BoughtTraffic>;
  readonly warnings: readonly Warning[];
}

type Claimant = Pick<DeploymentInput, 'id' | 'hosted'>;

/**
 * Tokens and dollars bought in the period; `undefined` if neither a bill nor usage has any hosted
 * model.
 */
export function computeBought(
  { window, deployments, bought = [] }: Pick<StackInput, 'window' | 'deployments' | 'bought'>,
  { accounts }: Pick<ChargeBook, 'accounts'>,
): BoughtTotals | undefined {
  const billed = Map.groupBy(
    accounts.filter(({ category }) => category === 'hosted'),
    (account) => boughtKey(account.sourceId, billedModel(account), undefined),
  );
  const used = Map.groupBy(
    bought.filter(({ period }) => overlapMs(period, window) > 0),
    ({ sourceId, model, secondHand }) => boughtKey(sourceId, model, secondHand),
  );
  const names = [...new Set([...billed.keys(), ...used.keys()])].sort();
  if (names.length === 0) return undefined;
  const warnings: Warning[] = [];
  const traffic = new Map<string, BoughtTraffic>();
  const models = names.map((name): BoughtModel => {
    const [sourceId = '', model = '', second] = JSON.parse(name) as string[];
    const rows = used.get(name) ?? [];
    const claim = second === '' ? claimOf(deployments, { sourceId, model }) : {};
    if (claim.warning !== undefined) warnings.push(claim.warning);
    const found: BoughtModel = {
      sourceId,
      model,
      ...(claim.by === undefined ? {} : { deployment: claim.by.id }),
      ...sumByDay(billed.get(name) ?? []),
      ...(rows.length === 0 ? {} : { tokens: tokensIn(rows, window) }),
      ...(second === '' ? {} : { secondHand: true as const }),
    };
    if (claim.by !== undefined) addTraffic(traffic, found, { ...claim.by, rows, window });
    return found;
  });
  return { models, byDeployment: traffic, warnings };
}

function boughtKey(sourceId: string, model: string, secondHand: true | undefined): string {
  return JSON.stringify([sourceId, model, secondHand === true ? 'second-hand' : '']);
}

function billedModel({ tags, resourceId }: ChargeAccount): string {
  return tags?.[MODEL_TAG] ?? resourceId;
}

function sumByDay(accounts: readonly ChargeAccount[]): Pick<BoughtModel, 'byDay' | 'nanoUsd'> {
  const byDay = new Map<number, bigint>();
  for (const account of accounts) {
    for (const [day, nanoUsd] of account.byDay) byDay.set(day, (byDay.get(day) ?? 0n) + nanoUsd);
  }
  return { byDay, nanoUsd: sumWhole([...byDay.values()]) };
}

/**
 * Tokens of rows; a row across the edge of the period counts in proportion to time, to the nearest
 * token.
 */
function tokensIn(rows: readonly BoughtTokens[], window: Period): number {
  return rows.reduce((sum, { period, tokens }) => {
    const share = exact(BigInt(overlapMs(period, window)), BigInt(durationMs(period)));
    return sum + Number(toInteger({ num: share.num * BigInt(tokens), den: share.den }));
  }, 0);
}

interface Claim {
  readonly by?: { readonly id: string; readonly tokenRatio: Exact };
  readonly warning?: Warning;
}

/**
 * The deployment whose traffic a hosted model serves: the one that lists it under `alreadySpent`,
 * else the one that names this model of this source as its equivalent. If several do, none.
 */
function claimOf(
  deployments: readonly Claimant[],
  { sourceId, model }: { readonly sourceId: string; readonly model: string },
): Claim {
  const listed = deployments.flatMap(({ id, hosted: { alreadySpent = [] } }) => {
    const found = alreadySpent.find((one) => matchesBought(one, { sourceId, model }));
    return found === undefined ? [] : [{ id, tokenRatio: found.tokenRatio }];
  });
  const equivalentTo = deployments.flatMap(({ id, hosted: { equivalents } }) => {
    const found = equivalents.find((one) => one.sourceId === sourceId && one.model === model);
    return found === undefined ? [] : [{ id, tokenRatio: found.tokenRatio }];
  });
  const [first, ...others] = listed.length > 0 ? listed : equivalentTo;
  if (first === undefined) return {};
  if (others.length === 0) return { by: first };
  const ids = [first, ...others].map(({ id }) => id);
  const code = 'bought-model-contested';
  return { warning: { code, source: sourceId, model, deployments: ids } };
}

function matchesBought(
  one: AlreadyBought,
  { sourceId, model }: { sourceId: string; model: string },
) {
  return one.sourceId === sourceId && matchesGlob(one.model, model);
}

interface TrafficTerms {
  readonly id: string;
  readonly tokenRatio: Exact;
  readonly rows: readonly BoughtTokens[];
  readonly window: Period;
}

function addTraffic(
  traffic: Map<string, BoughtTraffic>,
  model: BoughtModel,
  { id, tokenRatio, rows, window }: TrafficTerms,
): void {
  const known = traffic.get(id) ?? { models: [], rows: [], tokens: 0, nanoUsd: 0n };
  const inside = rows.flatMap(({ period, tokens }) => {
    const part = intersection(period, window);
    if (part === undefined) return [];
    const share = exact(BigInt(durationMs(part)) * BigInt(tokens), BigInt(durationMs(period)));
    const own = divide(share, tokenRatio);
    return [{ ...part, model, tokens: own.num === ZERO.num ? 0 : Number(toInteger(own)) }];
  });
  traffic.set(id, {
    models: [...known.models, model],
    rows: [...known.rows, ...inside],
    tokens: known.tokens + inside.reduce((sum, { tokens }) => sum + tokens, 0),
    nanoUsd: known.nanoUsd + model.nanoUsd,
  });
}
