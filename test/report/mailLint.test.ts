/** The lint of pages finds each fault that it covers. */

import { describe, expect, it } from 'vitest';
import { findMailFaults } from '../support/mailLint.ts';

describe('the lint of pages', () => {
  it.each([
    '<script>1</script>',
    '<p><svg width="1"></svg></p>',
    '<link rel="stylesheet">',
    '<p onclick="x()">',
    '<style>p { display: flex }</style>',
    '<div style="display: grid">',
    '<style>p { width: calc(1px) }</style>',
    '<img alt="a" width="1" src="https://example.com/x.png">',
    '<a href="//example.com">x</a>',
    '<td style="background: url(x.png)">',
    '<img alt="a" src="cid:a">',
    '<img alt="a" width="auto" src="cid:a">',
    '<img width="1" src="cid:a">',
    '<img alt="" width="1" src="cid:a">',
    '<style>@supports (x: y) { p { color: red } }</style>',
    '<style>@media (hover: hover) { p { color: red } }</style>',
    '<style>p { box-shadow: 0 0 1px red }</style>',
    '<p style="object-fit: cover;">',
    `<style>${'p { color: red }'.repeat(600)}</style>`,
    'x'.repeat(102_400),
    '<html><head><title>a</title></head></html>',
    '<html lang="en"><head></head></html>',
  ])('finds %.60s', (html) => {
    expect(findMailFaults(html)).toHaveLength(1);
  });

  it('finds a position, which Gmail removes and other clients place elsewhere', () => {
    expect(findMailFaults('<div style="position: absolute">')).toEqual([
      expect.stringContaining('position is removed by Gmail'),
      expect.stringContaining('the property position'),
    ]);
  });

  it('checks tags and styles, not words', () => {
    const words = '<p>src=x url(y) @import a: b; &lt;script&gt;</p>';
    expect(findMailFaults(`${words}<img alt=" src=x" width="9" src="cid:a">`)).toEqual([]);
  });
});
