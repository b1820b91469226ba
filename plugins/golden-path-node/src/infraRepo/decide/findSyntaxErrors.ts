import type { PlacedProblem } from './fileError';

/** The first syntax error of a text; undefined if it has none. */
export type FindFirst = (text: string) => Promise<PlacedProblem | undefined>;

/** Lines of a file, from `line` on (the first line is 1). */
interface Part {
  line: number;
  lines: string[];
}

/** An attribute at the top of the file, as terraform fmt writes it. */
const STATEMENT = /^[A-Za-z_][\w-]*[ \t]*=/;
/** An entry of a map. */
const ENTRY = /^([ \t]+)(?:"[^"]*"|[\w-]+)[ \t]*[=:][ \t]*\{/;

/**
 * Finds the syntax errors of a file of attributes: one for each attribute, and one for each entry of a map. HashiCorp's parser gives up at
 * the first one, and what it says after that follows from it, so each part is parsed alone, at its own lines. Parts begin where
 * terraform fmt begins them; in a file that is written otherwise only the first error is found.
 * @param first - of the whole file
 * @returns the errors in the order of the file
 */
export const findSyntaxErrors = async (
  text: string,
  first: PlacedProblem,
  findFirst: FindFirst,
): Promise<PlacedProblem[]> => {
  const lines = text.split('\n');
  const found: PlacedProblem[] = [];
  for (const part of split({ line: 1, lines }, line => STATEMENT.test(line))) {
    found.push(...(await findInStatement(part, findFirst)));
  }
  if (found.length < 2) return [first];
  // What the whole file has first may stand between the parts.
  const isFirstSeen = found.some(({ line }) => line === first.line);
  return (isFirstSeen ? found : [...found, first]).sort(
    (one, other) => one.line - other.line,
  );
};

const findInStatement = async (
  part: Part,
  findFirst: FindFirst,
): Promise<PlacedProblem[]> => {
  const own = await findFirst(atItsLine(part));
  if (!own) return [];
  const [, indentation] = part.lines
    .map(line => ENTRY.exec(line))
    .find(match => match !== null) ?? [undefined, undefined];
  if (indentation === undefined) return [own];
  const [, ...entries] = split(
    withoutLastBrace(part),
    line => ENTRY.exec(line)?.[1] === indentation,
  );
  const inEntries: PlacedProblem[] = [];
  for (const entry of entries) {
    // In a map of its own, whose first line is the one before.
    const problem = await findFirst(
      `${'\n'.repeat(entry.line - 2)}entry = {\n${entry.lines.join('\n')}\n}\n`,
    );
    if (problem) inEntries.push(problem);
  }
  return inEntries.length > 0 ? inEntries : [own];
};

const atItsLine = ({ line, lines }: Part): string =>
  `${'\n'.repeat(line - 1)}${lines.join('\n')}${
    lines[lines.length - 1] === '' ? '' : '\n'
  }`;

/** Splits before each line that begins a part; what is before the first one is a part too. */
const split = (
  { line: start, lines }: Part,
  isBegin: (line: string) => boolean,
): Part[] => {
  const parts: Part[] = [{ line: start, lines: [] }];
  lines.forEach((line, index) => {
    if (isBegin(line)) parts.push({ line: start + index, lines: [] });
    parts[parts.length - 1].lines.push(line);
  });
  return parts;
};

/** Without the brace that closes the map, and what follows it. */
const withoutLastBrace = ({ line, lines }: Part): Part => {
  const last = lines.findIndex(text => text.startsWith('}'));
  return { line, lines: last < 0 ? lines : lines.slice(0, last) };
};
