import { describe, expect, test } from 'vitest';
import { parseGpu, formatGpu, isSameGpu } from '../../src/domain/gpu.ts';

function read(name: string): string | undefined {
  const kind = parseGpu(name);
  return kind && formatGpu(kind);
}

function alike(a: string, b: string): boolean {
  const [one, other] = [parseGpu(a), parseGpu(b)];
  if (one === undefined || other === undefined) throw new Error(`not understood: ${a}, ${b}`);
  expect(isSameGpu(other, one)).toBe(isSameGpu(one, other));
  return isSameGpu(one, other);
}

describe('a name is recognized in every spelling', () => {
  test.each([
    [
      'H100 80 GB',
      ['H100', 'H100-80GB', 'h100_80g', 'H100 80 GiB', 'HGX H100', '8x H100', 'H100 x8'],
    ],
    [
      'H100 80 GB SXM',
      [
        'NVIDIA H100 80GB HBM3',
        'H100 SXM',
        'H100_SXM5_80GB',
        'gpu_1x_h100_sxm5',
        'gpu_8x_h100_sxm5gdr',
        'H100SXM5',
        'H100 (80 GB SXM5)',
      ],
    ],
    ['H100 80 GB PCIe', ['gpu_1x_h100_pcie', 'NVIDIA H100 PCIe', 'H100-PCI']],
    ['H100 94 GB NVL', ['H100 NVL', 'H100_NVL', 'NVIDIA H100 NVL 94GB']],
    ['A100 80 GB SXM', ['NVIDIA A100-SXM4-80GB', '1x_nvidia_a100_80gb_sxm', 'A100-80GB-SXM']],
    ['A100 40 GB', ['A100 40GB', 'A100 (40GB)', 'a100-40g']],
    ['A100', ['A100', 'NVIDIA A100', 'gpu_8x_a100']],
    ['H200 141 GB', ['H200', 'NVIDIA H200', 'nvidia_h200_140gb']],
    ['B200 180 GB', ['B200', 'HGX B200', 'b200-192gb']],
    ['GB200 186 GB', ['GB200', 'GB200 NVL72', 'gb200-4x']],
    ['GH200', ['GH200', 'gpu_1x_gh200']],
    ['GH200 96 GB', ['NVIDIA GH200 480GB', 'GH200 96GB']],
    ['L4 24 GB', ['L4', 'NVIDIA L4']],
    ['L40 48 GB', ['L40', 'NVIDIA L40']],
    ['L40S 48 GB', ['L40S', 'NVIDIA L40S', 'L40S-48GB']],
    ['A10 24 GB', ['A10', 'gpu_1x_a10']],
    ['A10G 24 GB', ['A10G', 'NVIDIA A10G']],
    ['MI300X 192 GB', ['MI300X', 'AMD Instinct MI300X OAM']],
    ['RTX 4090 24 GB', ['RTX 4090', 'RTX4090', 'RTX_4090', 'NVIDIA GeForce RTX 4090', '4090']],
    ['RTX A6000 48 GB', ['A6000', 'RTX A6000', 'RTXA6000', 'NVIDIA RTX A6000']],
    ['RTX 6000 Ada 48 GB', ['RTX6000Ada', 'NVIDIA RTX 6000 Ada Generation', 'A6000 Ada']],
    ['Quadro RTX 6000 24 GB', ['Quadro RTX 6000']],
    ['RTX PRO 6000 96 GB', ['NVIDIA RTX PRO 6000 Blackwell Server Edition', 'RTXPRO6000']],
    ['RTX 3080 Ti 12 GB', ['NVIDIA GeForce RTX 3080TI', 'RTX 3080 Ti']],
    ['RTX 4070 Ti SUPER 16 GB', ['RTX 4070 Ti SUPER', 'rtx4070ti super']],
    ['V100 32 GB SXM', ['Tesla V100-SXM2-32GB']],
    ['T4 16 GB', ['T4', 'Tesla T4']],
  ])('%s', (expected, names) => {
    expect(names.map(read)).toEqual(names.map(() => expected));
  });
});

test.each([
  '',
  '   ',
  'GPU',
  'NVIDIA',
  '80GB',
  'abacus',
  'RTX 9999',
  'RTX 6000',
  'MI300',
  'H100 40GB',
  'h100-40gb-mig',
  'H100 80GB MIG 1g.10gb',
  'GRID A100-10C',
  'H100 NVL 80GB',
  'H100 SXM PCIe',
  'H100 40GB 80GB',
  'RTX 4090 48GB',
  'RTX 4090 Laptop GPU',
  'Tesla V100-FHHL-16GB',
  'A100 or H100',
  'constructor',
  '__proto__',
  'H100 toString',
  `H100${' '.repeat(1_000_000)}`,
])('%j is not guessed at', (name) => {
  expect(parseGpu(name)).toBeUndefined();
});

describe('two GPUs are the same', () => {
  test.each([
    ['H100-80GB', 'NVIDIA H100 80GB HBM3'],
    ['H100-80GB', 'H100 PCIe'],
    ['A6000', 'NVIDIA RTX A6000'],
    ['H200', 'H200 NVL'],
    ['B200', 'b200-192gb'],
  ])('%s and %s: model and memory agree, and the form does not contradict', (a, b) => {
    expect(alike(a, b)).toBe(true);
  });

  test.each([
    ['H100 SXM', 'H100 PCIe', 'the form differs'],
    ['H100', 'H100 NVL', 'the memory differs'],
    ['A100 40GB', 'A100 80GB', 'the memory differs'],
    ['A100', 'A100 80GB', 'the memory of one is unknown'],
    ['A100', 'A100', 'the memory of both is unknown'],
    ['A100 80GB', 'A800 80GB', 'the model differs'],
    ['RTX A6000', 'RTX 6000 Ada', 'the model differs'],
    ['RTX PRO 6000', 'RTX PRO 6000 Max-Q', 'the model differs'],
  ])('but not %s and %s: %s', (a, b) => {
    expect(alike(a, b)).toBe(false);
  });
});
