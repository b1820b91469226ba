import {
  CheckedInputs,
  checkDispatchInputs,
  convertInputs,
} from './dispatchInputs';
import { InputDefinition } from './workflowFile';

const input = (change: Partial<InputDefinition> = {}): InputDefinition => ({
  type: 'string',
  required: false,
  options: [],
  ...change,
});
const environment = input({
  type: 'choice',
  required: true,
  options: ['dev', 'prod'],
});

describe('checkDispatchInputs', () => {
  it.each<{
    definitions: Record<string, InputDefinition>;
    given: Record<string, string>;
    result: CheckedInputs;
    reason: string;
  }>([
    {
      definitions: {},
      given: {},
      result: { inputs: {} },
      reason: 'nothing asked, nothing given',
    },
    {
      definitions: { a: input() },
      given: { b: '1', c: '2', a: 'x' },
      result: { error: 'Unexpected inputs provided: ["b","c"]' },
      reason: 'all unknown names at once',
    },
    {
      definitions: { a: input() },
      given: JSON.parse('{"constructor": "x"}'),
      result: { error: 'Unexpected inputs provided: ["constructor"]' },
      reason: 'names of Object.prototype are unknown too',
    },
    {
      definitions: { a: input({ required: true }) },
      given: {},
      result: { error: "Required input 'a' not provided" },
      reason: 'required and missing',
    },
    {
      definitions: { a: input({ required: true }) },
      given: { a: '' },
      result: { error: "Required input 'a' not provided" },
      reason: 'required and empty',
    },
    {
      definitions: { a: input({ required: true, default: 'x' }) },
      given: {},
      result: { inputs: { a: 'x' } },
      reason: 'a default does for a required one',
    },
    {
      definitions: { a: input() },
      given: {},
      result: { inputs: { a: '' } },
      reason: 'optional without default is empty',
    },
    {
      definitions: { a: input({ default: 'x' }) },
      given: { a: '' },
      result: { inputs: { a: '' } },
      reason: 'given empty is not missing',
    },
    {
      definitions: { environment },
      given: { environment: 'dev' },
      result: { inputs: { environment: 'dev' } },
      reason: 'one of the options',
    },
    {
      definitions: { environment },
      given: { environment: 'Dev' },
      result: {
        error:
          "Provided value 'Dev' for input 'environment' not in the list of allowed values",
      },
      reason: 'options are exact',
    },
    {
      definitions: { a: input({ type: 'choice', options: ['x', 'y'] }) },
      given: {},
      result: { inputs: { a: 'x' } },
      reason: 'an optional choice is its first option',
    },
    {
      definitions: { a: input({ type: 'boolean' }) },
      given: {},
      result: { inputs: { a: 'false' } },
      reason: 'an optional boolean is false',
    },
    {
      definitions: { a: input({ type: 'boolean', default: true }) },
      given: {},
      result: { inputs: { a: 'true' } },
      reason: 'default of a boolean',
    },
    {
      definitions: { a: input({ type: 'boolean' }) },
      given: { a: 'yes' },
      result: {
        error:
          "Provided value 'yes' for input 'a' not in the list of allowed values",
      },
      reason: 'booleans are true and false',
    },
    {
      definitions: { a: input({ type: 'number', default: 3 }) },
      given: {},
      result: { inputs: { a: '3' } },
      reason: 'default of a number',
    },
    {
      definitions: { a: input({ type: 'number' }) },
      given: { a: 'three' },
      result: {
        error:
          "Provided value 'three' for input 'a' not in the list of allowed values",
      },
      reason: 'no number',
    },
  ])('$reason', ({ definitions, given, result }) => {
    expect(checkDispatchInputs(definitions, given)).toEqual(result);
  });
});

describe('convertInputs', () => {
  it('gives booleans and numbers as such, the rest as text', () => {
    const definitions = {
      a: input({ type: 'boolean' }),
      b: input({ type: 'number' }),
      c: input(),
    };
    expect(
      convertInputs(definitions, { a: 'true', b: '3', c: 'true' }),
    ).toEqual({
      a: true,
      b: 3,
      c: 'true',
    });
  });
});
