import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { parse } from '@cdktn/hcl2json';
import { ConflictError, InputError, isError } from '@backstage/errors';

/** What tests rely on although a worker's test files share their dependencies: tests/support/sharedModules. */
describe('dependencies outside the realm of a test', () => {
  it('make errors that are errors here, and recognize those of a test', () => {
    const error: unknown = new InputError('no');
    expect(error instanceof Error).toBe(true);
    expect(isError(new TypeError('no'))).toBe(true);
    expect(() => readFileSync('/nowhere')).toThrow(Error);
  });

  it('leave classes apart', () => {
    class Ours extends Error {}
    const input: unknown = new InputError('no');
    const own: unknown = new Ours('no');
    expect([
      input instanceof ConflictError,
      input instanceof Ours,
      own instanceof InputError,
      own instanceof TypeError,
      {} instanceof Map,
      new Map() instanceof Map,
    ]).toEqual([false, false, false, false, false, true]);
  });

  it('return values that equal those of a test', async () => {
    const values = await parse('file', 'a = { b = ["c"] }');
    expect(isDeepStrictEqual(values, { a: { b: ['c'] } })).toBe(true);
  });

  it('read the environment variables of the test', () => {
    process.env.OF_THIS_TEST = 'set';
    expect(
      execFileSync('printenv', ['OF_THIS_TEST'], { encoding: 'utf8' }),
    ).toBe('set\n');
  });
});
