/** A small Lambda account with known truth. */

import { HOUR_MS, MINUTE_MS } from '../../../src/domain/period.ts';
import type { PlantedAccount } from './emulator.ts';

export const SEPTEMBER_2_MS = Date.UTC(2026, 8, 2);
const at = (hours: number, minutes = 0) => SEPTEMBER_2_MS + hours * HOUR_MS + minutes * MINUTE_MS;

/** $23.92 an hour for eight GPUs, $0.75 for one. */
export const TYPES = {
  gpu_8x_h100_sxm5: { gpus: 8, gpu: 'H100 (80 GB SXM5)', cents: [[0, 2392]] },
  gpu_1x_a10: { gpus: 1, gpu: 'A10 (24 GB PCIe)', cents: [[0, 75]] },
} as const;

export const ACCOUNT: PlantedAccount = {
  types: TYPES,
  instances: [
    { id: 'aa01', name: 'trainer', type: 'gpu_8x_h100_sxm5', launchedMs: at(1, 15) },
    { id: 'bb002', type: 'gpu_1x_a10', launchedMs: at(2), terminatedMs: at(3, 30) },
  ],
  fileSystems: [{ id: 'fs1', bytes: 3 * 2 ** 30 }],
};
