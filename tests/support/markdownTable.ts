/** The first table after a heading of a Markdown page: its rows, by the names of the columns. @throws Error where there is none */
export const tableAfter = (
  page: string,
  heading: string,
): Array<Record<string, string>> => {
  const start = page.indexOf(`${heading}\n`);
  const lines = page.slice(start).split('\n');
  const first = lines.findIndex(line => line.startsWith('|'));
  if (start === -1 || first === -1)
    throw new Error(`There is no table after "${heading}".`);
  const cells = (line: string) =>
    line
      .split('|')
      .slice(1, -1)
      .map(cell => cell.trim());
  const end = lines.findIndex((line, i) => i > first && !line.startsWith('|'));
  const columns = cells(lines[first]);
  return lines.slice(first + 2, end).map(line => {
    const row = cells(line);
    if (row.length !== columns.length)
      throw new Error(`Not ${columns.length} cells: ${line}`);
    return Object.fromEntries(columns.map((name, i) => [name, row[i]]));
  });
};
