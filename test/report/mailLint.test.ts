/** Knows that the lint of pages finds what it is there to find. */

import { describe, expect, it } from 'vitest';
import { mailFaults } from '../support/mailLint.ts';

describe('the lint of pages', () => {
  it.each([
    '<script>1</script>',
    '<p><svg width="1"></svg></p>',
    '<link rel="stylesheet">',
    '<p onclick="x()">',
    '<style>p { display: flex }</style>',
    '<div style="position: absolute">',
    '<style>p { width: calc(1px) }</style>',
    '<img alt="" src="https://example.com/x.png">',
    '<a href="//example.com">x</a>',
    '<td style="background: url(x.png)">',
  ])('finds %s', (html) => {
    expect(mailFaults(html)).toHaveLength(1);
  });

  it('minds tags and styles, not words', () => {
    expect(mailFaults('<p>src=x url(y) &lt;script&gt;</p><img alt=" src=x" src="cid:a">')).toEqual(
      [],
    );
  });
});
