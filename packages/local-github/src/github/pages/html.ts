/** Text that is HTML already. */
export class Html {
  constructor(readonly text: string) {}
}

type Piece = Html | string | number | null | undefined | false | Piece[];

/** HTML in which every value is escaped, unless it is HTML itself. */
export const html = (strings: TemplateStringsArray, ...values: Piece[]): Html =>
  new Html(
    strings.reduce(
      (text, part, index) =>
        text + part + (index < values.length ? render(values[index]) : ''),
      '',
    ),
  );

const render = (piece: Piece): string => {
  if (piece === null || piece === undefined || piece === false) return '';
  if (Array.isArray(piece)) return piece.map(render).join('');
  return piece instanceof Html ? piece.text : escapeHtml(String(piece));
};

const escapeHtml = (text: string): string =>
  text
    .replace(/&/g, '&amp;')
    .replace(/</g, '&lt;')
    .replace(/>/g, '&gt;')
    .replace(/"/g, '&quot;')
    .replace(/'/g, '&#39;');
