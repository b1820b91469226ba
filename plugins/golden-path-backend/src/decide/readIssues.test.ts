import type { ListedIssue } from '@goldenpath/plugin-golden-path-node';
import { readAccessReviews, readDriftIssues } from './readIssues';

const issue = (number: number, title: string, body = ''): ListedIssue => ({
  number,
  url: `https://github.com/acme/infra/issues/${number}`,
  title,
  body,
  labels: [],
  author: 'github-actions[bot]',
  createdAt: '2026-11-24T10:00:00Z',
});
/** The output of `goldenpath-rds provision --check`, as the workflow puts it into the issue. */
const checked = (text: string) =>
  `\`goldenpath-rds provision --check --env dev\` found drift:\n\n\`\`\`text\n${text}\n\`\`\`\n\nLast seen in https://x`;

describe('the databases of a drift issue', () => {
  it.each([
    {
      reason: 'drifted and refused ones of the summary, and no others',
      body: checked(
        `Checking 3 databases of "dev" on db:5432.
+ users_db (users_app)
    alter role: it may create databases
! orders (orders_app)
    refused: the role is not managed
+ audit_db (audit_app)
    not checked
Plan: 1 change in 1 database.
users_db  drifted       1 change
orders    refused       0 changes
          the role is not managed
audit_db  unchecked     0 changes
Not checked: 1 database. Drift in 2 of the others.`,
      ),
      names: ['dev-users_db', 'dev-orders'],
    },
    {
      reason: 'those of the plan, where the output is cut before the summary',
      body: checked(
        '+ users_db (users_app)\n    x\n… truncated; the run has it',
      ),
      names: ['dev-users_db'],
    },
    {
      reason: 'none of a text that is no output',
      body: 'users_db drifted',
      names: [],
    },
  ])('are $reason', ({ body, names }) => {
    const found = readDriftIssues([issue(4, 'RDS drift in dev', body)]);
    expect([...found.keys()]).toEqual(names);
  });

  it('are none of an issue with another title', () => {
    const body = checked('users_db  drifted  1 change');
    expect(readDriftIssues([issue(4, 'drift in dev', body)]).size).toBe(0);
  });
});

it('finds the newest access review of a database', () => {
  const found = readAccessReviews([
    issue(9, 'Access review of 2026-11-17: users_db (prod)'),
    issue(5, 'Access review of 2026-11-03: users_db (prod)'),
    issue(6, 'Access review: orders (prod)'),
  ]);
  expect([...found].map(([id, { number }]) => [id, number])).toEqual([
    ['prod-users_db', 9],
  ]);
});

describe('an issue that the workflows did not open', () => {
  it.each([
    { reason: 'a person', author: 'mallory' },
    { reason: 'another App', author: 'mallory[bot]' },
    { reason: 'a deleted account', author: undefined },
  ])('counts for nothing: $reason', ({ author }) => {
    const body = checked('users_db  drifted  1 change');
    const drift = { ...issue(4, 'RDS drift in dev', body), author };
    expect(readDriftIssues([drift]).size).toBe(0);
    const title = 'Access review of 2026-11-17: users_db (prod)';
    expect(readAccessReviews([{ ...issue(9, title), author }]).size).toBe(0);
  });
});
