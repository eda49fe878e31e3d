/** Converts Vast.ai's charges of one contract in one UTC day, split by item type. */

import type { Charge, ChargeCategory, PricingClass } from '../../domain/charge.ts';
import {
  add,
  compare,
  decimal,
  type Exact,
  exactInteger,
  multiply,
  parseExact,
  subtract,
  ZERO,
} from '../../domain/exact.ts';
import { usdDigits } from '../../domain/figures.ts';
import { type NanoUsd, nanoFromUsd, nanoUsd, sumNano, usd } from '../../domain/money.ts';
import { dayText, instantText, type Period } from '../../domain/period.ts';
import type { PullWarning } from '../../domain/pullWarning.ts';
import { shortText } from '../../platform/json.ts';
import type { JsonList } from '../../platform/jsonList.ts';
import { firstFaultText } from '../../platform/responseSchemas.ts';
import type { AnswerFacts } from '../api.ts';
import { readRows } from '../records.ts';
import {
  type ChargeItem,
  chargeRow,
  isNamed,
  type ListProgress,
  missingItems,
  type VastChargeRow,
  type VastDetails,
  type VastDetailsById,
} from './normalize.ts';

export interface DayContext {
  readonly sourceId: string;
  readonly day: Period;
  readonly detailsById: VastDetailsById;
  readonly progress: ListProgress;
  /** The stated total of the list. */
  readonly total: number | null | undefined;
  readonly isLast: boolean;
}

const CHARGES_KEY = 'charges/';

/**
 * Reads one page of a day's charges. The amount of a row is that of the requested day, whatever the
 * times of its contract.
 */
export function readCharges(answer: JsonList, context: DayContext): AnswerFacts {
  const { day, progress } = context;
  const notes = newNotes(day);
  const { facts, rejects, warnings } = readRows(answer.items(), (raw) => {
    progress.records += 1;
    const read = chargeRow.safeParse(raw);
    if (!read.success) return firstFaultText(read.error);
    const split = splitOf(read.data);
    const fault = faultIn(read.data, split, progress);
    if (fault !== undefined) return fault;
    progress.ids.add(read.data.source);
    const hours = hoursOf(split.parts, context.detailsById.get(read.data.source));
    const row = { ...split, row: read.data, hours };
    notes.take(row);
    return chargesOf(row, context);
  });
  const all = [...rejects, ...missingItems(progress, context.total, context.isLast)];
  const isWhole = all.length === 0 && !notes.isDoubtful();
  return {
    charges: facts,
    rejects: all,
    warnings: [...warnings, ...notes.all()],
    ...(isWhole ? { completeFor: { keyPrefix: CHARGES_KEY, window: day } } : {}),
  };
}

function faultIn(
  { source }: VastChargeRow,
  split: Split,
  { ids }: ListProgress,
): string | undefined {
  if (ids.has(source)) {
    return 'source: duplicate contract and day; only the first one was used';
  }
  const { total, parts, isRounding } = split;
  const opposite = parts.find(({ billed }) => billed * total < 0n);
  if (isRounding || opposite === undefined) return undefined;
  return `amount: expected the sign of its item "${opposite.name}", or items that sum to it`;
}

/** An accepted row, its parts, and the hours they state. */
interface SplitRow extends Split {
  readonly row: VastChargeRow;
  readonly hours: Hours | undefined;
}

interface PartOf {
  readonly name: string;
  readonly billed: NanoUsd;
  readonly items: readonly ChargeItem[];
}

/** Half a tenth of a cent, the largest rounding error at 3 decimals. */
const HALF_STEP_NANO = 500_000n;

type Split = ReturnType<typeof splitOf>;

/** Splits a row by item type, with the difference to its amount. */
function splitOf({ amount, items }: VastChargeRow) {
  const total = nanoFromUsd(decimal(amount));
  const byType = Map.groupBy(items ?? [], ({ type }) => type);
  const parts = [...byType].map(
    ([name, itemsOfType]): PartOf => ({
      name,
      items: itemsOfType,
      billed: sumNano(itemsOfType.map((item) => nanoFromUsd(decimal(item.amount)))),
    }),
  );
  const difference = nanoUsd(total - sumNano(parts.map(({ billed }) => billed)));
  const size = difference < 0n ? 0n - difference : difference;
  const roundings = BigInt((items ?? []).length) + 1n;
  const isRounding = parts.length > 0 && size <= roundings * HALF_STEP_NANO;
  return { total, parts, difference, isRounding };
}

interface Hours {
  readonly quantity: Exact;
  /** The hours fit into the day of one machine. */
  readonly isOfDay: boolean;
  /** The hours exceed even a day of each GPU, so the amount covers more than this day. */
  readonly isTooLong: boolean;
}

const IN_WORDS = /^\s*(\d+(?:\.\d+)?) hours? at \$(\d+(?:\.\d+)?)\/h(?:ou)?r\b/i;
const HOURS_OF_DAY = exactInteger(24);
/** Hours and dollars have 3 decimals. */
const HALF_STEP = decimal('0.0005');

/**
 * Hours in the text of the GPU items, if each times its rate is its amount: 96.000 hours at
 * $0.389/hour are $37.344. `undefined` if an item states none.
 */
function hoursOf(parts: readonly PartOf[], holding: VastDetails | undefined): Hours | undefined {
  const items = parts.find(({ name }) => name === 'gpu')?.items ?? [];
  let quantity: Exact = ZERO;
  for (const item of items) {
    const hours = hoursIn(item);
    if (hours === undefined) return undefined;
    quantity = add(quantity, hours);
  }
  if (items.length === 0) return undefined;
  const step = multiply(HALF_STEP, exactInteger(items.length));
  const exceeds = (hours: Exact) => compare(subtract(quantity, hours), step) > 0;
  const ofGpus = multiply(HOURS_OF_DAY, exactInteger(holding?.gpuCount ?? 1));
  return { quantity, isOfDay: !exceeds(HOURS_OF_DAY), isTooLong: exceeds(ofGpus) };
}

