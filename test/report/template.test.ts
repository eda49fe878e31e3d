/** What filling a template guarantees. */

import * as fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { fillHtml, fillText } from '../../src/report/template.ts';

describe('filling a template', () => {
  it('escapes every value, in text and in attributes', () => {
    const { html } = fillHtml('<p title="{{a}}">{{b}}</p>', { a: '"\'', b: '<b>&' });
    expect(html).toBe('<p title="&quot;&#39;">&lt;b&gt;&amp;</p>');
  });

  it('accepts markup unchanged, but only markup', () => {
    expect(fillHtml('{{a}}', { a: fillHtml('<i>{{b}}</i>', { b: '<' }) }).html).toBe('<i>&lt;</i>');
  });

  it('never fills a placeholder inside a value', () => {
    expect(fillText('{{a}} {{b}}', { a: '{{b}}', b: 'secret' })).toBe('{{b}} secret');
  });

  it('refuses a placeholder without a value and a value without a placeholder', () => {
    expect(() => fillText('{{a}}', {})).toThrow('the template asks for "a"');
    expect(() => fillText('{{constructor}}', {})).toThrow('asks for "constructor"');
    expect(() => fillText('', { a: '1' })).toThrow('no place for: a');
  });

  it('lets no value open a tag or leave an attribute', () => {
    fc.assert(
      fc.property(fc.string(), (value) => {
        const { html } = fillHtml('<a b="{{x}}">{{x}}</a>', { x: value });
        expect(html.match(/[<>"]/g)?.join('')).toBe('<""><>');
      }),
    );
  });
});
