/** What a plan ahead was not given, and how to give it: in sentences without a capital. */

import type { AheadLack } from '../../economics/lack.ts';
import type { Writing } from '../locale.ts';
import { lackSentence } from './lacks.ts';

export function aheadLackSentence(lack: AheadLack, writing: Writing): string {
  switch (lack.code) {
    case 'hosted-price':
      return `hosted API: ${lackSentence(lack.lack, writing)}; give --hosted-in and --hosted-out`;
    case 'engineering-time':
      return NO_PEOPLE;
    case 'hosting-hours':
      return NO_HOSTED_HOURS;
    case 'capacity':
      return unknown(lack.gpu, CAPACITY, `--capacity or --gpu ${lack.gpu}=TOKENS_PER_SECOND`);
    case 'on-demand-rate':
      return unknown(lack.gpu, 'the on-demand rate', '--gpu-rate');
    case 'reserved-rate':
      return unknown(lack.gpu, 'the reserved rate', '--reserved-rate');
    case 'serverless-rate':
      return unknown(lack.gpu, 'the serverless rate', '--serverless-rate');
  }
}

const CAPACITY = 'the capacity of a replica';
const NO_PEOPLE =
  "people's time: nobody told any; give --ops-hours (a month) and --labor-rate (a tenth of one " +
  'person, the least that others report, is 16 hours)';
const NO_HOSTED_HOURS =
  "people's time with a host: nobody told any, and none is counted; give --hosted-hours (a month)";

function unknown(gpu: string, what: string, flag: string): string {
  return `${gpu}: ${what} is unknown; give ${flag}`;
}
