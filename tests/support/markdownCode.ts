/** The code blocks of a language in one section of a Markdown page, from its heading to the next of the same level. */
export const codeBlocks = (
  page: string,
  heading: string,
  language: string,
): string[] => {
  const start = page.indexOf(`${heading}\n`);
  if (start === -1) throw new Error(`There is no heading "${heading}".`);
  const [marks] = heading.split(' ');
  const rest = page.slice(start + heading.length);
  const end = rest.search(new RegExp(`\\n${marks} `));
  const section = end === -1 ? rest : rest.slice(0, end);
  return [
    ...section.matchAll(
      new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'),
    ),
  ].map(match => match[1]);
};

/** The only block that contains a text. @throws Error if there is none, or several */
export const blockWith = (blocks: string[], text: string): string => {
  const found = blocks.filter(block => block.includes(text));
  if (found.length === 1) return found[0];
  throw new Error(`${found.length} blocks contain ${JSON.stringify(text)}.`);
};
