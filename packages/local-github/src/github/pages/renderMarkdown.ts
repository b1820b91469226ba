import MarkdownIt from 'markdown-it';
import { Html } from './html';

/**
 * Markdown as the pages show it: headings one level below the page's own, boxes of task lists, tables without an empty
 * head. HTML in it is text, comments are left out, and links lead to web addresses and to pages of this server only.
 */
export const renderMarkdown = (source: string): Html =>
  new Html(
    renderer
      .render(source.replace(/<!--[\s\S]*?-->/g, ''))
      // Text is escaped, so only the renderer's own tags can match.
      .replace(
        /<li>(\s*<p>)?\[([ xX])\] /g,
        (_, paragraph = '', mark) =>
          `<li>${paragraph}${mark === ' ' ? '☐' : '☑'} `,
      )
      // Tables of names and values have a head only because Markdown wants one.
      .replace(
        /<thead>\s*<tr>\s*(<th>\s*<\/th>\s*)+<\/tr>\s*<\/thead>\s*/g,
        '',
      ),
  );

const renderer = new MarkdownIt({ html: false, linkify: true, xhtmlOut: true })
  // The pages load nothing from elsewhere.
  .disable('image');
renderer.validateLink = target => /^(https?:\/\/|\/)/i.test(target);
// Without a scheme, a name of a file such as main.tf would be an address.
renderer.linkify.set({ fuzzyLink: false, fuzzyEmail: false, fuzzyIP: false });
renderer.core.ruler.push('headings_below_the_page', ({ tokens }) => {
  for (const token of tokens)
    if (token.type.startsWith('heading_'))
      token.tag = `h${Math.min(Number(token.tag.slice(1)) + 1, 6)}`;
});
