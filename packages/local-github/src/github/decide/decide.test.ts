import { JobRecord } from '../../actions/types';
import { compareSpecificity } from '../rest/specificity';
import { isLogin, isRepositoryName, isVariableName } from './names';
import { splitStepLogs } from './splitStepLogs';

describe('names', () => {
  it.each([
    {
      check: isRepositoryName,
      name: 'parcel-tracker',
      is: true,
      reason: 'ordinary',
    },
    {
      check: isRepositoryName,
      name: 'a.b_c-1',
      is: true,
      reason: 'all that is allowed',
    },
    {
      check: isRepositoryName,
      name: '..',
      is: false,
      reason: 'a folder above',
    },
    { check: isRepositoryName, name: 'a/b', is: false, reason: 'a path' },
    {
      check: isRepositoryName,
      name: 'a.git',
      is: false,
      reason: 'the ending of remotes',
    },
    {
      check: isRepositoryName,
      name: 'x'.repeat(101),
      is: false,
      reason: 'too long',
    },
    {
      check: isRepositoryName,
      name: 'ünder',
      is: false,
      reason: 'beyond ASCII',
    },
    { check: isLogin, name: 'acme', is: true, reason: 'ordinary' },
    { check: isLogin, name: 'github-actions[bot]', is: true, reason: 'a bot' },
    { check: isLogin, name: '-a', is: false, reason: 'a dash first' },
    { check: isLogin, name: '..', is: false, reason: 'a folder above' },
    { check: isLogin, name: 'a.css', is: false, reason: 'a dot' },
    {
      check: isVariableName,
      name: 'GOLDENPATH_CLI',
      is: true,
      reason: 'ordinary',
    },
    { check: isVariableName, name: '1A', is: false, reason: 'a digit first' },
    { check: isVariableName, name: 'github_x', is: false, reason: 'reserved' },
  ])('$check.name("$name") is $is: $reason', ({ check, name, is }) => {
    expect(check(name)).toBe(is);
  });
});

describe('compareSpecificity', () => {
  it('puts literal segments before variable ones, and longer paths before their beginnings', () => {
    const names = ['GET /a/{x}', 'GET /a/{x}/c', 'GET /a/b', 'GET /a/{x}/{y}'];
    expect(names.sort(compareSpecificity)).toEqual([
      'GET /a/b',
      'GET /a/{x}/c',
      'GET /a/{x}/{y}',
      'GET /a/{x}',
    ]);
  });
});

describe('splitStepLogs', () => {
  const job = {
    steps: [
      { name: 'one', number: 1, startedAt: '2026-11-24T10:00:00.000Z' },
      { name: 'two', number: 2, startedAt: '2026-11-24T10:00:05.000Z' },
      { name: 'skipped', number: 3 },
    ],
  } as unknown as JobRecord;

  it('gives every line to the step that was under way', () => {
    const log = [
      '2026-11-24T09:59:59.000Z before',
      '2026-11-24T10:00:00.000Z first',
      '2026-11-24T10:00:04.999Z ',
      '2026-11-24T10:00:05.000Z second',
      'no time',
      '',
    ].join('\n');
    expect(
      splitStepLogs(job, log).map(({ step, lines }) => [step.name, lines]),
    ).toEqual([
      ['one', ['before', 'first', '']],
      ['two', ['second', 'no time']],
      ['skipped', []],
    ]);
  });
});
