import {
  toText,
  evaluateExpression,
  Json,
  addStatusFunction,
} from './expression';

const contexts = {
  github: {
    ref: 'refs/heads/main',
    event: { number: 7, labels: [{ name: 'a' }, { name: 'b' }] },
  },
  inputs: { flag: true, text: "it's" },
};

describe('evaluateExpression', () => {
  const rows: Array<{ expression: string; value: Json }> = [
    { expression: "github.ref == 'refs/heads/main'", value: true },
    { expression: "github.ref == 'REFS/heads/MAIN'", value: true },
    { expression: 'github.event.nothing.there', value: null },
    { expression: 'github.event.labels.*.name', value: ['a', 'b'] },
    { expression: "contains(github.event.labels.*.name, 'b')", value: true },
    {
      expression: "format('{0}-{1}', inputs.text, github.event.number)",
      value: "it's-7",
    },
    {
      expression: 'fromJSON(\'{"a": [1, true, null]}\').a',
      value: [1, true, null],
    },
    { expression: 'toJSON(inputs.flag)', value: 'true' },
    { expression: "join(fromJSON('[1,2]'), '/')", value: '1/2' },
    {
      expression:
        "startsWith(github.ref, 'refs/') && endsWith(github.ref, 'main')",
      value: true,
    },
    { expression: "inputs.flag && 'yes' || 'no'", value: 'yes' },
    { expression: '!inputs.flag', value: false },
    { expression: "hashFiles('a', 'b')", value: 'hash of a,b' },
    { expression: 'success() || always()', value: true },
    { expression: "format('{0} ''b'' ''c''', 'a''s')", value: "a's 'b' 'c'" },
    { expression: 'failure()', value: false },
    { expression: 'CANCELLED()', value: false },
  ];
  it.each(rows)('$expression', ({ expression, value }) => {
    const hashFiles = (patterns: string[]) => `hash of ${patterns}`;
    expect(evaluateExpression(expression, contexts, { hashFiles })).toEqual(
      value,
    );
  });

  it.each([
    { expression: 'secrets.X', message: "Unrecognized named-value: 'secrets'" },
    { expression: 'nosuch()', message: "Unrecognized function: 'nosuch'" },
    { expression: 'github.ref ==', message: 'Unexpected end of expression' },
  ])('refuses $expression', ({ expression, message }) => {
    expect(() => evaluateExpression(expression, contexts)).toThrow(message);
  });
});

describe('addStatusFunction', () => {
  it.each([
    { condition: '', result: 'success()', reason: 'empty' },
    {
      condition: 'inputs.flag',
      result: 'success() && (inputs.flag)',
      reason: 'none in it',
    },
    {
      condition: "'failure()' == inputs.text",
      result: "success() && ('failure()' == inputs.text)",
      reason: 'in a text it is none',
    },
    {
      condition: 'inputs.flag && !(cancelled())',
      result: 'inputs.flag && !(cancelled())',
      reason: 'deep in it',
    },
    {
      condition: 'Always()',
      result: 'Always()',
      reason: 'case does not count',
    },
  ])('$condition: $reason', ({ condition, result }) => {
    expect(addStatusFunction(condition)).toBe(result);
  });
});

it.each([
  { value: null, text: '' },
  { value: true, text: 'true' },
  { value: 1.5, text: '1.5' },
  { value: [1], text: 'Array' },
  { value: { a: 1 }, text: 'Object' },
])('toText($value)', ({ value, text }) => {
  expect(toText(value)).toBe(text);
});