function hoursIn({ description, amount }: ChargeItem): Exact | undefined {
  const [, hoursText, price] = IN_WORDS.exec(description ?? '') ?? [];
  const [hours, rate] = [parseExact(hoursText ?? ''), parseExact(price ?? '')];
  if (hours === undefined || rate === undefined) return undefined;
  const gap = subtract(multiply(hours, rate), decimal(amount));
  const size = gap.num < 0n ? { num: -gap.num, den: gap.den } : gap;
  const slack = multiply(HALF_STEP, add(add(hours, rate), exactInteger(1)));
  return compare(size, slack) <= 0 ? hours : undefined;
}

const CATEGORIES: Readonly<Record<string, ChargeCategory>> = {
  gpu: 'compute',
  disk: 'storage',
  bwd: 'network',
  bwu: 'network',
};

/**
 * One charge per item type, and one for the difference to the row's amount, so that they sum to it.
 * Items of $0.3334 and $0.0333 in a row of $0.367 leave a difference of $0.0003.
 */
function chargesOf(split: SplitRow, { sourceId, day, detailsById }: DayContext): Charge[] {
  const { row, parts, difference, hours } = split;
  const rest = { category: restCategory(row, parts), billed: difference };
  const amounts = [
    ...parts.map(({ name, billed }) => ({
      name,
      category: CATEGORIES[name] ?? ('fee' as const),
      billed,
    })),
    { name: 'difference', ...rest },
  ];
  const owner = resourceOf(row, detailsById);
  const place = `${CHARGES_KEY}${encodeURIComponent(row.source)}`;
  const since = instantText(day.startMs);
  return amounts
    .filter(({ billed }) => billed !== 0n)
    .map(({ name, category, billed }) => ({
      sourceId,
      key: `${place}/${encodeURIComponent(name)}/${since}`,
      ...owner.resource,
      category,
      period: day,
      billed,
      ...(category === 'compute' ? owner.gpus : {}),
      ...(name === 'gpu' && hours?.isOfDay === true && billed > 0n
        ? { quantity: hours.quantity, unit: 'Hours' }
        : {}),
      basis: 'billed',
    }));
}

/** A row without items has its contract's category; otherwise the difference is a fee. */
function restCategory({ type }: VastChargeRow, parts: readonly PartOf[]): ChargeCategory {
  if (parts.length > 0) return 'fee';
  return type === 'volume' ? 'storage' : 'compute';
}

/** A serverless worker is billed as an instance, but its resource is the endpoint. */
function resourceOf({ source, type, metadata }: VastChargeRow, holdings: VastDetailsById) {
  const details = holdings.get(source) ?? {};
  const { label, endpoint_id: endpointId, workergroup_id: group } = metadata ?? {};
  const isWorker = endpointId !== null && endpointId !== undefined;
  const resourceId = isWorker ? `endpoint-${endpointId}` : source;
  const given = isNamed(label) ? label : details.name;
  const name = isWorker ? holdings.get(resourceId)?.name : given;
  const isServerless = isWorker || type === 'serverless';
  const pricingClass: PricingClass = isServerless
    ? 'serverless'
    : details.isBid === true
      ? 'spot'
      : 'on-demand';
  const isClassKnown = isServerless || details.isBid !== undefined || type === 'volume';
  const { gpuType, gpuCount } = details;
  return {
    resource: {
      resourceId,
      ...(name === undefined ? {} : { resourceName: name }),
      pricingClass,
      ...(isClassKnown ? {} : { isClassPresumed: true as const }),
      ...(isWorker ? { tags: { contract: source, ...(group ? { workergroup: group } : {}) } } : {}),
    },
    gpus: {
      ...(gpuType === undefined ? {} : { gpuType }),
      ...(gpuCount === undefined ? {} : { gpuCount }),
    },
  };
}

/** Collects warnings of a page, one per cause instead of one per row. */
function newNotes(day: Period) {
  const unknown = new Set<string>();
  const tooLong: string[] = [];
  let open = { rows: 0, nano: 0n };
  return {
    take({ row, parts, difference, isRounding, hours }: SplitRow): void {
      for (const { name } of parts) if (CATEGORIES[name] === undefined) unknown.add(name);
      if (hours?.isTooLong === true) tooLong.push(row.source);
      if (parts.length === 0 || isRounding) return;
      open = { rows: open.rows + 1, nano: open.nano + difference };
    },
    /** Whether the amounts may cover more than this day. */
    isDoubtful: () => tooLong.length > 0,
    all(): PullWarning[] {
      const date = dayText(day.startMs);
      const names = (list: Iterable<string>) => shortText([...list].sort().join(', '), 200);
      return [
        ...(unknown.size === 0
          ? []
          : [{ code: 'unknown-bill-items', bill: 'Vast.ai', items: names(unknown) } as const]),
        ...(open.rows === 0
          ? []
          : [
              {
                code: 'unexplained-amount',
                bill: 'Vast.ai',
                day: date,
                records: open.rows,
                usd: usdDigits(usd(open.nano)),
              } as const,
            ]),
        ...(tooLong.length === 0
          ? []
          : [{ code: 'more-than-a-day-billed', day: date, contracts: names(tooLong) } as const]),
      ];
    },
  };
}
