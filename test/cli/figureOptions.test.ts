import { describe, expect, it } from 'vitest';
import {
  changeOption,
  figureOption,
  shareOption,
  tokensOption,
} from '../../src/cli/figureOptions.ts';
import { planRequest } from '../../src/cli/planOptions.ts';
import { decimal } from '../../src/domain/exact.ts';

describe('a figure on the command line', () => {
  it.each([
    ['-30%', { factor: decimal('0.7') }],
    ['+12.5%', { factor: decimal('1.125') }],
    ['0%', { factor: decimal('1') }],
    ['0.25', { usd: decimal('0.25') }],
  ])('%s is a change or dollars', (text, expected) => {
    expect(changeOption('--x', text)).toEqual(expected);
  });

  it.each([
    ['10M', '10000000'],
    ['2.5b', '2500000000'],
    ['750000', '750000'],
    ['1k', '1000'],
    ['1T', '1000000000000'],
  ])('%s tokens are %s', (text, expected) => {
    expect(tokensOption('--x', text)).toEqual(decimal(expected));
  });

  it.each([
    ['0.6', '0.6'],
    ['60%', '0.6'],
    ['0', '0'],
    ['100%', '1'],
  ])('%s is the share %s', (text, expected) => {
    expect(shareOption('--x', text)).toEqual(decimal(expected));
  });

  const dollars = { expected: 'dollars above 0, e.g. 120' };
  it.each([
    [() => changeOption('--hosted-price', '-0.25'), '--hosted-price cannot be "-0.25"'],
    [() => changeOption('--gpu-rate', 'cheap'), '--gpu-rate cannot be "cheap"'],
    [() => changeOption('--gpu-rate', '-100%'), '--gpu-rate cannot be "-100%"'],
    [() => shareOption('--utilization', '1.2'), '--utilization cannot be "1.2"'],
    [() => shareOption('--utilization', '120%'), '--utilization cannot be "120%"'],
    [() => shareOption('--fee', '-5%'), '--fee cannot be "-5%"'],
    [() => tokensOption('--tokens-per-day', '0'), '--tokens-per-day cannot be "0"'],
    [() => tokensOption('--tokens-per-day', '99T'), '--tokens-per-day cannot be "99T"'],
    [() => tokensOption('--tokens-per-day', 'M'), '--tokens-per-day cannot be "M"'],
    [() => tokensOption('--tokens-per-day', '10MM'), '--tokens-per-day cannot be "10MM"'],
    [() => figureOption('--labor-rate', '0', dollars), '--labor-rate cannot be "0"'],
    [() => figureOption('--labor-rate', '1'.repeat(99), dollars), '--labor-rate cannot be'],
  ])('refuses what it cannot be', (read, message) => {
    expect(read).toThrow(message);
  });

  it.each([
    [() => changeOption('--gpu-rate', '-30'), 'for a change write --gpu-rate -30%'],
    [() => changeOption('--gpu-rate', 'cheap'), 'write it like the example'],
    [() => shareOption('--utilization', '60'), 'for 60 percent write 60%'],
    [() => shareOption('--utilization', '600'), 'write it like the example'],
  ])('says what was likely meant', (read, hint) => {
    expect(read).toThrow(expect.objectContaining({ hint }));
  });
});

describe('the options of a plan', () => {
  it('give a figure to one GPU or to all', () => {
    const request = planRequest({
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
