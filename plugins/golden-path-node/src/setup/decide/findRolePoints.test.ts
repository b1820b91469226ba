import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { findRolePoints, RoleKind } from './findRolePoints';
import { listExpectedRoles, nameTokenIssuer } from './listExpectedRoles';
import type { GitHubEnvironment } from './githubSetup';

interface Document {
  Statement: Array<Record<string, any>>;
}

const IAM = resolve(__dirname, '../../../../../platform/iam');
const MASTER = 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!x';
const arnOf = (name: string) => `arn:aws:iam::123456789012:role/${name}`;
const textOf = (name: string) =>
  readFileSync(resolve(IAM, `${name}.json`), 'utf8');
const template = (name: string): Document => JSON.parse(textOf(name));

/** docs/install.md, step 3: its `fill`. */
const VALUES: Record<string, string> = {
  account: '123456789012',
  region: 'eu-central-1',
  prefix: 'goldenpath',
  'state-bucket': 'acme-terraform',
  owner: 'acme',
  'infra-repo': 'platform-infra',
  'owner-id': '123456',
  'infra-repo-id': '456789',
  key: '11112222-3333-4444-5555-666677778888',
  'state-key': '99998888-7777-6666-5555-444433332222',
};
const fill = (name: string, environment = 'dev'): Document =>
  JSON.parse(
    Object.entries({
      ...VALUES,
      environment,
      instance: `goldenpath-${environment}`,
      root: `${environment}-rds`,
    }).reduce(
      (text, [placeholder, value]) =>
        text.replaceAll(`<${placeholder}>`, value),
      textOf(name),
    ),
  );

const environment = (
  name: string,
  variables: Record<string, string>,
): GitHubEnvironment => ({
  name,
  hasReviewers: false,
  openTo: { value: 'all' },
  variables: { value: variables },
  secrets: { value: [] },
});
const rolesOf = (environments: string[], folders: Record<string, string>) =>
  listExpectedRoles({
    settings: { environments, secretPrefix: 'goldenpath' },
    repo: { owner: 'acme', repo: 'platform-infra' },
    folders,
    setup: {
      ids: { value: { owner: 123456, repo: 456789 } },
      variables: {
        value: {
          AWS_REGION: 'eu-central-1',
          TERRAFORM_STATE_BUCKET: 'acme-terraform',
          AWS_PLAN_ROLE_ARN: arnOf('plan'),
          GOLDENPATH_MASTER_SECRET_DEV: MASTER,
        },
      },
      environments: {
        value: environments.flatMap(name => [
          environment(name, { AWS_APPLY_ROLE_ARN: arnOf(`apply-${name}`) }),
          environment(`${name}-check`, {
            AWS_CHECK_ROLE_ARN: arnOf(`check-${name}`),
          }),
          environment(`${name}-rotate`, {
            AWS_ROTATION_ROLE_ARN: arnOf(`rotation-${name}`),
          }),
        ]),
      },
    },
  });

describe('nameTokenIssuer', () => {
  it.each([
    ['https://api.github.com', 'token.actions.githubusercontent.com'],
    ['https://api.acme.ghe.com', 'token.actions.acme.ghe.com'],
    ['https://git.acme.example/api/v3', 'git.acme.example/_services/token'],
  ])('%s: %s', (apiUrl, issuer) => {
    expect(nameTokenIssuer(apiUrl)).toBe(issuer);
  });
});

describe('listExpectedRoles', () => {
  it('lists each role once, with the environments that use it', () => {
    expect(
      rolesOf(['dev', 'perf'], { dev: 'dev-rds' }).map(role => [
        role.arn,
        role.environments.map(({ values }) => values.environment),
      ]),
    ).toEqual([
      [arnOf('apply-dev'), ['dev']],
      [arnOf('plan'), ['dev', 'perf']],
      [arnOf('check-dev'), ['dev']],
      [arnOf('rotation-dev'), ['dev']],
      [arnOf('apply-perf'), ['perf']],
      [arnOf('check-perf'), ['perf']],
      [arnOf('rotation-perf'), ['perf']],
    ]);
  });
});

