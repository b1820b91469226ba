import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  ENVIRONMENTS,
  masterSecretName,
  secretName,
} from '@goldenpath/plugin-golden-path-common';

interface Statement {
  Sid?: string;
  Effect: 'Allow' | 'Deny';
  Action: string | string[];
  Resource?: string | string[];
  Principal?: Record<string, string>;
  Condition?: Record<string, Record<string, string>>;
}
interface Policy {
  Version: string;
  Statement: Statement[];
}

const FOLDER = join(__dirname, 'iam');
const names = readdirSync(FOLDER).map(file => file.replace(/\.json$/, ''));
const policy = (name: string): Policy =>
  JSON.parse(readFileSync(join(FOLDER, `${name}.json`), 'utf8'));
const listOf = (value: string | string[] | undefined) =>
  value === undefined ? [] : [value].flat();

const FILLED: Record<string, string> = {
  account: '123456789012',
  region: 'eu-central-1',
  prefix: 'goldenpath',
  environment: 'dev',
  root: 'dev-rds',
};
const filled = (text: string, values = FILLED) =>
  text.replace(/<([a-z-]+)>/g, (_, name) => values[name] ?? name);

/** As IAM compares: `*` is any text, `?` is one character, case counts. */
const matches = (pattern: string, arn: string) =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*')
      .replace(/\?/g, '.')}$`,
  ).test(arn);

/** Whether a policy as it stands, filled in for dev, lets an action be done to a resource. */
const allows = (
  name: string,
  action: string,
  resource: string,
  values = FILLED,
) => {
  const about = policy(name).Statement.filter(
    ({ Action, Resource }) =>
      listOf(Action).includes(action) &&
      listOf(Resource).some(pattern =>
        matches(filled(pattern, values), resource),
      ),
  );
  return (
    about.some(({ Effect }) => Effect === 'Allow') &&
    !about.some(({ Effect }) => Effect === 'Deny')
  );
};

/** Secrets Manager puts six characters of its own behind a name. */
const secret = (name: string) =>
  `arn:aws:secretsmanager:eu-central-1:123456789012:secret:${name}-AbCdEf`;
const APP = secret(secretName('dev', 'users_db'));
const MASTER = secret(masterSecretName('dev'));
const OTHER = secret(secretName('prod', 'users_db'));
const stateOf = (root: string) =>
  `arn:aws:s3:::state-bucket/envs/${root}/terraform.tfstate`;
const STATE = stateOf('dev-rds');

describe.each(names)('iam/%s.json', name => {
  it('is a policy without wildcards, but for what has no resource to name', () => {
    const { Version, Statement } = policy(name);
    expect(Version).toBe('2012-10-17');
    for (const { Action, Resource } of Statement) {
      expect(
        listOf(Action).filter(action => !/^[a-z0-9-]+:[A-Za-z]+$/.test(action)),
      ).toEqual([]);
      // AWS knows no resource for these two (Service Authorization Reference).
      if (listOf(Resource).includes('*')) {
        expect([
          'secretsmanager:BatchGetSecretValue',
          'ecr:GetAuthorizationToken',
        ]).toEqual(expect.arrayContaining(listOf(Action)));
      }
    }
  });

  it('leaves nothing to be filled in but what install.md names', () => {
    const asked = [
      ...JSON.stringify(policy(name)).matchAll(/<([a-z-]+)>/g),
    ].map(match => match[1]);
    const install = readFileSync(
      resolve(__dirname, '../docs/install.md'),
      'utf8',
    );
    for (const placeholder of new Set(asked))
      expect(install).toContain(`\`<${placeholder}>\``);
  });
});

describe.each(names.filter(name => name.startsWith('trust-')))(
  'iam/%s.json',
  name => {
    it('trusts one subject, to the letter', () => {
      for (const { Effect, Action, Principal, Condition } of policy(name)
        .Statement) {
        expect({ Effect, Action }).toEqual({
          Effect: 'Allow',
          Action: 'sts:AssumeRoleWithWebIdentity',
        });
        expect(Object.keys(Principal ?? {})).toEqual(['Federated']);
        expect(Object.keys(Condition ?? {})).toEqual(['StringEquals']);
        const { StringEquals = {} } = Condition ?? {};
        expect(
          Object.keys(StringEquals).map(key => key.split(':').pop()),
        ).toEqual(['aud', 'sub']);
        expect(Object.values(StringEquals)[0]).toBe('sts.amazonaws.com');
        expect(JSON.stringify(StringEquals)).not.toContain('*');
      }
    });
  },
);

