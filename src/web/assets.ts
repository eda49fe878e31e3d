/** Static files of the pages: style sheets, scripts, fonts and the icon. */

import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import type { FastifyInstance } from 'fastify';
import { readTemplate } from '../report/template.ts';
import { FONT_FILES } from '../report/typeface.ts';
import { ASSET_HEADERS } from './securityHeaders.ts';

interface Asset {
  readonly contentType: string;
  readonly bytes: Buffer;
}

const CSS = 'text/css; charset=utf-8';
const text = (contentType: string, name: string): Asset => ({
  contentType,
  bytes: Buffer.from(readTemplate(`web/${name}`)),
});
const font = (path: string): Asset => ({ contentType: 'font/ttf', bytes: readFileSync(path) });

const [REGULAR, SEMI_BOLD] = FONT_FILES;

const ASSETS = {
  'style.css': text(CSS, 'style.css'),
  'letters.css': text(CSS, 'letters.css'),
  'board.css': text(CSS, 'board.css'),
  'live.js': text('text/javascript; charset=utf-8', 'live.js'),
  'charts.js': text('text/javascript; charset=utf-8', 'charts.js'),
  'icon.svg': text('image/svg+xml', 'icon.svg'),
  'inter-400.ttf': font(REGULAR),
  'inter-600.ttf': font(SEMI_BOLD),
} as const satisfies Record<string, Asset>;

export type AssetName = keyof typeof ASSETS;

/** One digest for all files, because the style sheets refer to the fonts by relative URLs. */
const DIGEST = Object.values<Asset>(ASSETS)
  .reduce((hash, { bytes }) => hash.update(bytes), createHash('sha256'))
  .digest('base64url')
  .slice(0, 16);

/** `/assets/DIGEST/style.css`. */
export function assetPath(name: AssetName): string {
  return `/assets/${DIGEST}/${name}`;
}

/** Serves the files without authentication: the sign-in page needs them too. */
export function registerAssets(app: FastifyInstance): void {
  for (const [name, { contentType, bytes }] of Object.entries<Asset>(ASSETS)) {
    app.get(`/assets/${DIGEST}/${name}`, { config: { isOpen: true } }, async (_, reply) =>
      reply.headers(ASSET_HEADERS).type(contentType).send(bytes),
    );
  }
}
