/** Recognizes GPU models from the names that providers use. */

/**
 * Gigabytes by model, from vendor data sheets; by model and form factor where that decides. Other
 * models and sizes are not recognized and never compared.
 */
const SIZES_GB: Readonly<Record<string, readonly number[]>> = {
  T4: [16],
  P4: [8],
  P40: [24],
  P100: [12, 16],
  V100: [16, 32],
  A2: [16],
  A10: [24],
  A10G: [24],
  A30: [24],
  A40: [48],
  A100: [40, 80],
  A800: [40, 80],
  L4: [24],
  L40: [48],
  L40S: [48],
  H20: [96, 141],
  H100: [80, 94],
  'H100 NVL': [94],
  H800: [80],
  H200: [141],
  GH200: [96, 144],
  B200: [180],
  B300: [288],
  GB200: [186],
  GB300: [288],
  'RTX 2080 Ti': [11],
  'RTX 3060': [8, 12],
  'RTX 3060 Ti': [8],
  'RTX 3070': [8],
  'RTX 3070 Ti': [8],
  'RTX 3080': [10, 12],
  'RTX 3080 Ti': [12],
  'RTX 3090': [24],
  'RTX 3090 Ti': [24],
  'RTX 4060': [8],
  'RTX 4060 Ti': [8, 16],
  'RTX 4070': [12],
  'RTX 4070 SUPER': [12],
  'RTX 4070 Ti': [12],
  'RTX 4070 Ti SUPER': [16],
  'RTX 4080': [16],
  'RTX 4080 SUPER': [16],
  'RTX 4090': [24],
  'RTX 4090D': [24],
  'RTX 5060 Ti': [8, 16],
  'RTX 5070': [12],
  'RTX 5070 Ti': [16],
  'RTX 5080': [16],
  'RTX 5090': [32],
  'Quadro RTX 4000': [8],
  'Quadro RTX 5000': [16],
  'Quadro RTX 6000': [24],
  'Quadro RTX 8000': [48],
  'RTX A2000': [6, 12],
  'RTX A4000': [16],
  'RTX A4500': [20],
  'RTX A5000': [24],
  'RTX A6000': [48],
  'RTX 2000 Ada': [16],
  'RTX 4000 Ada': [20],
  'RTX 4000 SFF Ada': [20],
  'RTX 4500 Ada': [24],
  'RTX 5000 Ada': [32],
  'RTX 5880 Ada': [48],
  'RTX 6000 Ada': [48],
  'RTX PRO 4000': [24],
  'RTX PRO 4500': [32],
  'RTX PRO 5000': [48, 72],
  'RTX PRO 6000': [96],
  'RTX PRO 6000 Max-Q': [96],
  MI100: [32],
  MI210: [64],
  MI250: [128],
  MI250X: [128],
  MI300A: [128],
  MI300X: [192],
  MI308X: [192],
  MI325X: [256],
  MI350X: [288],
  MI355X: [288],
};

/** The size for a name without one: only the H100 NVL has 94 GB. */
const USUAL_GB: Readonly<Record<string, number>> = { H100: 80 };

/**
 * Other sizes under which the same memory is sold: rounded, gross, or the 480 GB of a GH200's CPU.
 */
const SPELLED_GB: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  H200: { 140: 141 },
  GH200: { 480: 96 },
  B200: { 192: 180 },
  GB200: { 192: 186 },
};

/** Names that some providers use for another model. */
const SPELLED_MODELS: Readonly<Record<string, string>> = {
  'A4000 Ada': 'RTX 4000 Ada',
  'A5000 Ada': 'RTX 5000 Ada',
  'A6000 Ada': 'RTX 6000 Ada',
};

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
