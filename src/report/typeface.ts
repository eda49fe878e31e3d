/** Names the typeface of charts and pages, and locates its files: Inter, from its package. */

import { createRequire } from 'node:module';

const { resolve } = createRequire(import.meta.url);
const file = (weight: string) => resolve(`@expo-google-fonts/inter/${weight}/Inter_${weight}.ttf`);

export const FONT_FAMILY = 'Inter';

/** TrueType files, regular and semibold. */
export const FONT_FILES = [file('400Regular'), file('600SemiBold')] as const;
