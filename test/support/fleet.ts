/** A seeded fleet of many deployments as files: its configuration, and a quarter of its facts. */

import { DAY_MS, dayText, instantText } from '../../src/domain/period.ts';
import { seededRandom } from '../../src/platform/random.ts';

const START_MS = Date.UTC(2026, 6, 1);
const DAYS = 92;
const HOURS_OF_AN_INTERVAL = 6;
/** Prices of two providers per million tokens: prompt, cached prompt, output. */
const MODELS = [
  { model: 'meta/llama-70b', gpus: 2, tokensPerSecond: 2400, prices: ['0.6,0.3,0.9', '0.7,,0.8'] },
  { model: 'meta/llama-8b', gpus: 1, tokensPerSecond: 5200, prices: ['0.2,,0.4', '0.25,0.1,0.3'] },
  { model: 'qwen/qwen-32b', gpus: 1, tokensPerSecond: 2100, prices: ['0.35,0.2,0.5', '0.4,,0.6'] },
  {
    model: 'deepseek/coder-v2',
    gpus: 4,
    tokensPerSecond: 3000,
    prices: ['0.8,0.3,1.6', '0.9,,1.5'],
  },
] as const;
const TEAMS = ['ads', 'claims', 'fraud', 'legal', 'search', 'support', 'sales', 'supply-chain'];
const TASKS = [
  'chat',
  'summaries',
  'extraction',
  'triage',
  'translation',
  'code-review',
  'ranking',
];

interface Pods {
  readonly id: string;
  readonly kind: (typeof MODELS)[number];
  readonly replicas: number;
  readonly centsPerGpuHour: number;
  /** Share of the total capacity. */
  readonly load: number;
  readonly isWatched: boolean;
  readonly waiver: string;
}

/** The same `deployments` give the same files. Every seventh is waived, every 23rd unwatched. */
export function fleetFiles(deployments: number): Readonly<Record<string, string>> {
  const pods = Array.from({ length: deployments }, (_, at) => podsOf(at));
  return {
    'rentcheck.yaml': configOf(pods),
    'charges.csv': chargesOf(pods),
    'usage.csv': usageOf(pods),
    'prices.csv': pricesOf(),
  };
}

function podsOf(at: number): Pods {
  const random = seededRandom(`fleet ${at}`);
  const kind = MODELS[random.integer(0, MODELS.length - 1)] ?? MODELS[0];
  const team = TEAMS[at % TEAMS.length] ?? '';
  const task = TASKS[at % TASKS.length] ?? '';
  return {
    id: `${team}-${task}-${String(at).padStart(3, '0')}`,
    kind,
    replicas: random.integer(1, 6),
    centsPerGpuHour: random.integer(150, 260),
    load: random.next(),
    isWatched: at % 23 !== 22,
    waiver: at % 7 === 6 ? '{ reason: data residency, owner: legal, expires: 2027-03-31 }' : '',
  };
}

function configOf(pods: readonly Pods[]): string {
  const each = pods.map(
    ({ id, kind: { model, gpus, tokensPerSecond }, waiver }) => `  ${id}:
    model: ${model}
    gpu: { type: H100-80GB, count: ${gpus} }
    resources: [{ source: import, match: { id: ${id} } }]
    usage: { source: import }
    capacity: { tokensPerSecond: ${tokensPerSecond}, measured: 2026-06-01, evidence: load test }
    hosted: { equivalents: [{ via: import, model: ${model} }] }
${waiver === '' ? '' : `    waiver: ${waiver}\n`}`,
  );
  return `ledger: ./rentcheck.db
report: { from: audit@example.com, to: [cfo@example.com], timeZone: UTC }
smtp: { url: "smtp://127.0.0.1" }
deployments:
${each.join('')}`;
}

const CHARGE_COLUMNS =
  'id,resource_id,resource_name,category,pricing_class,' +
  'start,end,billed_cost,currency,quantity,unit';

/** A charge a day for each deployment, and one unattributed pod. */
function chargesOf(pods: readonly Pods[]): string {
  const rows = [...pods, NOBODYS].flatMap(({ id, kind, replicas, centsPerGpuHour }) =>
    days().map((startMs) => {
      const hours = 24 * kind.gpus * replicas;
      const usd = (hours * centsPerGpuHour) / 100;
      const [start, end] = [dayText(startMs), dayText(startMs + DAY_MS)];
      const what = `${id}/${start},${id},${id},compute,on-demand`;
      return `${what},${start},${end},${usd.toFixed(2)},USD,${24 * replicas},Hours`;
    }),
  );
  return `${CHARGE_COLUMNS}\n${rows.join('\n')}\n`;
}

const NOBODYS = { id: 'left-running', kind: MODELS[1], replicas: 1, centsPerGpuHour: 199 };

const COUNTS = 'prompt_tokens,cached_tokens,output_tokens,requests,busy_seconds,replica_seconds';

function usageOf(pods: readonly Pods[]): string {
  const rows = pods.filter(({ isWatched }) => isWatched).flatMap(usageRows);
  return `deployment,start,end,${COUNTS}\n${rows.join('\n')}\n`;
}

/** Twice as much in the middle of a day as at night. */
const WAVE = [0.6, 1.2, 1.4, 0.8];

function usageRows({ id, kind, replicas, load }: Pods): string[] {
  const random = seededRandom(`usage of ${id}`);
  const seconds = HOURS_OF_AN_INTERVAL * 3600;
  return days().flatMap((dayMs) =>
    WAVE.map((wave, at) => {
      const startMs = dayMs + at * seconds * 1000;
      const share = Math.min(1, load * wave * (0.9 + 0.2 * random.next()));
      const tokens = Math.round(share * seconds * replicas * kind.tokensPerSecond);
      const [cached, output] = [Math.round(tokens * 0.2), Math.round(tokens * 0.2)];
      const counts = [tokens - output, cached, output, Math.round(tokens / 2000)];
      const times = [Math.round(share * seconds * replicas), seconds * replicas];
      const span = [instantText(startMs), instantText(startMs + seconds * 1000)];
      return [id, ...span, ...counts, ...times].join(',');
    }),
  );
}

function pricesOf(): string {
  const rows = MODELS.flatMap(({ model, prices }) =>
    prices.map((price, at) => `host-${'ab'[at]},${model},fp8,2026-01-01,${price},`),
  );
  const columns = 'host,model,quantization,valid_from,input_usd_per_mtok';
  return `${columns},cached_usd_per_mtok,output_usd_per_mtok,request_usd\n${rows.join('\n')}\n`;
}

function days(): number[] {
  return Array.from({ length: DAYS }, (_, day) => START_MS + day * DAY_MS);
}
