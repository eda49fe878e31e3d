/** GPU models rented out for inference, with their memory sizes. */

/**
 * Gigabytes by model, from vendor data sheets; by model and form factor where that decides. Other
 * models and sizes are not recognized and never compared.
 */
export const SIZES_GB: Readonly<Record<string, readonly number[]>> = {
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
export const USUAL_GB: Readonly<Record<string, number>> = { H100: 80 };

/**
 * Other sizes under which the same memory is sold: rounded, gross, or the 480 GB of a GH200's CPU.
 */
export const SPELLED_GB: Readonly<Record<string, Readonly<Record<number, number>>>> = {
  H200: { 140: 141 },
  GH200: { 480: 96 },
  B200: { 192: 180 },
  GB200: { 192: 186 },
};

/** Names that some providers use for another model. */
export const SPELLED_MODELS: Readonly<Record<string, string>> = {
  'A4000 Ada': 'RTX 4000 Ada',
  'A5000 Ada': 'RTX 5000 Ada',
  'A6000 Ada': 'RTX 6000 Ada',
};
