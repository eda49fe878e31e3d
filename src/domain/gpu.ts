/** Recognizes GPU models from the names that providers use. */

import { SIZES_GB, SPELLED_GB, SPELLED_MODELS, USUAL_GB } from './gpuModels.ts';

/** What makes two GPUs comparable. What the name does not state is absent. */
export interface GpuKind {
  /** The vendor's name: `H100`, `RTX 6000 Ada`. */
  readonly model: string;
  readonly memoryGb?: number;
  readonly form?: GpuForm;
}

type GpuForm = 'SXM' | 'PCIe' | 'NVL';

/** Words that do not identify the GPU. */
const ASIDES: ReadonlySet<string> = new Set(
  `nvidia amd geforce rtx tesla instinct gpu tensor core generation gen edition hopper blackwell
  workstation server hgx dgx nvl72 nvlink oam ib gdr ac secure community hbm hbm2 hbm2e hbm3
  hbm3e`.split(/\s+/),
);

const LONGEST_NAME = 100;

/**
 * Reads `NVIDIA H100 80GB HBM3`, `H100_SXM5_80GB` and `gpu_1x_h100_sxm5` as the same GPU: an H100
 * SXM with 80 GB. Memory that is not stated is the model's, if it has one size: an L40S has 48 GB,
 * an `A100` 40 or 80 (unknown). An unknown word could mean something else (a slice, a laptop chip),
 * so `H100 40GB MIG` is `undefined`, never guessed.
 */
export function parseGpu(name: string): GpuKind | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const words = wordsOf(name);
  const model = MODELS.get(modelWords(words));
  const forms = new Set(words.flatMap((word) => formOf(word) ?? []));
  const sizes = new Set(words.flatMap((word) => gigabytesOf(word) ?? []));
  if (model === undefined || forms.size > 1 || sizes.size > 1) return undefined;
  const [statedGb] = sizes;
  const [form = impliedForm(model, statedGb, words)] = forms;
  const known = SIZES_GB[`${model} ${form}`] ?? SIZES_GB[model] ?? [];
  const spelled = statedGb === undefined ? undefined : (SPELLED_GB[model]?.[statedGb] ?? statedGb);
  if (spelled !== undefined && !known.includes(spelled)) return undefined;
  const memoryGb = spelled ?? (known.length === 1 ? known[0] : USUAL_GB[model]);
  return {
    model,
    ...(memoryGb === undefined ? {} : { memoryGb }),
    ...(form === undefined ? {} : { form }),
  };
}

/**
 * True for the same model and memory. Unknown memory on either side is not the same. Form factors
 * must agree if both are stated.
 */
export function isSameGpu(a: GpuKind, b: GpuKind): boolean {
  if (a.model !== b.model || a.memoryGb === undefined || a.memoryGb !== b.memoryGb) return false;
  return a.form === undefined || b.form === undefined || a.form === b.form;
}

/**
 * Whether two names are equal or mean the same GPU. A name that is not recognized equals only
 * itself.
 */
export function isSameGpuName(one: string, other: string): boolean {
  const [a, b] = [parseGpu(one), parseGpu(other)];
  return one === other || (a !== undefined && b !== undefined && isSameGpu(a, b));
}

/** `H100 80 GB SXM`. */
export function formatGpu({ model, memoryGb, form }: GpuKind): string {
  const memory = memoryGb === undefined ? [] : [`${memoryGb} GB`];
  return [model, ...memory, ...(form === undefined ? [] : [form])].join(' ');
}

/** Lower-case words, splitting joined ones: `8xRTX6000Ada` is four words. */
function wordsOf(name: string): string[] {
  return name
    .toLowerCase()
    .replace(/(?<![a-z\d])(\d+) ?g(?:i?b)?(?![a-z\d])/g, ' $1gb ')
    .replace(/(?<![a-z\d])(\d+x)(?=[a-z])/g, '$1 ')
    .replace(/(?<=rtx)(?=[a-z\d])|(?<=pro)(?=\d)|(?<=sxm\d)(?=[a-z])/g, ' ')
    .replace(/(?<=\d)(?=(?:sxm|pcie|nvl|ada|ti|super|ib)(?![a-z]))/g, ' ')
    .split(/[^a-z\d]+/)
    .filter((word) => word !== '');
}

function modelWords(words: readonly string[]): string {
  const isAside = (word: string) =>
    ASIDES.has(word) ||
    /^(?:\d+x|x\d+)$/.test(word) ||
    (formOf(word) ?? gigabytesOf(word)) !== undefined;
  return words.filter((word) => !isAside(word)).join(' ');
}

const MODELS: ReadonlyMap<string, string> = new Map(
  [
    ...Object.keys(SIZES_GB).map((model) => [model, model] as const),
    ...Object.entries(SPELLED_MODELS),
  ]
    .filter(([name]) => !name.endsWith(' NVL'))
    .map(([name, model]) => [modelWords(wordsOf(name)), model]),
);

function formOf(word: string): GpuForm | undefined {
  if (/^sxm\d?$/.test(word)) return 'SXM';
  if (word === 'pcie' || word === 'pci') return 'PCIe';
  return word === 'nvl' ? 'NVL' : undefined;
}

function gigabytesOf(word: string): number | undefined {
  const digits = /^(\d{1,4})gb$/.exec(word)?.[1];
  return digits === undefined ? undefined : Number(digits);
}

/** An 80 GB H100 with HBM3 is the SXM; the PCIe card has HBM2e. */
function impliedForm(model: string, statedGb: number | undefined, words: readonly string[]) {
  return model === 'H100' && statedGb === 80 && words.includes('hbm3') ? 'SXM' : undefined;
}
