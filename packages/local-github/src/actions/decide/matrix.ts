import { toText, Json } from './expression';

/** One cell of a matrix, by axis. */
export type Cell = Record<string, Json>;

/**
 * The cells of an evaluated `strategy.matrix`, in GitHub's order: the product of the axes, less `exclude`, with `include`.
 * @throws Error where an axis is no list or is empty, in GitHub's words
 */
export const expandMatrix = (matrix: Json): Cell[] => {
  if (matrix === null || typeof matrix !== 'object' || Array.isArray(matrix)) {
    throw new Error('The matrix must be a mapping of lists');
  }
  const { include = [], exclude = [], ...axes } = matrix;
  for (const [axis, values] of Object.entries(axes)) {
    if (!Array.isArray(values))
      throw new Error(`Matrix vector '${axis}' must be a list`);
    if (values.length === 0)
      throw new Error(`Matrix vector '${axis}' does not contain any values`);
  }
  const product = Object.entries(axes as Record<string, Json[]>).reduce<Cell[]>(
    (cells, [axis, values]) =>
      cells.flatMap(cell => values.map(value => ({ ...cell, [axis]: value }))),
    Object.keys(axes).length > 0 ? [{}] : [],
  );
  const kept = product.filter(
    cell =>
      !readCells(exclude).some(without =>
        agrees(cell, without, Object.keys(without)),
      ),
  );
  return addIncluded(kept, readCells(include), Object.keys(axes));
};

/** The name of a matrix job without a name of its own: `apply (dev, 16)`. */
export const composeCellName = (id: string, cell: Cell): string => {
  const values = Object.values(cell).flatMap(listLeaves);
  return values.length > 0 ? `${id} (${values.join(', ')})` : id;
};

const addIncluded = (
  cells: Cell[],
  included: Cell[],
  axes: string[],
): Cell[] => {
  const result = cells.map(cell => ({ original: cell, cell }));
  const added: Cell[] = [];
  for (const extra of included) {
    const shared = axes.filter(axis => axis in extra);
    const targets = result.filter(({ original }) =>
      agrees(original, extra, shared),
    );
    if (targets.length === 0) added.push(extra);
    for (const target of targets) target.cell = { ...target.cell, ...extra };
  }
  return [...result.map(({ cell }) => cell), ...added];
};

const readCells = (list: Json): Cell[] => {
  return Array.isArray(list) ? (list as Cell[]) : [];
};

const agrees = (cell: Cell, other: Cell, axes: string[]): boolean => {
  return axes.every(
    axis => JSON.stringify(cell[axis]) === JSON.stringify(other[axis]),
  );
};

const listLeaves = (value: Json): string[] => {
  return value !== null && typeof value === 'object'
    ? Object.values(value).flatMap(listLeaves)
    : [toText(value)];
};
