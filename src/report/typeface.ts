/** Locates the font files of charts and pages: Inter, from its package. */

import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);

export type TypefaceWeight = '400Regular' | '600SemiBold';

/** Path of a TrueType file. */
export function typefaceFile(weight: TypefaceWeight): string {
  return resolve(`@expo-google-fonts/inter/${weight}/Inter_${weight}.ttf`);
}
