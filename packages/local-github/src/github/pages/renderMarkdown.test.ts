import fc from 'fast-check';
import { html } from './html';
import { renderMarkdown } from './renderMarkdown';

const flat = (source: string) =>
  renderMarkdown(source)
    .text.replace(/\s*\n\s*/g, '')
    .trim();

describe('markdown', () => {
  it.each([
    { source: 'a\n\nb', is: '<p>a</p><p>b</p>', reason: 'paragraphs' },
    {
      source: '## A',
      is: '<h3>A</h3>',
      reason: 'a heading, one below the page’s own',
    },
    {
      source: '- a\n- [x] b',
      is: '<ul><li>a</li><li>☑ b</li></ul>',
      reason: 'a list',
    },
    {
      source: '1. a\n2. b',
      is: '<ol><li>a</li><li>b</li></ol>',
      reason: 'a numbered list',
    },
    {
      source: '**a** `b|<c>` _d_',
      is: '<p><strong>a</strong> <code>b|&lt;c&gt;</code> <em>d</em></p>',
      reason: 'styles',
    },
    {
      source: 'snake_case_name',
      is: '<p>snake_case_name</p>',
      reason: 'underscores within words',
    },
    {
      source: '[a](http://x/y)',
      is: '<p><a href="http://x/y">a</a></p>',
      reason: 'a link',
    },
    {
      source: 'see http://x/y.',
      is: '<p>see <a href="http://x/y">http://x/y</a>.</p>',
      reason: 'an address',
    },
    {
      source: '[a](javascript:x)',
      is: '<p>[a](javascript:x)</p>',
      reason: 'a link that would run',
    },
    { source: 'a <!-- b\n c --> d', is: '<p>a  d</p>', reason: 'a comment' },
    {
      source: '```\n**a** <b>\n```',
      is: '<pre><code>**a** &lt;b&gt;</code></pre>',
      reason: 'code',
    },
    {
      source: '> a',
      is: '<blockquote><p>a</p></blockquote>',
      reason: 'a quote',
    },
    {
      source: '| | |\n|---|---|\n| a | b \\| c |',
      is: '<table><tbody><tr><td>a</td><td>b | c</td></tr></tbody></table>',
      reason: 'a table without a head',
    },
    {
      source: '| h |\n|---|\n| a |',
      is: '<table><thead><tr><th>h</th></tr></thead><tbody><tr><td>a</td></tr></tbody></table>',
      reason: 'a table',
    },
    { source: '---', is: '<hr />', reason: 'a rule' },
    {
      source: '###### A',
      is: '<h6>A</h6>',
      reason: 'a heading of the last level',
    },
    {
      source: '- [ ] a\n\n- b\n  - [X] c',
      is: '<ul><li><p>☐ a</p></li><li><p>b</p><ul><li>☑ c</li></ul></li></ul>',
      reason: 'boxes in lists with gaps and in lists of lists',
    },
    {
      source: '<script>alert(1)</script>',
      is: '<p>&lt;script&gt;alert(1)&lt;/script&gt;</p>',
      reason: 'HTML as text',
    },
    {
      source: '&lt;b&gt; <b onclick="x">',
      is: '<p>&lt;b&gt; &lt;b onclick=&quot;x&quot;&gt;</p>',
      reason: 'entities, and HTML with attributes, as text',
    },
    {
      source: '![a](http://x/y.png)',
      is: '<p>!<a href="http://x/y.png">a</a></p>',
      reason: 'a picture, which is not loaded',
    },
    {
      source: '[a](http://x/"onclick="y)',
      is: '<p><a href="http://x/%22onclick=%22y">a</a></p>',
      reason: 'a link that would have attributes',
    },
    {
      source: '[a](ftp://x/y) [b](docs/c.md)',
      is: '<p>[a](ftp://x/y) [b](docs/c.md)</p>',
      reason: 'a link to neither the web nor a page of the server',
    },
    {
      source: '[a]: data:text/html,x\n\n[a] <javascript:x> main.tf a@b.de',
      is: '<p>[a]: data:text/html,x</p><p>[a] &lt;javascript:x&gt; main.tf a@b.de</p>',
      reason: 'what is no web address',
    },
  ])('$reason', ({ source, is }) => {
    expect(flat(source)).toBe(is);
  });

  // A link without a target, as in [](), leads to the page itself.
  const OWN =
    /<\/?(p|h[2-6]|ul|ol|li|pre|code|strong|em|s|blockquote|table|thead|tbody|tr|th|td)>|<hr \/>|<a href="((https?:\/\/|\/)[^"<>]*)?">|<\/a>|<br \/>|<ol start="\d+">|<code class="language-[^"<>]*">/g;

  it('makes no tag but its own of anything, and ends', () => {
    const pieces = fc.constantFrom(
      '<script>',
      '<b',
      '>',
      '"',
      "'",
      '&',
      '`',
      '```',
      '![',
      '](',
      '<http://',
      '&lt;',
      '&#60;',
      '~~',
      'onclick=',
      '*',
      '**',
      '_',
      '#',
      '-',
      '1.',
      '|',
      '|---|',
      '[x]',
      'http://',
      '(javascript:',
      '(',
      ')',
      '<!--',
      '-->',
      '\n',
      '\n\n',
      ' ',
      'a',
      '\\',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), parts => {
        const text = renderMarkdown(parts.join('')).text.replace(OWN, '');
        expect(text).not.toMatch(/[<>]/);
      }),
      { numRuns: 500 },
    );
  });
});

describe('html', () => {
  it('escapes what isn’t HTML already, and leaves nothing out but nothing', () => {
    const name = `<i> & "q" 'a'`;
    const pieces = [html`<b>${name}</b>`, 0, null, undefined, false as const];
    expect(html`<i title="${name}">${pieces}</i>`.text).toBe(
      '<i title="&lt;i&gt; &amp; &quot;q&quot; &#39;a&#39;"><b>&lt;i&gt; &amp; &quot;q&quot; &#39;a&#39;</b>0</i>',
    );
  });
});
