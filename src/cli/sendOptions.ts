/** Parses the options of `rentcheck send`: send, dry run, test, or record an outcome. */

import type { DeliveryResolution } from '../domain/delivery.ts';
import { Failure } from '../domain/failure.ts';
import type { CommonOptions } from './command.ts';

export interface SendOptions extends CommonOptions {
  readonly to?: string;
  readonly dryRun?: boolean;
  readonly out: string;
  readonly test?: boolean;
  readonly resolve?: string;
  readonly as?: string;
  readonly note?: string;
  readonly by?: string;
}

export type SendAction =
  | { readonly kind: 'send' | 'dry-run' | 'test' }
  | { readonly kind: 'resolve'; readonly delivery: string; readonly word: DeliveryResolution };

/** @throws {Failure} `usage` for options that exclude each other. */
export function parseSendAction(options: SendOptions, person: string | undefined): SendAction {
  const { dryRun = false, test = false, resolve } = options;
  const modes = [dryRun, test, resolve !== undefined].filter((isGiven) => isGiven);
  if (modes.length > 1) {
    throw new Failure('usage', 'Cannot combine --dry-run, --test and --resolve', {
      expected: 'at most one of them',
    });
  }
  if (resolve !== undefined) return { kind: 'resolve', ...decision(options, resolve, person) };
  if (options.as !== undefined || options.note !== undefined) {
    throw new Failure('usage', 'Missing --resolve: --as and --note need a delivery', {
      expected: '--resolve DELIVERY --as sent|send-again|give-up --note TEXT',
    });
  }
  if (dryRun) return { kind: 'dry-run' };
  return { kind: test ? 'test' : 'send' };
}

const WORDS: readonly DeliveryResolution['as'][] = ['sent', 'send-again', 'give-up'];

function decision(
  { as: outcome, note, by = '' }: SendOptions,
  delivery: string,
  person = '',
): { delivery: string; word: DeliveryResolution } {
  const as = WORDS.find((word) => word === outcome);
  if (as === undefined) {
    const what = outcome === undefined ? 'Missing' : 'Invalid';
    throw new Failure('usage', `${what} --as for delivery ${delivery}`, {
      expected: '--as sent (it arrived), send-again (it did not) or give-up',
      hint: 'ask the recipient whether the message arrived, then add --as',
    });
  }
  const who = by.trim() === '' ? person.trim() : by.trim();
  if (who === '' || note === undefined || note.trim() === '') {
    throw new Failure('usage', 'Missing --note or --by: the ledger keeps who decided and why', {
      expected: '--note TEXT, and --by NAME if there is no login name',
    });
  }
  return { delivery, word: { as, by: who.slice(0, 200), note: note.trim().slice(0, 500) } };
}
