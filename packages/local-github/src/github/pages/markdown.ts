import { Html, html } from './html';

/**
 * The part of GitHub's Markdown that descriptions of pull requests use: headings, paragraphs, lists, tables, fenced code,
 * quotes, rules; bold, italics, code and links within. Anything else stays as it was written; HTML in it is text, comments
 * are left out.
 */
export const markdown = (source: string): Html => {
  const lines = source
    .replace(/<!--[\s\S]*?-->/g, '')
    .replace(/\r\n?/g, '\n')
    .split('\n');
  const blocks: Html[] = [];
  while (lines.length > 0) blocks.push(block(lines));
  return html`${blocks}`;
};

/** Takes one block off the lines. */
const block = (lines: string[]): Html => {
  const [first] = lines;
  if (first.trim() === '') {
    lines.shift();
    return html``;
  }
  if (/^```/.test(first)) {
    lines.shift();
    const code = takeWhile(lines, line => !/^```/.test(line));
    lines.shift();
    return html`<pre><code>${code.join('\n')}</code></pre>`;
  }
  const heading = /^(#{1,6}) +(.*?)#*$/.exec(first);
  if (heading) {
    lines.shift();
    const level = Math.min(heading[1].length + 1, 6);
    return html`${new Html(`<h${level}>`)}${inline(heading[2])}${new Html(
      `</h${level}>`,
    )}`;
  }
  if (/^ *([-*_] *){3,}$/.test(first)) {
    lines.shift();
    return html`<hr />`;
  }
  if (isRow(first) && isDelimiter(lines[1] ?? '')) return table(lines);
  if (ITEM.test(first)) return list(lines, ITEM, 'ul');
  if (NUMBERED.test(first)) return list(lines, NUMBERED, 'ol');
  if (/^>/.test(first)) {
    const quoted = takeWhile(lines, line => /^>/.test(line));
    return html`<blockquote>
      ${markdown(quoted.map(line => line.replace(/^> ?/, '')).join('\n'))}
    </blockquote>`;
  }
  const text = [
    lines.shift()!,
    ...takeWhile(lines, line => !startsBlock(line)),
  ];
  return html`<p>${inline(text.join('\n'))}</p>`;
};

const ITEM = /^ {0,3}[-*+] +/;
const NUMBERED = /^ {0,3}\d+[.)] +/;

const startsBlock = (line: string) =>
  line.trim() === '' ||
  /^(```|#{1,6} |>)/.test(line) ||
  ITEM.test(line) ||
  NUMBERED.test(line);

const takeWhile = (
  lines: string[],
  isPart: (line: string) => boolean,
): string[] => {
  const end = lines.findIndex(line => !isPart(line));
  return lines.splice(0, end < 0 ? lines.length : end);
};

const list = (lines: string[], marker: RegExp, tag: string): Html => {
  const items: string[] = [];
  for (const line of takeWhile(
    lines,
    one => marker.test(one) || (/^ +\S/.test(one) && !startsBlock(one)),
  )) {
    if (marker.test(line)) items.push(line.replace(marker, ''));
    else items[items.length - 1] += `\n${line.trim()}`;
  }
  return html`${new Html(`<${tag}>`)}${items.map(item => {
    const [, box, text] = /^\[([ xX])\] (.*)$/s.exec(item) ?? [];
    return box === undefined
      ? html`<li>${inline(item)}</li>`
      : html`<li>${box === ' ' ? '☐' : '☑'} ${inline(text)}</li>`;
  })}${new Html(`</${tag}>`)}`;
};

const isRow = (line: string) => line.includes('|');
const isDelimiter = (line: string) =>
  line.includes('-') && /^[\s|:-]+$/.test(line) && line.includes('|');
const cells = (line: string) =>
  line
    .trim()
    .replace(/^\||\|$/g, '')
    .split(/(?<!\\)\|/)
    .map(cell => cell.trim().replace(/\\\|/g, '|'));

const table = (lines: string[]): Html => {
  const head = cells(lines.shift()!);
  lines.shift();
  const rows = takeWhile(lines, line => line.trim() !== '' && isRow(line));
  // Tables of names and values have a head only because Markdown wants one.
  const hasHead = head.some(cell => cell !== '');
  return html`<table>
    ${hasHead &&
    html`<thead>
      <tr>
        ${head.map(cell => html`<th>${inline(cell)}</th>`)}
      </tr>
    </thead>`}
    <tbody>
      ${rows.map(
        row =>
          html`<tr>
            ${cells(row).map(cell => html`<td>${inline(cell)}</td>`)}
          </tr>`,
      )}
    </tbody>
  </table>`;
};

const INLINE =
  /(`+)(.+?)\1|\[([^\]]+)\]\((https?:\/\/[^\s)]+|\/[^\s)]*)\)|\*\*(.+?)\*\*|(?<![\w*])[*_](?!\s)([^*_]+?)[*_](?![\w*])|(https?:\/\/[^\s<>()]+[^\s<>().,;:!?'"])/s;

const inline = (text: string): Html => {
  const match = INLINE.exec(text);
  if (!match) return html`${text.replace(/\\([\\`*_{}[\]()#+.!|-])/g, '$1')}`;
  const [whole, , code, label, target, bold, italic, address] = match;
  const before = inline(text.slice(0, match.index));
  const after = inline(text.slice(match.index + whole.length));
  const styled = () => {
    if (code !== undefined) return html`<code>${code}</code>`;
    if (target !== undefined)
      return html`<a href="${target}">${inline(label)}</a>`;
    if (bold !== undefined) return html`<strong>${inline(bold)}</strong>`;
    if (italic !== undefined) return html`<em>${inline(italic)}</em>`;
    return html`<a href="${address}">${address}</a>`;
  };
  return html`${before}${styled()}${after}`;
};
