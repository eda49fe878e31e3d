/** Parses the options of `plan`. Errors name the option. */

import { decimal, type Exact, ONE, toInteger } from '../domain/exact.ts';
import { Failure } from '../domain/failure.ts';
import type { ForGpu, GivenPrice, PlanRequest } from '../jobs/planDocument.ts';
import { joinWithOr, quoteShort } from '../platform/text.ts';
import type { CommonOptions } from './command.ts';
import { parseFigureOption, parseShareOption, parseTokensOption } from './figureOptions.ts';

export interface PlanOptions extends CommonOptions {
  readonly model?: string;
  readonly gpu: readonly string[];
  readonly tokensPerDay?: string;
  readonly burstiness: string;
  readonly capacity?: string;
  readonly gpuCount: string;
  readonly outputShare: string;
  readonly cachedShare: string;
  readonly headroom: string;
  readonly gpuRate: readonly string[];
  readonly reservedRate: readonly string[];
  readonly serverlessRate: readonly string[];
  readonly hostedIn?: string;
  readonly hostedOut?: string;
  readonly hostedCached?: string;
  readonly fee?: string;
  readonly opsHours?: string;
  readonly hostedHours?: string;
  readonly laborRate?: string;
  readonly all?: boolean;
}

const CAPACITY = {
  atMost: decimal('1e7'),
  expected: 'tokens per second of one replica, above 0 and up to 10,000,000, e.g. 2400',
};
const RATE = { expected: 'dollars above 0, e.g. 2.5, or GPU=dollars, e.g. H100-80GB=2.5' };
const PRICE = { aboveZero: false, expected: 'dollars per Mtok, e.g. 0.1' };
const HOURS = { aboveZero: false, expected: 'hours a month, e.g. 40' };
const MOST_REPLICA_GPUS = decimal('64');

/** @throws {Failure} `usage` for the first missing or invalid option. */
export function parsePlanRequest(options: PlanOptions): PlanRequest {
  const { model, gpu, tokensPerDay } = options;
  if (model === undefined || tokensPerDay === undefined || gpu.length === 0) throw missingOptions();
  const gpus = gpusOf(gpu);
  const ratesOf = (option: string, texts: readonly string[]) =>
    texts.map((text) => rateOption(option, text, gpus));
  return {
    model,
    tokensPerDay: parseTokensOption('--tokens-per-day', tokensPerDay),
    gpus,
    gpuCount: gpuCount(options.gpuCount),
    burstiness: burstiness(options.burstiness),
    outputShare: parseShareOption('--output-share', options.outputShare),
    cachedShare: parseShareOption('--cached-share', options.cachedShare),
    headroom: headroom(options.headroom),
    gpuRates: ratesOf('--gpu-rate', options.gpuRate),
    reservedRates: ratesOf('--reserved-rate', options.reservedRate),
    serverlessRates: ratesOf('--serverless-rate', options.serverlessRate),
    hosted: givenPrice(options),
    capacity: read('--capacity', options.capacity, CAPACITY),
    fee: options.fee === undefined ? undefined : parseShareOption('--fee', options.fee),
    opsHours: read('--ops-hours', options.opsHours, HOURS),
    hostedHours: read('--hosted-hours', options.hostedHours, HOURS),
    laborRate: read('--labor-rate', options.laborRate, { expected: 'dollars per hour, e.g. 100' }),
  };
}

function missingOptions(): Failure {
  return new Failure('usage', 'Missing --model, --gpu or --tokens-per-day', {
    expected: 'all three of them',
    hint: 'e.g. rentcheck plan --model open/model --gpu H100-80GB=2400 --tokens-per-day 10M',
  });
}

function read(option: string, text: string | undefined, bounds: typeof PRICE | typeof RATE) {
  return text === undefined ? undefined : parseFigureOption(option, text, bounds);
}

type Gpus = PlanRequest['gpus'];

/** Rejects a GPU that is listed twice, because its capacities would contradict each other. */
function gpusOf(texts: readonly string[]): Gpus {
  const gpus = texts.map(gpuOption);
  const types = gpus.map(({ type }) => type);
  const twice = types.find((type, at) => types.indexOf(type) < at);
  if (twice === undefined) return gpus;
  throw new Failure('usage', `--gpu lists ${quoteShort(twice)} twice`, {
    expected: 'each GPU once',
    hint: 'omit one of them',
  });
}

/** `H100-80GB=2400` is a GPU and the tokens per second of a replica on it. */
function gpuOption(text: string): Gpus[number] {
  const { type, value } = named(text);
  if (type !== undefined) return { type, capacity: parseFigureOption('--gpu', value, CAPACITY) };
  if (/^[^=]*[^=\s]$/.test(value)) return { type: value };
  throw new Failure('usage', `Invalid value ${quoteShort(value)} for --gpu`, {
    expected: 'a GPU, or GPU=tokens per second, e.g. H100-80GB=2400',
    hint: 'write it as in the example',
  });
}

/** Rejects a rate for a GPU that is not compared, because it would have no effect. */
function rateOption(option: string, text: string, gpus: Gpus): ForGpu {
  const { type, value } = named(text);
  const rate = parseFigureOption(option, value, RATE);
  if (type === undefined) return { value: rate };
  const types = gpus.map((gpu) => gpu.type);
  if (types.includes(type)) return { type, value: rate };
  throw new Failure('usage', `${option} is for ${quoteShort(type)}, but no --gpu lists it`, {
    expected: joinWithOr(types),
    hint: `write the GPU as in --gpu, or add --gpu ${type}`,
  });
}

function named(text: string): { type?: string; value: string } {
  const at = text.lastIndexOf('=');
  const type = text.slice(0, at).trim();
  return at < 1 || type === '' ? { value: text } : { type, value: text.slice(at + 1) };
}

function gpuCount(text: string): number {
  const expected = 'a whole number of GPUs from 1 to 64';
  const count = parseFigureOption('--gpu-count', text, { atMost: MOST_REPLICA_GPUS, expected });
  if (count.den === 1n) return Number(toInteger(count));
  throw new Failure('usage', `Invalid value "${text}" for --gpu-count`, {
    expected,
    hint: 'e.g. 1',
  });
}

function burstiness(text: string): Exact {
  const expected = 'traffic of the peak hour over the mean hour, from 1 to 24, e.g. 3';
  const value = parseFigureOption('--burstiness', text, { atMost: decimal('24'), expected });
  if (value.num >= value.den) return value;
  const hint = 'the peak cannot be below the mean; 1 means constant traffic';
  throw new Failure('usage', `Invalid value "${text}" for --burstiness`, { expected, hint });
}

function headroom(text: string): Exact {
  const expected = 'a share above 0 and up to 1, e.g. 0.8';
  return parseFigureOption('--headroom', text, { atMost: ONE, expected });
}

function givenPrice({ hostedIn, hostedOut, hostedCached }: PlanOptions): GivenPrice | undefined {
  if (hostedIn === undefined && hostedOut === undefined && hostedCached === undefined) {
    return undefined;
  }
  if (hostedIn === undefined || hostedOut === undefined) {
    throw new Failure('usage', 'Missing --hosted-in or --hosted-out', {
      expected: 'both of them',
      hint: 'e.g. --hosted-in 0.1 --hosted-out 0.3',
    });
  }
  return {
    input: parseFigureOption('--hosted-in', hostedIn, PRICE),
    output: parseFigureOption('--hosted-out', hostedOut, PRICE),
    cached: read('--hosted-cached', hostedCached, PRICE),
  };
}
