/** Knows what `rentcheck send` is asked: to send, to rehearse, to test, or a person's decision. */

import type { Resolution } from '../domain/delivery.ts';
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

export type SendWish =
  | { readonly kind: 'send' | 'dry-run' | 'test' }
  | { readonly kind: 'resolve'; readonly delivery: string; readonly word: Resolution };

/** @throws {Failure} `usage` for options that do not go together. */
export function sendWish(options: SendOptions, person: string | undefined): SendWish {
  const { dryRun = false, test = false, resolve } = options;
  const asked = [dryRun, test, resolve !== undefined].filter((one) => one);
  if (asked.length > 1) {
    throw new Failure('usage', '--dry-run, --test and --resolve do not go together', {
      expected: 'one of them, or none',
    });
  }
  if (resolve !== undefined) return { kind: 'resolve', ...decision(options, resolve, person) };
  if (options.as !== undefined || options.note !== undefined) {
    throw new Failure('usage', '--as and --note decide on a delivery, and none is named', {
      expected: '--resolve DELIVERY --as sent|send-again|give-up --note TEXT',
    });
  }
  if (dryRun) return { kind: 'dry-run' };
  return { kind: test ? 'test' : 'send' };
}

const WORDS: readonly Resolution['as'][] = ['sent', 'send-again', 'give-up'];

function decision(
  { as: said, note, by = '' }: SendOptions,
  delivery: string,
  person = '',
): { delivery: string; word: Resolution } {
  const as = WORDS.find((word) => word === said);
  if (as === undefined) {
    throw new Failure('usage', `what became of ${delivery} is not said`, {
      expected: '--as sent (it arrived), send-again (it did not) or give-up',
      hint: 'ask the reader first, then say what is',
    });
  }
  const who = by.trim() === '' ? person.trim() : by.trim();
  if (who === '' || note === undefined || note.trim() === '') {
    throw new Failure('usage', 'a decision is kept with who took it and why', {
      expected: '--note TEXT, and --by NAME where no login name is known',
    });
  }
  return { delivery, word: { as, by: who.slice(0, 200), note: note.trim().slice(0, 500) } };
}
