/** Files of a pod and a provider over several quarters: a day is 24 h of GPU time and 24 Mtok. */

import { DAY_MS, HOUR_MS } from '../../src/domain/period.ts';
import { startScenario } from './scenarioApp.ts';

const CONFIG = `
ledger: ./rentcheck.db
deployments:
  chat:
    model: open/model
    gpu: { type: H100-80GB, count: 1 }
    resources: [{ source: import, match: { id: pod-1 } }]
    usage: { source: import }
    capacity: { tokensPerSecond: 1000 }
    hosted: { equivalents: [{ via: import, model: open/model }], policy: cheapest }
labor:
  selfHosted:
    fixedHours: { low: 0, base: 0, high: 0 }
    hoursPerDeployment: { low: 0, base: 0, high: 0 }
  hosted:
    fixedHours: { low: 0, base: 0, high: 0 }
    hoursPerDeployment: { low: 0, base: 0, high: 0 }
`;

const FIRST_YEAR = 2026;

/** The start of a quarter, counted from the first of 2026. */
export function quarterMs(index: number): number {
  return Date.UTC(FIRST_YEAR, index * 3, 1);
}

/** `2026-Q1` for 0. */
export function quarterName(index: number): string {
  return `${FIRST_YEAR + Math.floor(index / 4)}-Q${(index % 4) + 1}`;
}

const dayText = (ms: number) => new Date(ms).toISOString().slice(0, 10);

/** Dollars per hour of the pod, quarter by quarter. */
export function chargesCsv(usdPerHour: readonly number[]): string {
  const lines = usdPerHour.map((usd, index) => {
    const [from, to] = [quarterMs(index), quarterMs(index + 1)];
    const hours = (to - from) / HOUR_MS;
    const what = `line-${index},pod-1,pod,compute,on-demand,${dayText(from)},${dayText(to)}`;
    return `${what},${(hours * usd).toFixed(2)},USD,${hours},Hours`;
  });
  const head = 'id,resource_id,resource_name,category,pricing_class,start,end,billed_cost';
  return `${[`${head},currency,quantity,unit`, ...lines].join('\n')}\n`;
}

function usageCsv(quarters: number): string {
  const days = (quarterMs(quarters) - quarterMs(0)) / DAY_MS;
  const lines = Array.from({ length: days }, (_, day) => {
    const at = quarterMs(0) + day * DAY_MS;
    return `chat,${dayText(at)},${dayText(at + DAY_MS)},24000000,0,0,24000,86400,86400`;
  });
  const head = 'deployment,start,end,prompt_tokens,cached_tokens,output_tokens,requests';
  return `${[`${head},busy_seconds,replica_seconds`, ...lines].join('\n')}\n`;
}

/** Dollars per million tokens, quarter by quarter. */
function pricesCsv(usdPerMtok: readonly number[]): string {
  const lines = usdPerMtok.map((usd, index) => {
    const day = dayText(quarterMs(index));
    return `host,open/model,fp8,${day},${usd.toFixed(2)},,${usd.toFixed(2)},`;
  });
  const head = 'host,model,quantization,valid_from,input_usd_per_mtok,cached_usd_per_mtok';
  return `${[`${head},output_usd_per_mtok,request_usd`, ...lines].join('\n')}\n`;
}

export interface QuarterPrices {
  /** By quarter; its length sets the number of quarters. */
  readonly usdPerMtok: readonly number[];
  /** Of the pod, by quarter; $4.00 by default. */
  readonly usdPerHour?: readonly number[];
  /** The rate of another provider for such a GPU. */
  readonly rateElsewhere?: string;
}

/** Each quarter's files are imported as it ends: a bill of the future is refused. */
export async function runQuarters({ usdPerMtok, usdPerHour, rateElsewhere }: QuarterPrices) {
  const rate = `verda,H100-80GB,on-demand,2025-12-01,${rateElsewhere}`;
  const rates = `provider,gpu_type,pricing_class,valid_from,usd_per_gpu_hour\n${rate}\n`;
  const files = {
    'rentcheck.yaml': CONFIG,
    ...(rateElsewhere === undefined ? {} : { 'rates.csv': rates }),
  };
  const office = await startScenario(files, quarterMs(0));
  const hourly = usdPerHour ?? usdPerMtok.map(() => 4);
  for (let quarters = 1; quarters <= usdPerMtok.length; quarters += 1) {
    office.clock.set(quarterMs(quarters));
    await office.replace('charges', chargesCsv(hourly.slice(0, quarters)));
    await office.replace('usage', usageCsv(quarters));
    await office.replace('prices', pricesCsv(usdPerMtok.slice(0, quarters)));
  }
  return office;
}

export type QuartersScenario = Awaited<ReturnType<typeof runQuarters>>;

/** When a quarter's audit is made: on the fifth day after it. */
export function auditTimeMs(index: number): number {
  return quarterMs(index + 1) + 4 * DAY_MS;
}

/** Quarter after quarter. */
export async function auditQuarters(office: QuartersScenario, quarters: number) {
  const results = [];
  for (let index = 0; index < quarters; index += 1) {
    office.clock.set(auditTimeMs(index));
    results.push(await office.audit(quarterName(index)));
  }
  return results;
}
