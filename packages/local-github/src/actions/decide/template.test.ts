import { Json } from './expression';
import { Expression, resolve, resolveTexts, toTemplate } from './template';

const contexts = {
  inputs: { n: 3, text: "it's }} {0}", list: [1, 2], flag: false },
};

describe('resolve', () => {
  it.each<{ value: Json; resolved: Json; reason: string }>([
    { value: 'plain', resolved: 'plain', reason: 'no expression' },
    {
      value: '${{ inputs.list }}',
      resolved: [1, 2],
      reason: 'a lone expression keeps its type',
    },
    {
      value: 'n=${{ inputs.n }}',
      resolved: 'n=3',
      reason: 'text around makes text',
    },
    {
      value: '${{ inputs.n }}${{ inputs.flag }}',
      resolved: '3false',
      reason: 'two expressions make text',
    },
    {
      value: "echo '${{ inputs.text }}'\n  {0} 'x'\n",
      resolved: "echo 'it's }} {0}'\n  {0} 'x'\n",
      reason: 'several lines, quotes and braces stay',
    },
    {
      value: "${{ 'a}}b' }}|",
      resolved: 'a}}b|',
      reason: '}} in a quoted text ends nothing',
    },
    {
      value: "${{ '${{' }} literal",
      resolved: '${{ literal',
      reason: 'the way to write ${{ itself',
    },
    {
      value: { a: ['${{ inputs.n }}', true, null] },
      resolved: { a: [3, true, null] },
      reason: 'inside lists and mappings',
    },
  ])('$reason', ({ value, resolved }) => {
    expect(resolve(toTemplate(value), contexts)).toEqual(resolved);
  });

  it('evaluates once: what a value contains is never an expression', () => {
    const template = toTemplate({ A: '${{ inputs.evil }}' });
    expect(
      resolveTexts(template, { inputs: { evil: '${{ inputs.evil }}' } }),
    ).toEqual({ A: '${{ inputs.evil }}' });
  });
});

it.each([
  {
    source: "${{ github.ref == 'x' }}",
    condition: "github.ref == 'x'",
    reason: 'a lone expression',
  },
  {
    source: "${{ failure() }} && it's",
    condition: "format('{0}{1}', failure(), ' && it''s')",
    reason: 'text makes it text, always true',
  },
])('asCondition: $reason', ({ source, condition }) => {
  expect(new Expression(source).asCondition()).toBe(condition);
});
