import { describe, expect, it } from 'vitest';
import {
  parseChangeOption,
  parseFigureOption,
  parseShareOption,
  parseTokensOption,
} from '../../src/cli/figureOptions.ts';
import { parsePlanRequest } from '../../src/cli/planOptions.ts';
import { decimal } from '../../src/domain/exact.ts';

describe('a figure on the command line', () => {
  it.each([
    ['-30%', { factor: decimal('0.7') }],
    ['+12.5%', { factor: decimal('1.125') }],
    ['0%', { factor: decimal('1') }],
    ['0.25', { usd: decimal('0.25') }],
  ])('%s is a change or dollars', (text, expected) => {
    expect(parseChangeOption('--x', text)).toEqual(expected);
  });

  it.each([
    ['10M', '10000000'],
    ['2.5b', '2500000000'],
    ['750000', '750000'],
    ['1k', '1000'],
    ['1T', '1000000000000'],
  ])('%s tokens are %s', (text, expected) => {
    expect(parseTokensOption('--x', text)).toEqual(decimal(expected));
  });

  it.each([
    ['0.6', '0.6'],
    ['60%', '0.6'],
    ['0', '0'],
    ['100%', '1'],
  ])('%s is the share %s', (text, expected) => {
    expect(parseShareOption('--x', text)).toEqual(decimal(expected));
  });

  const dollars = { expected: 'dollars above 0, e.g. 120' };
  it.each([
    [
      () => parseChangeOption('--hosted-price', '-0.25'),
      'Invalid value "-0.25" for --hosted-price',
    ],
    [() => parseChangeOption('--gpu-rate', 'cheap'), 'Invalid value "cheap" for --gpu-rate'],
    [() => parseChangeOption('--gpu-rate', '-100%'), 'Invalid value "-100%" for --gpu-rate'],
    [() => parseShareOption('--utilization', '1.2'), 'Invalid value "1.2" for --utilization'],
    [() => parseShareOption('--utilization', '120%'), 'Invalid value "120%" for --utilization'],
    [() => parseShareOption('--fee', '-5%'), 'Invalid value "-5%" for --fee'],
    [() => parseTokensOption('--tokens-per-day', '0'), 'Invalid value "0" for --tokens-per-day'],
    [
      () => parseTokensOption('--tokens-per-day', '99T'),
      'Invalid value "99T" for --tokens-per-day',
    ],
    [() => parseTokensOption('--tokens-per-day', 'M'), 'Invalid value "M" for --tokens-per-day'],
    [
      () => parseTokensOption('--tokens-per-day', '10MM'),
      'Invalid value "10MM" for --tokens-per-day',
    ],
    [() => parseFigureOption('--labor-rate', '0', dollars), 'Invalid value "0" for --labor-rate'],
    [
      () => parseFigureOption('--labor-rate', '1'.repeat(99), dollars),
      /^Invalid value ".*" for --labor-rate$/,
    ],
  ])('refuses invalid values', (read, message) => {
    expect(read).toThrow(message);
  });

  it.each([
    [() => parseChangeOption('--gpu-rate', '-30'), 'to mean a change, write --gpu-rate -30%'],
    [() => parseChangeOption('--gpu-rate', 'cheap'), 'write it as in the example'],
    [() => parseShareOption('--utilization', '60'), 'to mean 60 percent, write 60%'],
    [() => parseShareOption('--utilization', '600'), 'write it as in the example'],
  ])('suggests what was likely meant', (read, hint) => {
    expect(read).toThrow(expect.objectContaining({ hint }));
  });
});

describe('the options of a plan', () => {
  it('apply a figure to one GPU or to all', () => {
    const request = parsePlanRequest({
      config: 'rentcheck.yaml',
      model: 'open/model',
      tokensPerDay: '10M',
      gpu: ['A100-80GB=1500', 'H100'],
      gpuRate: ['2', 'A100-80GB=1.5'],
      reservedRate: [],
      serverlessRate: [],
      gpuCount: '2',
      burstiness: '1',
      outputShare: '20%',
      cachedShare: '0',
      headroom: '1',
    });
    expect(request.gpus).toEqual([
      { type: 'A100-80GB', capacity: decimal('1500') },
      { type: 'H100' },
    ]);
    expect(request.gpuRates).toEqual([
      { value: decimal('2') },
      { type: 'A100-80GB', value: decimal('1.5') },
    ]);
  });
});
