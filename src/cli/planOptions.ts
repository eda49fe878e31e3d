/** Knows how the options of `plan` are read, and refused with the option's name. */

import { decimal, type Exact, ONE, toInteger } from '../domain/exact.ts';
import { Failure } from '../domain/failure.ts';
import type { ForGpu, GivenPrice, PlanRequest } from '../jobs/planRequest.ts';
import type { CommonOptions } from './command.ts';
import { figureOption, shareOption, tokensOption } from './figureOptions.ts';

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
}

const CAPACITY = { expected: 'tokens a second of one replica, above 0, e.g. 2400' };
const RATE = { expected: 'dollars above 0, e.g. 2.5, or GPU=dollars, e.g. H100-80GB=2.5' };
const PRICE = { aboveZero: false, expected: 'dollars per Mtok, e.g. 0.1' };
const HOURS = { aboveZero: false, expected: 'hours a month, e.g. 40' };
const MOST_REPLICA_GPUS = decimal('64');

/** @throws {Failure} `usage` for the first option that is missing or cannot be. */
export function planRequest(options: PlanOptions): PlanRequest {
  const { model, gpu, tokensPerDay } = options;
  if (model === undefined || tokensPerDay === undefined || gpu.length === 0) throw lacking();
  return {
    model,
    tokensPerDay: tokensOption('--tokens-per-day', tokensPerDay),
    gpus: gpu.map(gpuOption),
    gpuCount: gpuCount(options.gpuCount),
    burstiness: burstiness(options.burstiness),
    outputShare: shareOption('--output-share', options.outputShare),
    cachedShare: shareOption('--cached-share', options.cachedShare),
    headroom: headroom(options.headroom),
    gpuRates: ratesOf('--gpu-rate', options.gpuRate),
    reservedRates: ratesOf('--reserved-rate', options.reservedRate),
    serverlessRates: ratesOf('--serverless-rate', options.serverlessRate),
    hosted: givenPrice(options),
    capacity: read('--capacity', options.capacity, CAPACITY),
    fee: options.fee === undefined ? undefined : shareOption('--fee', options.fee),
    opsHours: read('--ops-hours', options.opsHours, HOURS),
    hostedHours: read('--hosted-hours', options.hostedHours, HOURS),
    laborRate: read('--labor-rate', options.laborRate, { expected: 'dollars an hour, e.g. 100' }),
  };
}

function lacking(): Failure {
  return new Failure('usage', 'a plan needs a model, a GPU and the tokens of a day', {
    expected: '--model, --gpu and --tokens-per-day',
    hint: 'e.g. rentcheck plan --model open/model --gpu H100-80GB=2400 --tokens-per-day 10M',
  });
}

function read(option: string, text: string | undefined, bounds: typeof PRICE | typeof RATE) {
  return text === undefined ? undefined : figureOption(option, text, bounds);
}

/** `H100-80GB=2400` is a GPU with the tokens a second of a replica on it. */
function gpuOption(text: string): PlanRequest['gpus'][number] {
  const { type, value } = named(text);
  if (type === undefined) return { type: value };
  return { type, capacity: figureOption('--gpu', value, CAPACITY) };
}

function ratesOf(option: string, texts: readonly string[]): ForGpu[] {
  return texts.map((text) => {
    const { type, value } = named(text);
    const rate = figureOption(option, value, RATE);
    return type === undefined ? { value: rate } : { type, value: rate };
  });
}

function named(text: string): { type?: string; value: string } {
  const at = text.lastIndexOf('=');
  return at < 1 ? { value: text } : { type: text.slice(0, at), value: text.slice(at + 1) };
}

function gpuCount(text: string): number {
  const expected = 'a whole number of GPUs from 1 to 64';
  const count = figureOption('--gpu-count', text, { atMost: MOST_REPLICA_GPUS, expected });
  if (count.den !== 1n) throw new Failure('usage', `--gpu-count cannot be "${text}"`, { expected });
  return Number(toInteger(count));
}

function burstiness(text: string): Exact {
  const expected = 'the peak hour over the mean hour, from 1 to 24, e.g. 3';
  const value = figureOption('--burstiness', text, { atMost: decimal('24'), expected });
  if (value.num >= value.den) return value;
  throw new Failure('usage', `--burstiness cannot be "${text}"`, { expected });
}

function headroom(text: string): Exact {
  const expected = 'a share above 0 and up to 1, e.g. 0.8';
  return figureOption('--headroom', text, { atMost: ONE, expected });
}

function givenPrice({ hostedIn, hostedOut, hostedCached }: PlanOptions): GivenPrice | undefined {
  if (hostedIn === undefined && hostedOut === undefined && hostedCached === undefined) {
    return undefined;
  }
  if (hostedIn === undefined || hostedOut === undefined) {
    throw new Failure('usage', 'a hosted price has two sides', {
      expected: '--hosted-in and --hosted-out together',
      hint: 'e.g. --hosted-in 0.1 --hosted-out 0.3',
    });
  }
  return {
    input: figureOption('--hosted-in', hostedIn, PRICE),
    output: figureOption('--hosted-out', hostedOut, PRICE),
    cached: read('--hosted-cached', hostedCached, PRICE),
  };
}