describe('findRolePoints', () => {
  const find = (
    kind: RoleKind,
    change: (documents: { trust: Document; permissions: Document[] }) => void,
    {
      environments = ['dev'],
      folder = 'dev-rds',
    }: { environments?: string[]; folder?: string } = {},
  ) => {
    const documents = {
      trust: fill(`trust-${kind}`),
      permissions: environments.map(name => fill(kind, name)),
    };
    change(documents);
    const [role] = rolesOf(environments, {
      dev: folder,
      perf: 'perf-rds',
    }).filter(one => one.kind === kind);
    return findRolePoints(
      role,
      { permissions: template(kind), trust: template(`trust-${kind}`) },
      { value: documents },
    ).map(({ status, text }) => `${status}: ${text.split('. ')[0]}`);
  };
  const statement = (document: Document, sid: string) =>
    document.Statement.find(({ Sid }) => Sid === sid)!;

  it.each<{
    reason: string;
    kind: RoleKind;
    change: Parameters<typeof find>[1];
    environments?: string[];
  }>([
    { reason: 'apply as it is filled in', kind: 'apply', change: () => {} },
    { reason: 'plan as it is filled in', kind: 'plan', change: () => {} },
    { reason: 'check as it is filled in', kind: 'check', change: () => {} },
    {
      reason: 'rotation as it is filled in',
      kind: 'rotation',
      change: () => {},
    },
    {
      reason: 'rotation with the secret that RDS manages',
      kind: 'rotation',
      change: ({ permissions: [policy] }) => {
        const found = statement(policy, 'ReadMaster');
        found.Resource = [found.Resource, MASTER];
      },
    },
    {
      reason: 'one plan role for two environments',
      kind: 'plan',
      environments: ['dev', 'perf'],
      change: () => {},
    },
    {
      reason: 'no KMS keys of its own',
      kind: 'apply',
      change: ({ permissions: [policy] }) => {
        policy.Statement = policy.Statement.filter(
          ({ Sid }) => !Sid.startsWith('OnlyWhere'),
        );
      },
    },
    {
      reason: 'a subject without IDs',
      kind: 'check',
      change: ({ trust }) => {
        trust.Statement[0].Condition.StringEquals[
          'token.actions.githubusercontent.com:sub'
        ] = 'repo:acme/platform-infra:environment:dev-check';
      },
    },
    {
      reason: 'lists and names of actions in another form',
      kind: 'plan',
      change: ({ permissions: [policy] }) => {
        const found = statement(policy, 'FindTheState');
        found.Action = 'S3:ListBucket';
        found.Resource = [found.Resource];
      },
    },
    {
      reason: 'the secret that RDS manages',
      kind: 'apply',
      change: ({ permissions: [policy] }) => {
        statement(policy, 'ReadMasterAndAppSecrets').Resource.push(MASTER);
      },
    },
    {
      reason: 'a denial on top',
      kind: 'apply',
      change: ({ permissions: [policy] }) => {
        policy.Statement.push({ Effect: 'Deny', Action: '*', Resource: 'x' });
      },
    },
  ])('finds nothing: $reason', ({ kind, change, environments }) => {
    expect(find(kind, change, { environments })).toEqual([]);
  });

  it.each<{
    reason: string;
    kind: RoleKind;
    change: Parameters<typeof find>[1];
    says: string[];
  }>([
    {
      reason: 'the trust of another repo with the same name',
      kind: 'apply',
      change: ({ trust }) => {
        trust.Statement[0].Condition.StringEquals[
          'token.actions.githubusercontent.com:sub'
        ] = 'repo:acme@123456/platform-infra@1:environment:dev';
      },
      says: [
        'open: role apply-dev: a statement of iam/trust-apply.json for dev is missing, or different',
        'open: role apply-dev: a statement is not in iam/trust-apply.json',
      ],
    },
    {
      reason: 'any branch may assume the role',
      kind: 'apply',
      change: ({ trust }) => {
        trust.Statement[0].Condition.StringEquals[
          'token.actions.githubusercontent.com:sub'
        ] = 'repo:acme@123456/platform-infra@456789:*';
      },
      says: [
        'open: role apply-dev: a statement of iam/trust-apply.json for dev is missing, or different',
        'open: role apply-dev: a statement is not in iam/trust-apply.json',
      ],
    },
    {
      reason: 'no audience',
      kind: 'check',
      change: ({ trust }) => {
        delete trust.Statement[0].Condition.StringEquals[
          'token.actions.githubusercontent.com:aud'
        ];
      },
      says: [
        'open: role check-dev: a statement of iam/trust-check.json for dev is missing, or different',
        'open: role check-dev: a statement is not in iam/trust-check.json',
      ],
    },
    {
      reason: 'the plan role reads values',
      kind: 'plan',
      change: ({ permissions: [policy] }) => {
        statement(policy, 'SeeSecretsWithoutTheirValues').Action.push(
          'secretsmanager:GetSecretValue',
        );
      },
      says: [
        'open: role plan: statement SeeSecretsWithoutTheirValues of iam/plan.json for dev is missing, or different',
        'open: role plan: statement SeeSecretsWithoutTheirValues is not in iam/plan.json',
      ],
    },
    {
      reason: 'a wildcard instead of the key',
      kind: 'apply',
      change: ({ permissions: [policy] }) => {
        statement(policy, 'OnlyWhereSecretsHaveACustomerKey').Resource =
          'arn:aws:kms:eu-central-1:123456789012:key/*';
      },
      says: [
        'open: role apply-dev: statement OnlyWhereSecretsHaveACustomerKey is not in iam/apply.json',
      ],
    },
    {
      reason: 'the policy of another environment',
      kind: 'check',
      change: documents => {
        documents.permissions = [fill('check'), fill('check', 'prod')];
      },
      says: [
        'open: role check-dev: statement ReadCheckLoginAndAppSecrets is not in iam/check.json',
      ],
    },
    {
      reason: 'an attached policy of an administrator',
      kind: 'plan',
      change: ({ permissions }) => {
        permissions.push({
          Statement: [{ Effect: 'Allow', Action: '*', Resource: '*' }],
        });
      },
      says: ['open: role plan: a statement is not in iam/plan.json'],
    },
    {
      reason: 'the check reads the master',
      kind: 'check',
      change: ({ permissions: [policy] }) => {
        statement(policy, 'ReadCheckLoginAndAppSecrets').Resource.push(MASTER);
      },
      says: [
        'open: role check-dev: statement ReadCheckLoginAndAppSecrets of iam/check.json for dev is missing, or different',
        'open: role check-dev: statement ReadCheckLoginAndAppSecrets is not in iam/check.json',
      ],
    },
    {
      reason: "rotation trusts the apply job's environment",
      kind: 'rotation',
      change: ({ trust }) => {
        trust.Statement[0].Condition.StringEquals[
          'token.actions.githubusercontent.com:sub'
        ] = 'repo:acme@123456/platform-infra@456789:environment:dev';
      },
      says: [
        'open: role rotation-dev: a statement of iam/trust-rotation.json for dev is missing, or different',
        'open: role rotation-dev: a statement is not in iam/trust-rotation.json',
      ],
    },
    {
      reason: 'rotation reads every secret',
      kind: 'rotation',
      change: ({ permissions: [policy] }) => {
        statement(policy, 'ReadMaster').Resource = '*';
      },
      says: [
        'open: role rotation-dev: statement ReadMaster of iam/rotation.json for dev is missing, or different',
        'open: role rotation-dev: statement ReadMaster is not in iam/rotation.json',
      ],
    },
    {
      reason: 'a statement is missing',
      kind: 'plan',
      change: ({ permissions: [policy] }) => {
        policy.Statement.splice(2, 1);
      },
      says: [
        'open: role plan: statement ReadTheState of iam/plan.json for dev is missing, or different',
      ],
    },
  ])('says: $reason', ({ kind, change, says }) => {
    expect(
      find(kind, change).map(line =>
        line.replace('arn:aws:iam::123456789012:role/', ''),
      ),
    ).toEqual(says);
  });

  it('only notes what a root with other resources requires', () => {
    const lines = find(
      'plan',
      documents => {
        documents.permissions = [
          JSON.parse(
            JSON.stringify(fill('plan')).replaceAll('envs/dev-rds', 'envs/dev'),
          ),
          { Statement: [{ Sid: 'Vpc', Effect: 'Allow', Action: 'x:y' }] },
        ];
      },
      { folder: 'dev' },
    );
    expect(lines).toEqual([
      `note: role ${arnOf(
        'plan',
      )}: statement Vpc is not in iam/plan.json; the root has other resources too.`,
    ]);
  });

  it('calls nothing fine that could not be read', () => {
    const [role] = rolesOf(['dev'], {});
    expect(
      findRolePoints(
        role,
        { permissions: template('apply'), trust: template('trust-apply') },
        { reason: 'AccessDenied.' },
      ),
    ).toEqual([
      { status: 'not checked', text: `role ${role.arn}: AccessDenied.` },
    ]);
  });
});
