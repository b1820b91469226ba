import fc from 'fast-check';
import { FIELD_RULES } from './fieldRules';
import {
  auditPath,
  branchName,
  catalogEntryId,
  coupledTfvarsPath,
  entityName,
  entityRef,
  kubernetesSecretName,
  masterSecretName,
  formatOwnerRef,
  ownerLabel,
  parseOwner,
  parsePullRequestMarker,
  listPullRequestLabels,
  renderPullRequestMarker,
  renderPullRequestTitle,
  requestId,
  runName,
  secretName,
  standaloneTfvarsPath,
} from './names';
import { ENVIRONMENTS } from './environments';

const key = { environment: 'dev', databaseName: 'users_db' };

describe('names', () => {
  it.each<[string, string, string]>([
    ['request id', requestId(key), 'dev-users_db'],
    ['branch', branchName(key), 'database/dev/users_db'],
    ['run-name', runName(key, 'task-1'), 'database dev-users_db task-1'],
    [
      'secret',
      secretName('dev', 'users_db'),
      'goldenpath/dev/users_db/postgres',
    ],
    [
      'secret under a prefix',
      secretName('dev', 'users_db', 'acme'),
      'acme/dev/users_db/postgres',
    ],
    ['master secret', masterSecretName('dev'), 'goldenpath/dev/rds/master'],
    [
      'Kubernetes Secret',
      kubernetesSecretName('user-service'),
      'user-service-db-creds',
    ],
    ['catalog entry', catalogEntryId(key), 'DATABASE_DEV_USERS_DB'],
    ['catalog entity', entityRef(key), 'resource:default/rds-dev-users_db'],
    [
      'title',
      renderPullRequestTitle(key),
      'Create RDS database users_db (dev)',
    ],
    [
      'labels',
      listPullRequestLabels('dev', 'medium').join(),
      'rds-database,dev,medium-risk',
    ],
    [
      'standalone tfvars',
      standaloneTfvarsPath('dev'),
      'envs/dev-rds/terraform.tfvars',
    ],
    ['coupled tfvars', coupledTfvarsPath('dev'), 'envs/dev/terraform.tfvars'],
    ['audit', auditPath('dev'), 'governance/dev/rds_provision_audit.csv'],
  ])('%s', (_, name, expected) => {
    expect(name).toBe(expected);
  });

  it('reads the pull request marker back', () => {
    expect(
      parsePullRequestMarker(
        `Body\n${renderPullRequestMarker(key, 'task-1')}\n`,
      ),
    ).toEqual({ requestId: 'dev-users_db', taskId: 'task-1' });
    expect(parsePullRequestMarker('Body')).toBeUndefined();
  });
});

describe('entityName', () => {
  const requests = fc.record({
    environment: fc.constantFrom(...ENVIRONMENTS),
    databaseName: fc.stringMatching(
      new RegExp(FIELD_RULES.databaseName.pattern),
    ),
  });

  it.each([
    {
      databaseName: 'users_db',
      expected: 'rds-dev-users_db',
      reason: 'fits as it is',
    },
    {
      databaseName: `d${'b'.repeat(54)}`,
      expected: `rds-dev-d${'b'.repeat(54)}`,
      reason: '63 characters just fit',
    },
    {
      databaseName: `d${'b'.repeat(55)}`,
      expected: `rds-dev-d${'b'.repeat(45)}-ce9c6f26`,
      reason: '64 characters are cut at 54 and told apart by a hash',
    },
    {
      databaseName: 'users_',
      expected: 'rds-dev-users-e1c0c2c7',
      reason: 'an entity name ends in a letter or digit',
    },
  ])('$reason', ({ databaseName, expected }) => {
    expect(entityName({ environment: 'dev', databaseName })).toBe(expected);
  });

  it('is a valid entity name and label value for every legal request', () => {
    fc.assert(
      fc.property(requests, request => {
        expect(entityName(request)).toMatch(
          /^[A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?$/,
        );
      }),
      { numRuns: 1000 },
    );
  });

  it('tells any two requests apart', () => {
    fc.assert(
      fc.property(requests, requests, (a, b) => {
        fc.pre(requestId(a) !== requestId(b));
        expect(entityName(a)).not.toBe(entityName(b));
      }),
      { numRuns: 1000 },
    );
  });
});

describe('parseOwner', () => {
  it.each([
    {
      ref: 'platform-team',
      owner: 'platform-team',
      reason: 'a bare name is a Group of the default namespace',
    },
    {
      ref: 'group:default/platform-team',
      owner: 'platform-team',
      reason: 'what the owner picker sends',
    },
    {
      ref: 'Group:Default/Platform-Team',
      owner: 'Platform-Team',
      reason: 'kind and namespace are read in any case',
    },
    {
      ref: 'default/platform-team',
      owner: 'platform-team',
      reason: 'the kind may be left out',
    },
    {
      ref: 'group:payments/core',
      owner: 'payments/core',
      reason: 'another namespace is carried along',
    },
    {
      ref: 'group:Payments/Core',
      owner: 'payments/Core',
      reason: 'a namespace of the catalog has no capitals',
    },
  ])('$ref: $reason', ({ ref, owner }) => {
    expect(parseOwner(ref)).toEqual({ owner });
    expect(parseOwner(formatOwnerRef(owner))).toEqual({ owner });
  });

  it.each([
    {
      ref: 'user:default/jane',
      words: 'owned by a Group, not by a user',
      reason: 'people leave',
    },
    {
      ref: 'a:b:c',
      words: 'choose a Group of the catalog',
      reason: 'no entity reference',
    },
  ])('refuses $ref: $reason', ({ ref, words }) => {
    expect(parseOwner(ref)).toEqual({
      problem: expect.stringContaining(words),
    });
  });
});

describe('ownerLabel', () => {
  it.each([
    { owner: 'platform-team', label: 'platform-team' },
    { owner: 'payments/core', label: 'payments..core' },
  ])('$owner', ({ owner, label }) => {
    expect(ownerLabel(owner)).toBe(label);
    expect(label).toMatch(/^(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?$/);
  });
});
