import fc from 'fast-check';
import {
  CREATED,
  EXAMPLE_DATABASE,
} from '../../../tests/support/exampleDatabase';
import { catalogEntry, toRequestFields } from './catalogEntry';
import { parseDeclared } from './declared';
import { ENVIRONMENTS } from './environments';
import { FIELD_RULES, RuledField } from './fieldRules';
import { DOMAINS, RISKS, SIZES } from './options';
import { parseRequest } from './request';

const messagesFor = (fields: object): string[] => {
  const parsed = parseDeclared({ ...EXAMPLE_DATABASE, ...fields });
  return 'problems' in parsed
    ? parsed.problems.map(({ message }) => message)
    : [];
};
const problemsAsRequest = (fields: object) => {
  const parsed = parseRequest({ ...EXAMPLE_DATABASE, ...fields });
  return 'problems' in parsed ? parsed.problems : [];
};

describe('what is declared already', () => {
  it.each([
    { reason: 'a short app name', fields: { component_id: 'a' } },
    {
      reason: 'an app name of more than 50 characters',
      fields: { component_id: 'a'.repeat(80) },
    },
    {
      reason: 'an app name that begins with a digit',
      fields: { component_id: '2nd-service' },
    },
    { reason: 'a database pg_…', fields: { databaseName: 'pg_orders' } },
    { reason: 'a role rds…', fields: { username: 'rdsapp_user' } },
    { reason: 'a role current_user', fields: { username: 'current_user' } },
    { reason: 'a role session_user', fields: { username: 'session_user' } },
    {
      reason: 'an environment that is offered no more',
      fields: { environment: 'uat' },
    },
    { reason: 'a domain that is offered no more', fields: { domain: 'sales' } },
    { reason: 'a larger size in dev', fields: { size: 'xlarge' } },
  ])('may be $reason, which no new request may', ({ fields }) => {
    expect(messagesFor(fields)).toEqual([]);
    expect(problemsAsRequest(fields)).not.toEqual([]);
  });

  it.each([
    ...['postgres', 'template0', 'template1', 'rdsadmin'].map(name => ({
      field: 'databaseName',
      value: name,
      says: "Database name: choose a database that isn't PostgreSQL's or RDS's own",
    })),
    ...['postgres', 'public', 'none', 'rdsadmin', 'pg_x', 'rds_iam'].map(
      name => ({
        field: 'username',
        value: name,
        says: "Database user: choose a role that isn't PostgreSQL's or RDS's own",
      }),
    ),
    { field: 'databaseName', value: 'Users', says: 'Database name: use lower' },
    { field: 'username', value: 'a"b', says: 'Database user: use lower' },
    { field: 'component_id', value: 'a--b', says: 'App name: use lower' },
    { field: 'owner', value: '`id`', says: 'Owner: use the name of a Group' },
    { field: 'requestedBy', value: 'a|b', says: 'Requesting user: use' },
    { field: 'environment', value: '../x', says: 'Environment: use letters' },
    { field: 'domain', value: 'a`b', says: 'Domain: use letters' },
    { field: 'risk', value: 'huge', says: 'Risk: choose one of none, low' },
    { field: 'size', value: 'huge', says: 'Size: choose one of small' },
  ])('never has $field $value', ({ field, value, says }) => {
    expect(messagesFor({ [field]: value })).toEqual([
      expect.stringContaining(says),
    ]);
    expect(problemsAsRequest({ [field]: value })).not.toEqual([]);
  });

  /** Mostly right ones, so that whole requests are right now and then. */
  const textOf = (field: RuledField) =>
    fc.oneof(
      {
        weight: 8,
        arbitrary: fc.stringMatching(new RegExp(FIELD_RULES[field].pattern)),
      },
      fc.stringMatching(/^(pg_|rds_?)?[a-z0-9_-]{0,70}$/),
      fc.string(),
    );
  it('takes whatever a request may be', () => {
    let taken = 0;
    fc.assert(
      fc.property(
        fc.record({
          component_id: textOf('component_id'),
          databaseName: textOf('databaseName'),
          username: textOf('username'),
          owner: textOf('owner'),
          environment: fc.constantFrom(...ENVIRONMENTS),
          domain: fc.constantFrom(...DOMAINS),
          risk: fc.constantFrom(...RISKS),
          size: fc.constantFrom(...SIZES),
          requestedBy: textOf('requestedBy'),
        }),
        fields => {
          const asked = parseRequest(fields);
          if ('problems' in asked) return;
          taken += 1;
          expect(parseDeclared(fields)).toHaveProperty('declared');
          const { description, ...declared } = asked.request;
          const entry = catalogEntry(declared, CREATED);
          expect(parseDeclared(toRequestFields(declared, entry))).toEqual({
            declared,
          });
        },
      ),
      { numRuns: 2000 },
    );
    expect(taken).toBeGreaterThan(10);
  });

  it.each(Object.keys(FIELD_RULES) as RuledField[])(
    '%s: takes whatever a request may have there',
    field => {
      fc.assert(
        fc.property(textOf(field), value => {
          if (problemsAsRequest({ [field]: value }).length === 0)
            expect(messagesFor({ [field]: value })).toEqual([]);
        }),
        { numRuns: 500 },
      );
    },
  );
});