describe('who may do what', () => {
  it('the provisioner and the apply role may make every call of the secrets reader', () => {
    const source = readFileSync(
      resolve(
        __dirname,
        '../plugins/golden-path-node/src/adapters/secretsManager/secretsReader.ts',
      ),
      'utf8',
    );
    const calls = [
      ...new Set(
        [...source.matchAll(/new (\w+)Command\(/g)].map(match => match[1]),
      ),
    ];
    expect(calls).toContain('GetSecretValue');
    for (const call of calls)
      for (const role of ['provisioner', 'apply'])
        for (const arn of [APP, MASTER])
          expect({
            role,
            call,
            may: allows(role, `secretsmanager:${call}`, arn),
          }).toEqual({ role, call, may: true });
  });

  it.each([
    {
      role: 'apply',
      action: 'secretsmanager:CreateSecret',
      on: APP,
      may: true,
      reason: 'Terraform makes the secrets',
    },
    {
      role: 'apply',
      action: 'secretsmanager:PutSecretValue',
      on: APP,
      may: true,
      reason: 'and their versions',
    },
    {
      role: 'apply',
      action: 's3:DeleteObject',
      on: `${STATE}.tflock`,
      may: true,
      reason: 'and gives the lock back',
    },
    {
      role: 'apply',
      action: 'secretsmanager:PutSecretValue',
      on: MASTER,
      may: false,
      reason: "the master's is not Terraform's",
    },
    {
      role: 'apply',
      action: 'secretsmanager:DeleteSecret',
      on: MASTER,
      may: false,
      reason: 'nor to be deleted',
    },
    {
      role: 'apply',
      action: 'secretsmanager:GetSecretValue',
      on: OTHER,
      may: false,
      reason: 'dev never touches prod',
    },
    {
      role: 'apply',
      action: 's3:DeleteObject',
      on: STATE,
      may: false,
      reason: 'nobody deletes the state',
    },
    {
      role: 'plan',
      action: 'secretsmanager:DescribeSecret',
      on: APP,
      may: true,
      reason: 'a plan compares secrets',
    },
    {
      role: 'plan',
      action: 'secretsmanager:ListSecretVersionIds',
      on: APP,
      may: true,
      reason: 'and the versions of write-only ones',
    },
    {
      role: 'plan',
      action: 's3:GetObject',
      on: STATE,
      may: true,
      reason: 'with the state',
    },
    {
      role: 'plan',
      action: 'secretsmanager:GetSecretValue',
      on: APP,
      may: false,
      reason: 'a pull request reads no password',
    },
    {
      role: 'plan',
      action: 'secretsmanager:GetSecretValue',
      on: MASTER,
      may: false,
      reason: "the master's least of all",
    },
    {
      role: 'plan',
      action: 's3:PutObject',
      on: STATE,
      may: false,
      reason: 'a pull request writes no state',
    },
    {
      role: 'provisioner',
      action: 'secretsmanager:PutSecretValue',
      on: APP,
      may: false,
      reason: 'the provisioner reads only',
    },
    {
      role: 'provisioner',
      action: 'secretsmanager:GetSecretValue',
      on: OTHER,
      may: false,
      reason: 'and only its environment',
    },
    {
      role: 'external-secrets',
      action: 'secretsmanager:GetSecretValue',
      on: APP,
      may: true,
      reason: 'the operator reads what pods get',
    },
    {
      role: 'external-secrets',
      action: 'secretsmanager:GetSecretValue',
      on: MASTER,
      may: false,
      reason: 'a cluster never sees the master',
    },
    {
      role: 'external-secrets',
      action: 'secretsmanager:GetSecretValue',
      on: OTHER,
      may: false,
      reason: 'nor another environment',
    },
  ])('$role: $reason', ({ role, action, on, may }) => {
    expect(allows(role, action, on)).toBe(may);
  });

  it.each([
    { root: 'dev-rds', reason: 'a root for the databases alone' },
    { root: 'dev', reason: 'one that they share with other things' },
  ])('reach the state of $root and no other: $reason', ({ root }) => {
    const values = { ...FILLED, root };
    for (const role of ['apply', 'plan']) {
      // The other kind of root has a state of its own, which may hold anything.
      expect(
        ['dev', 'dev-rds', 'prod', 'prod-rds'].filter(one =>
          allows(role, 's3:GetObject', stateOf(one), values),
        ),
      ).toEqual([root]);
      expect(
        policy(role)
          .Statement.filter(({ Action }) =>
            listOf(Action).includes('s3:ListBucket'),
          )
          .map(({ Condition }) => filled(JSON.stringify(Condition), values)),
      ).toEqual([
        JSON.stringify({ StringLike: { 's3:prefix': `envs/${root}/*` } }),
      ]);
    }
  });

  it("the state is where the roots' backends put it", () => {
    const versions = readFileSync(
      join(__dirname, 'envs/dev-rds/versions.tf'),
      'utf8',
    );
    const [, key] = /^\s*key\s*=\s*"(.*)"$/m.exec(versions)!;
    expect(`arn:aws:s3:::state-bucket/${key}`).toBe(STATE);
  });

  it('the plan role can only look', () => {
    const actions = policy('plan').Statement.flatMap(({ Action }) =>
      listOf(Action),
    );
    expect(
      actions.filter(
        action => !/:(Describe|List|GetResourcePolicy|GetObject)/.test(action),
      ),
    ).toEqual([]);
  });

  it("each role's secrets are below the prefix of one environment", () => {
    for (const environment of ENVIRONMENTS.filter(one => one !== 'dev'))
      for (const name of ['provisioner', 'apply', 'plan', 'external-secrets'])
        for (const { Action } of policy(name).Statement)
          for (const action of listOf(Action).filter(
            one => one.startsWith('secretsmanager:') && !one.includes('Batch'),
          ))
            expect(
              allows(name, action, secret(secretName(environment, 'users_db'))),
            ).toBe(false);
  });
});
