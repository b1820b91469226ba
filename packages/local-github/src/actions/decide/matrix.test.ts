import { Json } from './expression';
import { Cell, composeCellName, expandMatrix } from './matrix';

describe('expandMatrix', () => {
  it.each<{ matrix: Json; cells: Cell[]; reason: string }>([
    {
      matrix: { a: [1, 2], b: ['x', 'y'] },
      cells: [
        { a: 1, b: 'x' },
        { a: 1, b: 'y' },
        { a: 2, b: 'x' },
        { a: 2, b: 'y' },
      ],
      reason: 'the product, first axis slowest',
    },
    {
      matrix: { a: [1, 2], exclude: [{ a: 1 }] },
      cells: [{ a: 2 }],
      reason: 'exclude takes cells away',
    },
    {
      matrix: { a: [1, 2], include: [{ a: 2, c: true }] },
      cells: [{ a: 1 }, { a: 2, c: true }],
      reason: 'include adds to cells that agree',
    },
    {
      matrix: { a: [1], include: [{ c: 1 }] },
      cells: [{ a: 1, c: 1 }],
      reason: 'include without an axis adds to all',
    },
    {
      matrix: { a: [1], include: [{ a: 3 }] },
      cells: [{ a: 1 }, { a: 3 }],
      reason: 'include that agrees with none is a cell of its own',
    },
    {
      matrix: { include: [{ a: 1 }, { a: 2 }] },
      cells: [{ a: 1 }, { a: 2 }],
      reason: 'include alone',
    },
    {
      matrix: { a: [{ n: 1 }] },
      cells: [{ a: { n: 1 } }],
      reason: 'values may be mappings',
    },
    {
      // The example of GitHub's documentation.
      matrix: {
        fruit: ['apple', 'pear'],
        animal: ['cat', 'dog'],
        include: [
          { color: 'green' },
          { color: 'pink', animal: 'cat' },
          { fruit: 'apple', shape: 'circle' },
          { fruit: 'banana' },
          { fruit: 'banana', animal: 'cat' },
        ],
      },
      cells: [
        { fruit: 'apple', animal: 'cat', color: 'pink', shape: 'circle' },
        { fruit: 'apple', animal: 'dog', color: 'green', shape: 'circle' },
        { fruit: 'pear', animal: 'cat', color: 'pink' },
        { fruit: 'pear', animal: 'dog', color: 'green' },
        { fruit: 'banana' },
        { fruit: 'banana', animal: 'cat' },
      ],
      reason: "the example of GitHub's documentation",
    },
  ])('$reason', ({ matrix, cells }) => {
    expect(expandMatrix(matrix)).toEqual(cells);
  });

  it.each([
    {
      matrix: { a: [] },
      message: "Matrix vector 'a' does not contain any values",
      reason: 'an empty axis',
    },
    {
      matrix: { a: 'x' },
      message: "Matrix vector 'a' must be a list",
      reason: 'no list',
    },
    {
      matrix: 'x',
      message: 'The matrix must be a mapping of lists',
      reason: 'no mapping',
    },
  ])('refuses $reason', ({ matrix, message }) => {
    expect(() => expandMatrix(matrix)).toThrow(message);
  });
});

it('names a cell by its values, those of mappings too', () => {
  expect(
    composeCellName('apply', {
      environment: 'dev',
      version: { major: 18, lts: true },
    }),
  ).toBe('apply (dev, 18, true)');
  expect(composeCellName('apply', {})).toBe('apply');
});
