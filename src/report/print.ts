/** Builds the page for print: one A4 file with embedded pictures and fonts, which loads nothing. */

import { readFileSync } from 'node:fs';
import { invariant } from '../domain/failure.ts';
import { FONT_FAMILY, FONT_FILES } from './typeface.ts';
import type { ReportFile } from '../domain/edition.ts';
import { readTemplate } from './template.ts';

/** Content security policy: only embedded content loads. */
const POLICY = "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'";

/** Embeds the charts in `report.html`, ready for a browser to print. */
export function buildPrintPage(files: readonly ReportFile[]): string {
  const page = files.find(({ name }) => name === 'report.html');
  invariant(page !== undefined, 'every report has a page');
  const html = withPictures(new TextDecoder().decode(page.bytes), files);
  const policy = `<meta http-equiv="Content-Security-Policy" content="${POLICY}">`;
  const style = `<style>${fontFaces()}${readTemplate('print.css')}</style>`;
  // MJML places columns side by side only on screens.
  const sheet = html.replaceAll('@media only screen and', '@media all and');
  return sheet.replace(/<head>/i, `<head>${policy}`).replace(/<\/head>/i, `${style}</head>`);
}

function withPictures(html: string, files: readonly ReportFile[]): string {
  return files
    .filter(({ contentType }) => contentType === 'image/png')
    .reduce(
      // Quotes in values are escaped, so this source cannot come from a name.
      (page, { name, bytes }) => page.replaceAll(`src="${name}"`, `src="${dataUri(bytes)}"`),
      html,
    );
}

function dataUri(png: Uint8Array): string {
  return `data:image/png;base64,${Buffer.from(png).toString('base64')}`;
}

/** Embedded fonts, for systems without any. */
function fontFaces(): string {
  const weights = ['400', '600 700'];
  return FONT_FILES.map((path, index) => {
    const data = readFileSync(path).toString('base64');
    const source = `src: url(data:font/ttf;base64,${data})`;
    return `@font-face{font-family:${FONT_FAMILY};font-weight:${weights[index]};${source}}`;
  }).join('');
}
