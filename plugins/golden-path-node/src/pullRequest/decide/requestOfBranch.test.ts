import {
  catalogEntry,
  renderPullRequestMarker,
} from '@goldenpath/plugin-golden-path-common';
import {
  CREATED,
  EXAMPLE_DATABASE as request,
} from '../../../../../tests/support/exampleDatabase';
import {
  parseRequestBranch,
  rebuildRequest,
  findTaskId,
} from './requestOfBranch';

const key = { environment: 'dev', databaseName: 'users_db' };

describe('parseRequestBranch', () => {
  it.each([
    { branch: 'database/dev/users_db', expected: key, reason: 'a request' },
    { branch: 'database/audit/dev', expected: undefined, reason: 'the audit' },
    { branch: 'database/dev', expected: undefined, reason: 'no database' },
    {
      branch: 'database/dev/a/b',
      expected: undefined,
      reason: 'an additional part',
    },
    {
      branch: 'feature/dev/users_db',
      expected: undefined,
      reason: 'another folder',
    },
    { branch: 'main', expected: undefined, reason: 'the base' },
  ])('$reason: $branch', ({ branch, expected }) => {
    expect(parseRequestBranch(branch)).toEqual(expected);
  });

  it('takes the environments of the infra repo', () => {
    const perf = { environment: 'perf', databaseName: 'users_db' };
    expect(parseRequestBranch('database/perf/users_db')).toBeUndefined();
    expect(parseRequestBranch('database/perf/users_db', ['perf'])).toEqual(
      perf,
    );
    expect(
      parseRequestBranch('database/dev/users_db', ['perf']),
    ).toBeUndefined();
  });
});

describe('findTaskId', () => {
  it.each([
    {
      body: `text ${renderPullRequestMarker(key, 'task-1')}`,
      expected: 'task-1',
      reason: 'our marker',
    },
    { body: 'text', expected: 'none', reason: 'no marker' },
    {
      body: renderPullRequestMarker({ ...key, environment: 'prod' }, 'task-1'),
      expected: 'none',
      reason: "another request's marker",
    },
    {
      body: renderPullRequestMarker(key, '--base=x'),
      expected: 'none',
      reason: 'an invalid task id',
    },
  ])('$reason', ({ body, expected }) => {
    expect(findTaskId(key, body)).toBe(expected);
  });
});

describe('rebuildRequest', () => {
  const entry = catalogEntry(request, CREATED);

  it('reads back the entry of a request', () => {
    expect(rebuildRequest(key, entry)).toEqual({ request });
  });

  it('reads a name that no new request may have', () => {
    const username = 'rdsapp_user';
    expect(
      rebuildRequest(key, {
        ...entry,
        configuration: { ...entry.configuration, username },
      }),
    ).toEqual({ request: { ...request, username } });
  });

  it('validates an edited entry again', () => {
    expect(
      rebuildRequest(key, {
        metadata: { ...entry.metadata, owner: '`id` [x](http://x)' },
        configuration: { ...entry.configuration, username: 'postgres' },
      }),
    ).toEqual({
      problems: [
        expect.stringContaining('postgres'),
        expect.stringContaining('`id`'),
      ],
    });
  });
});
