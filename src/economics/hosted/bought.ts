/** What is bought from hosted APIs already: dollars and tokens by model, and whose they are. */

import type { Charge } from '../../domain/charge.ts';
import {
  add,
  divide,
  type Exact,
  exact,
  exactInteger,
  toInteger,
  ZERO,
} from '../../domain/exact.ts';
import { matchesGlob } from '../../domain/glob.ts';
import { billedTokens, type HostedUsage, MODEL_TAG } from '../../domain/hostedUsage.ts';
import { durationMs, intersection, overlapMs, type Period } from '../../domain/period.ts';
import { sumWhole } from '../../domain/whole.ts';
import type { Account, ChargeBook } from '../chargeBook.ts';
import type { AlreadyBought, BoughtTokens, DeploymentInput, StackInput } from '../input.ts';
import type { Warning } from '../warning.ts';

/** Tokens of a row that its source counts and somebody else is paid for: the key was our own. */
const OWN_KEY = 'byok';

/**
 * Rows of usage, and lines of bills that count tokens, as one list: what was bought of a model in a
 * stretch of time, in an order that arrival does not change.
 */
export function boughtKeeper() {
  const sums = new Map<string, { readonly of: Omit<BoughtTokens, 'tokens'>; tokens: Exact }>();
  const note = (of: Omit<BoughtTokens, 'tokens'>, tokens: Exact) => {
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
      note(of, exactInteger(tokens));
    },
    /** Only of lines for hosted models; any other changes nothing. */
    addCharge(charge: Charge): void {
      const told = charge.category === 'hosted' ? billedTokens(charge) : undefined;
      if (told === undefined) return;
      note({ sourceId: charge.sourceId, model: told.model, period: charge.period }, told.tokens);
    },
    close(): BoughtTokens[] {
      const rows = [...sums].sort(([a], [b]) => (a < b ? -1 : 1));
      return rows.map(([, { of, tokens }]) => ({ ...of, tokens: Number(toInteger(tokens)) }));
    },
  };
}

/** One model of one source: what was billed for it in the window, and the tokens it is for. */
export interface BoughtModel {
  readonly sourceId: string;
  readonly model: string;
  /** Whose traffic it is; absent where no deployment answers for it. */
  readonly deployment?: string;
  /** Nano-USD by day of the window on which a line falls; empty where nothing was billed. */
  readonly byDay: ReadonlyMap<number, bigint>;
  readonly nanoUsd: bigint;
  /** Those of the window; absent where no usage tells any. */
  readonly tokens?: number;
  /** Told by a gateway in between: it is in no sum. */
  readonly secondHand?: true;
}

/** What a deployment's traffic was bought elsewhere meanwhile. */
export interface BoughtTraffic {
  /** With dollars and tokens both. */
  readonly models: readonly BoughtModel[];
  /** In tokens of ours, each by the ratio of its model. */
  readonly rows: readonly (Period & { readonly model: BoughtModel; readonly tokens: number })[];
  readonly tokens: number;
  readonly nanoUsd: bigint;
}

export interface Bought {
  readonly models: readonly BoughtModel[];
  /** By deployment, of those that have any. */
  readonly byDeployment: ReadonlyMap<string, BoughtTraffic>;
  readonly warnings: readonly Warning[];
}

type Wishes = Pick<DeploymentInput, 'id' | 'hosted'>;

/** Nothing where neither a bill nor usage of a hosted model is known. */
export function boughtIn(
  { window, deployments, bought = [] }: Pick<StackInput, 'window' | 'deployments' | 'bought'>,
  { accounts }: Pick<ChargeBook, 'accounts'>,
): Bought | undefined {
  const billed = Map.groupBy(
    accounts.filter(({ category }) => category === 'hosted'),
    (account) => nameOf(account.sourceId, modelOf(account), undefined),
  );
  const told = Map.groupBy(
    bought.filter(({ period }) => overlapMs(period, window) > 0),
    ({ sourceId, model, secondHand }) => nameOf(sourceId, model, secondHand),
  );
  const names = [...new Set([...billed.keys(), ...told.keys()])].sort();
  if (names.length === 0) return undefined;
  const warnings: Warning[] = [];
  const traffic = new Map<string, BoughtTraffic>();
  const models = names.map((name): BoughtModel => {
    const [sourceId = '', model = '', second] = JSON.parse(name) as string[];
    const rows = told.get(name) ?? [];
    const claim = second === '' ? claimOf(deployments, { sourceId, model }) : {};
    if (claim.warning !== undefined) warnings.push(claim.warning);
    const found: BoughtModel = {
      sourceId,
      model,
      ...(claim.by === undefined ? {} : { deployment: claim.by.id }),
      ...dollarsOf(billed.get(name) ?? []),
      ...(rows.length === 0 ? {} : { tokens: tokensIn(rows, window) }),
      ...(second === '' ? {} : { secondHand: true as const }),
    };
    if (claim.by !== undefined) addTraffic(traffic, found, { ...claim.by, rows, window });
    return found;
  });
  return { models, byDeployment: traffic, warnings };
}

function nameOf(sourceId: string, model: string, secondHand: true | undefined): string {
  return JSON.stringify([sourceId, model, secondHand === true ? 'second-hand' : '']);
}

function modelOf({ tags, resourceId }: Account): string {
  return tags?.[MODEL_TAG] ?? resourceId;
}

function dollarsOf(accounts: readonly Account[]): Pick<BoughtModel, 'byDay' | 'nanoUsd'> {
  const byDay = new Map<number, bigint>();
  for (const account of accounts) {
    for (const [day, nanoUsd] of account.byDay) byDay.set(day, (byDay.get(day) ?? 0n) + nanoUsd);
  }
  return { byDay, nanoUsd: sumWhole([...byDay.values()]) };
}

/** A row that reaches beyond the window counts in proportion to time, to the nearest token. */
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
 * Whose traffic a hosted model serves: who says so under `alreadySpent`; where nobody does, who
 * compares itself with this very model of this source. Of several nobody.
 */
function claimOf(
  deployments: readonly Wishes[],
  { sourceId, model }: { readonly sourceId: string; readonly model: string },
): Claim {
  const said = deployments.flatMap(({ id, hosted: { alreadySpent = [] } }) => {
    const found = alreadySpent.find((one) => fits(one, { sourceId, model }));
    return found === undefined ? [] : [{ id, tokenRatio: found.tokenRatio }];
  });
  const implied = deployments.flatMap(({ id, hosted: { equivalents } }) => {
    const found = equivalents.find((one) => one.sourceId === sourceId && one.model === model);
    return found === undefined ? [] : [{ id, tokenRatio: found.tokenRatio }];
  });
  const [first, ...others] = said.length > 0 ? said : implied;
  if (first === undefined) return {};
  if (others.length === 0) return { by: first };
  const ids = [first, ...others].map(({ id }) => id);
  const code = 'bought-model-contested';
  return { warning: { code, source: sourceId, model, deployments: ids } };
}

function fits(one: AlreadyBought, { sourceId, model }: { sourceId: string; model: string }) {
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
