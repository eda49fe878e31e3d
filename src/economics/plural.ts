/** Counts things in words, as every room does. */

export { counted } from '../domain/counted.ts';
