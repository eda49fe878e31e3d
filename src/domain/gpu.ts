/** Which GPU a name means, however a provider spells it. */

import { SIZES_GB, SPELLED_GB, SPELLED_MODELS, USUAL_GB } from './gpuModels.ts';

/** What decides whether one GPU does what another does; what the name does not tell is absent. */
export interface GpuKind {
  /** As its maker calls it: `H100`, `RTX 6000 Ada`. */
  readonly model: string;
  readonly memoryGb?: number;
  readonly form?: GpuForm;
}

type GpuForm = 'SXM' | 'PCIe' | 'NVL';

/** Words that say nothing of the GPU itself. */
const ASIDES: ReadonlySet<string> = new Set(
  `nvidia amd geforce rtx tesla instinct gpu tensor core generation gen edition hopper blackwell
  workstation server hgx dgx nvl72 nvlink oam ib gdr ac secure community hbm hbm2 hbm2e hbm3
  hbm3e`.split(/\s+/),
);

const LONGEST_NAME = 100;

/**
 * Reads `NVIDIA H100 80GB HBM3`, `H100_SXM5_80GB` and `gpu_1x_h100_sxm5` as one and the same: an
 * H100 SXM of 80 GB. Memory that is not told is the model's where there is but one size (an L40S
 * has 48 GB, an `A100` 40 or 80: unknown). A word that is not understood could mean another
 * thing (a slice, a laptop's chip): `H100 40GB MIG` is `undefined`, never guessed.
 */
export function gpuKey(name: string): GpuKind | undefined {
  if (name.length > LONGEST_NAME) return undefined;
  const words = wordsOf(name);
  const model = MODELS.get(modelWords(words));
  const forms = new Set(words.flatMap((word) => formOf(word) ?? []));
  const sizes = new Set(words.flatMap((word) => gigabytesOf(word) ?? []));
  if (model === undefined || forms.size > 1 || sizes.size > 1) return undefined;
  const [told] = sizes;
  const [form = impliedForm(model, told, words)] = forms;
  const known = SIZES_GB[`${model} ${form}`] ?? SIZES_GB[model] ?? [];
  const spelled = told === undefined ? undefined : (SPELLED_GB[model]?.[told] ?? told);
  if (spelled !== undefined && !known.includes(spelled)) return undefined;
  const memoryGb = spelled ?? (known.length === 1 ? known[0] : USUAL_GB[model]);
  return {
    model,
    ...(memoryGb === undefined ? {} : { memoryGb }),
    ...(form === undefined ? {} : { form }),
  };
}

/**
 * True for the same model and memory; memory that is unknown on either side is not the same. Form
 * factors must agree where both tell theirs.
 */
export function sameGpu(a: GpuKind, b: GpuKind): boolean {
  if (a.model !== b.model || a.memoryGb === undefined || a.memoryGb !== b.memoryGb) return false;
  return a.form === undefined || b.form === undefined || a.form === b.form;
}

/** Spelled alike, or understood as the same; one that is not understood is like nothing else. */
export function isSameGpuName(one: string, other: string): boolean {
  const [a, b] = [gpuKey(one), gpuKey(other)];
  return one === other || (a !== undefined && b !== undefined && sameGpu(a, b));
}

/** `H100 80 GB SXM`. */
export function gpuText({ model, memoryGb, form }: GpuKind): string {
  const memory = memoryGb === undefined ? [] : [`${memoryGb} GB`];
  return [model, ...memory, ...(form === undefined ? [] : [form])].join(' ');
}

/** Small letters, with what is written together taken apart: `8xRTX6000Ada` is four words. */
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

/** The H100 of 80 GB that carries HBM3 is the SXM; that of the PCIe card is HBM2e. */
function impliedForm(model: string, told: number | undefined, words: readonly string[]) {
  return model === 'H100' && told === 80 && words.includes('hbm3') ? 'SXM' : undefined;
}
