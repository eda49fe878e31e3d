/** Zod types of fields that several providers share: ids, names, amounts and quantities. */

import { z } from 'zod';
import { decimalText, typeName, wholeNumber } from '../platform/responseSchemas.ts';

const PRICE = /^\d{1,9}(?:\.\d{1,12})?$/;

/** A unit price that a person enters in the config, in US dollars. */
export const unitPrice = z
  .union([z.number(), z.string()])
  .refine((value) => PRICE.test(String(value)), {
    error: 'expected US dollars per unit, 0 or more, such as 35.50',
  });

/** Ids go into keys and reports, so they must be printable and at most 200 characters long. */
export const providerId = z
  .string({ error: (issue) => `found ${typeName(issue.input)}, expected an id` })
  .regex(/^[^\p{C}\p{Z}]{1,200}$/u, { error: 'expected an id of 1 to 200 visible characters' });

/** An id that is a number in some responses and text in others. */
export const anyProviderId = z.union([wholeNumber.transform(String), providerId]);

/** A name that is copied into facts unchanged. */
export const providerName = z
  .string({ error: (issue) => `found ${typeName(issue.input)}, expected a name` })
  .regex(/^\P{C}{1,200}$/u, { error: 'expected a name of 1 to 200 visible characters' });

/** Text that a person wrote. It may be empty. */
export const freeText = z
  .string({ error: (issue) => `found ${typeName(issue.input)}, expected text` })
  .regex(/^\P{C}{0,1000}$/u, { error: 'expected text of at most 1,000 visible characters' });

/** US dollars of one bill line. An amount of a billion or more means wrong units. */
export const usdAmount = decimalText.refine((text) => Math.abs(Number(text)) < 1e9, {
  error: 'expected an amount below a billion dollars',
});

/** A used quantity. */
export const quantityField = decimalText.refine((text) => Math.abs(Number(text)) < 1e18, {
  error: 'expected a quantity of ordinary size',
});

/** A whole number of 0 or more. Databases send 64-bit counts as text. */
export const wholeCount = decimalText
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value) && value >= 0, {
    error: 'expected a whole number of 0 or more',
  });

export const gpuCount = decimalText
  .transform(Number)
  .refine((value) => Number.isSafeInteger(value) && value >= 0 && value < 1e6, {
    error: 'expected a number of GPUs',
  });

/** Accepts an empty text as `undefined`. */
export function optionalBlank<T extends z.ZodType>(schema: T, expected: string) {
  const blank = z.literal('').transform(() => undefined);
  return z.union([blank, schema], { error: `expected ${expected}` });
}
