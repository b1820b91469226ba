import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import {
  ENVIRONMENTS,
  masterSecretName,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { filledIn, isAllowed, listOf } from '../tests/support/iamPolicy';
import {
  policyNames,
  readPolicy,
  readPolicyText,
} from '../tests/support/kitPolicies';
import { tableAfter } from '../tests/support/markdownTable';

const ROOT = resolve(__dirname, '..');

const REGION = 'eu-central-1';
const ACCOUNT = '123456789012';
const valuesFor = (environment: string) => ({
  account: ACCOUNT,
  region: REGION,
  prefix: 'goldenpath',
  environment,
  instance: `goldenpath-${environment}`,
  root: `${environment}-rds`,
  'state-bucket': 'state-bucket',
  key: 'secrets-key',
  'state-key': 'state-key',
  'platform-image': 'goldenpath-rds',
  team: 'team-a',
});
const roleOf = (name: string, environment: string) =>
  filledIn(readPolicyText(name), valuesFor(environment));

/** Secrets Manager puts six characters of its own behind a name. */
const secret = (name: string) =>
  `arn:aws:secretsmanager:${REGION}:${ACCOUNT}:secret:${name}-AbCdEf`;
const stateOf = (root: string, file = 'terraform.tfstate') =>
  `arn:aws:s3:::state-bucket/envs/${root}/${file}`;
const image = (name: string) =>
  `arn:aws:ecr:${REGION}:${ACCOUNT}:repository/${name}`;
const tagged = (environment: string, owner: string) => ({
  'secretsmanager:ResourceTag/environment': environment,
  'secretsmanager:ResourceTag/owner': owner,
});

/** What a request to rotate by the kit's function carries. */
const scheduledWith = (environment: string) => ({
  'secretsmanager:RotationLambdaARN': functionOf(environment),
});
const functionOf = (environment: string) =>
  `arn:aws:lambda:${REGION}:${ACCOUNT}:function:goldenpath-rotate-${environment}`;

interface Asset {
  /** Column of the table. */
  column: string;
  resource: string;
  context?: Record<string, string>;
}

/** Everything that there is, as a role of one environment sees it. */
const assetsFor = (environment: string): Asset[] => {
  const others = ENVIRONMENTS.filter(one => one !== environment);
  const other = (resource: string, context = {}): Asset => ({
    column: 'any other secret',
    resource,
    context,
  });
  const teamB = "secrets of other teams' apps";
  const untagged = "apps' secrets without the environment's tag";
  return [
    {
      column: 'secrets of its own apps',
      resource: secret(secretName(environment, 'users_db')),
      context: tagged(environment, 'team-a'),
    },
    ...['team-b', 'team-a-two', 'Team-A', 'unknown'].map(owner => ({
      column: teamB,
      resource: secret(secretName(environment, 'orders_db')),
      context: tagged(environment, owner),
    })),
    // Made before there were tags.
    { column: untagged, resource: secret(secretName(environment, 'old_db')) },
    // Neither the name nor the tag alone makes it theirs.
    {
      column: untagged,
      resource: secret(secretName(environment, 'moved_db')),
      context: tagged(others[0], 'team-a'),
    },
    {
      column: "master's secret",
      resource: secret(masterSecretName(environment)),
      context: tagged(environment, 'team-a'),
    },
    {
      column: 'check login',
      resource: secret(`goldenpath/${environment}/rds/check`),
    },
    ...others.flatMap(one => [
      other(secret(secretName(one, 'users_db')), tagged(one, 'team-a')),
      other(secret(masterSecretName(one))),
      other(secret(`goldenpath/${one}/rds/check`)),
    ]),
    other(secret(`goldenpath/${environment}-two/users_db/postgres`)),
    other(secret(`goldenpath-two/${environment}/users_db/postgres`)),
    other(secret(`goldenpath/${environment}/users_db/api-key`)),
    other(secret('rds!db-11112222'), tagged(environment, 'team-a')),
    other(secret('payroll'), tagged(environment, 'team-a')),
    { column: 'state of its root', resource: stateOf(`${environment}-rds`) },
    ...[environment, ...others, ...others.map(one => `${one}-rds`)].map(
      root => ({ column: 'any other state', resource: stateOf(root) }),
    ),
    {
      column: 'any other state',
      resource: 'arn:aws:s3:::state-bucket/instance/dev/terraform.tfstate',
    },
    { column: 'images of apps', resource: image('user-service') },
    { column: "the platform's image", resource: image('goldenpath-rds') },
  ];
};

/** What the words of the table mean; the service is that of the asset. */
const MEANING: Record<string, Record<string, string[]>> = {
  secretsmanager: {
    describe: ['DescribeSecret'],
    read: ['GetSecretValue'],
    change: [
      ...['CreateSecret', 'DeleteSecret', 'PutSecretValue', 'RestoreSecret'],
      ...['TagResource', 'UntagResource', 'UpdateSecret'],
      'UpdateSecretVersionStage',
    ],
    rotate: ['PutSecretValue', 'UpdateSecretVersionStage'],
    schedule: ['CancelRotateSecret', 'RotateSecret'],
  },
  s3: { read: ['GetObject'], write: ['PutObject'] },
  ecr: {
    create: ['CreateRepository', 'DescribeRepositories', 'DescribeImages'],
    push: [
      ...['BatchCheckLayerAvailability', 'CompleteLayerUpload'],
      ...['InitiateLayerUpload', 'PutImage', 'UploadLayerPart'],
    ],
    pull: ['BatchGetImage', 'GetDownloadUrlForLayer'],
  },
};
/** Allowed nowhere. From the Service Authorization Reference. */
const NEVER: Record<string, string[]> = {
  secretsmanager: [
    ...['DeleteResourcePolicy', 'PutResourcePolicy'],
    ...['RemoveRegionsFromReplication', 'ReplicateSecretToRegions'],
    ...['StopReplicationToReplica', 'ValidateResourcePolicy'],
  ],
  s3: [
    ...['DeleteObject', 'DeleteObjectVersion', 'GetObjectVersion'],
    ...['PutObjectAcl', 'PutBucketPolicy', 'BypassGovernanceRetention'],
  ],
  ecr: [
    ...['BatchDeleteImage', 'DeleteRepository', 'PutImageTagMutability'],
    ...['PutLifecyclePolicy', 'SetRepositoryPolicy', 'ReplicateImage'],
    'PutImageScanningConfiguration',
  ],
};
/** Terraform asks these with DescribeSecret; the table's word for all of them is the same. */
const DESCRIBES_WITH = ['GetResourcePolicy', 'ListSecretVersionIds'];

const table = tableAfter(
  readFileSync(join(ROOT, 'docs/trust.md'), 'utf8'),
  '## What each AWS role may do',
);
const roles = table.map(row => row.role.replace(/`/g, ''));
const wordsOf = (cell: string) => (cell === '–' ? [] : cell.split(', '));

describe('the table of docs/trust.md', () => {
  it('names every role that there is a policy of', () => {
    expect([...roles].sort()).toEqual(
      policyNames.filter(name => !name.startsWith('trust-')).sort(),
    );
  });

  describe.each(table.map((row, i) => ({ name: roles[i], row })))(
    '$name',
    ({ name, row }) => {
      it.each(ENVIRONMENTS)(
        'may do in %s what the table says, and nothing else',
        environment => {
          const role = roleOf(name, environment);
          for (const { column, resource, context } of assetsFor(environment)) {
            const service = resource.split(':')[2];
            const meaning = MEANING[service];
            const words = wordsOf(row[column]);
            expect(Object.keys(meaning)).toEqual(expect.arrayContaining(words));
            const wanted = words.flatMap(word => meaning[word]);
            const all = [...Object.values(meaning).flat(), ...NEVER[service]];
            expect({
              column,
              resource,
              context,
              may: all.filter(action =>
                isAllowed(role, {
                  action: `${service}:${action}`,
                  resource,
                  context: { ...context, ...scheduledWith(environment) },
                }),
              ),
            }).toEqual({
              column,
              resource,
              context,
              may: all.filter(action => wanted.includes(action)),
            });
          }
        },
      );

      it('uses a key only through the service that it is for', () => {
        const role = roleOf(name, 'dev');
        for (const key of ['secrets-key', 'state-key'])
          for (const via of [undefined, 'rds', 'secretsmanager', 's3']) {
            const may = isAllowed(role, {
              action: 'kms:Decrypt',
              resource: `arn:aws:kms:${REGION}:${ACCOUNT}:key/${key}`,
              context:
                (via && {
                  'kms:ViaService': `${via}.${REGION}.amazonaws.com`,
                }) ||
                {},
            });
            const readsSecrets = Object.entries(row).some(
              ([column, cell]) =>
                / secret|secrets |login/.test(column) &&
                wordsOf(cell).includes('read'),
            );
            const readsState = wordsOf(row['state of its root']).includes(
              'read',
            );
            expect({ key, via, may }).toEqual({
              key,
              via,
              may:
                key === 'secrets-key'
                  ? readsSecrets && via === 'secretsmanager'
                  : readsState && via === 's3',
            });
          }
      });

      it('names no action that this test does not know', () => {
        const known = [
          ...Object.entries(MEANING).flatMap(([service, words]) =>
            Object.values(words)
              .flat()
              .map(action => `${service}:${action}`),
          ),
          ...DESCRIBES_WITH.map(action => `secretsmanager:${action}`),
          // On no resource, or not on one that anything is kept in.
          ...[
            'ecr:GetAuthorizationToken',
            'secretsmanager:BatchGetSecretValue',
            'secretsmanager:GetRandomPassword',
          ],
          // Of the kit's function alone, below.
          'lambda:InvokeFunction',
          ...['kms:Decrypt', 'kms:Encrypt', 'kms:GenerateDataKey'],
          's3:ListBucket',
          ...['rds:DescribeDBInstances', 'rds:ListTagsForResource'],
          // Of the lock alone, below.
          's3:DeleteObject',
        ];
        expect(
          readPolicy(name)
            .Statement.flatMap(({ Action }) => listOf(Action))
            .filter(action => !known.includes(action)),
        ).toEqual([]);
      });
    },
  );
});

describe('what the table leaves out', () => {
  const may = (name: string, action: string, resource: string, context = {}) =>
    isAllowed(roleOf(name, 'dev'), { action, resource, context });

  it('Terraform describes a secret with its policy and versions wherever it may describe it', () => {
    for (const name of ['apply', 'plan'])
      for (const action of DESCRIBES_WITH)
        expect(
          may(name, `secretsmanager:${action}`, secret(secretName('dev', 'x'))),
        ).toBe(true);
  });

  it('apply takes the lock and gives it back; plan does not lock', () => {
    const lock = stateOf('dev-rds', 'terraform.tfstate.tflock');
    for (const action of ['s3:GetObject', 's3:PutObject', 's3:DeleteObject']) {
      expect(may('apply', action, lock)).toBe(true);
      expect(may('plan', action, lock)).toBe(false);
    }
  });

  it("apply schedules rotation by its environment's function alone, which RotateSecret calls in its name", () => {
    const schedules = (context: object) =>
      may(
        'apply',
        'secretsmanager:RotateSecret',
        secret(secretName('dev', 'users_db')),
        context,
      );
    expect(schedules(scheduledWith('dev'))).toBe(true);
    for (const context of [
      {},
      scheduledWith('prod'),
      { 'secretsmanager:RotationLambdaARN': `${functionOf('dev')}-mine` },
    ])
      expect(schedules(context)).toBe(false);
    for (const name of policyNames.filter(one => !one.startsWith('trust-')))
      for (const environment of ['dev', 'prod'])
        expect({
          name,
          environment,
          may: may(name, 'lambda:InvokeFunction', functionOf(environment)),
        }).toEqual({
          name,
          environment,
          may: name === 'apply' && environment === 'dev',
        });
  });

  // Secrets Manager asks GenerateDataKey for each new value, and Encrypt to give a secret another key.
  it('only apply, which may change the key of a secret, encrypts with it', () => {
    const context = {
      'kms:ViaService': `secretsmanager.${REGION}.amazonaws.com`,
    };
    const key = `arn:aws:kms:${REGION}:${ACCOUNT}:key/secrets-key`;
    const allowedTo = (action: string) =>
      policyNames.filter(
        name => !name.startsWith('trust-') && may(name, action, key, context),
      );
    expect(allowedTo('kms:Encrypt')).toEqual(['apply']);
    expect(allowedTo('kms:GenerateDataKey')).toEqual(['apply', 'rotation']);
  });

  it.each(['apply', 'plan'])('%s lists its own root alone', name => {
    const lists = (prefix: string) =>
      may(name, 's3:ListBucket', 'arn:aws:s3:::state-bucket', {
        's3:prefix': prefix,
      });
    expect(lists('envs/dev-rds/terraform.tfstate')).toBe(true);
    for (const prefix of ['', 'envs/', 'envs/dev/', 'envs/prod-rds/'])
      expect(lists(prefix)).toBe(false);
  });

  it("the state is where the root's backend puts it", () => {
    const [, key] = /^\s*key\s*=\s*"(.*)"$/m.exec(
      readFileSync(join(__dirname, 'envs/dev-rds/versions.tf'), 'utf8'),
    )!;
    expect(`arn:aws:s3:::state-bucket/${key}`).toBe(stateOf('dev-rds'));
  });

  it('a root that has other things too is read instead of, not beside, the own one', () => {
    const role = filledIn(readPolicyText('plan'), {
      ...valuesFor('dev'),
      root: 'dev',
    });
    expect(
      ['dev', 'dev-rds', 'prod', 'prod-rds'].filter(root =>
        isAllowed(role, { action: 's3:GetObject', resource: stateOf(root) }),
      ),
    ).toEqual(['dev']);
  });

  it('whoever provisions or checks may make every call of the secrets reader', () => {
    const source = readFileSync(
      join(
        ROOT,
        'plugins/golden-path-node/src/adapters/secretsManager/secretsReader.ts',
      ),
      'utf8',
    );
    const calls = new Set(
      [...source.matchAll(/new (\w+)Command\(/g)].map(match => match[1]),
    );
    expect(calls).toContain('GetSecretValue');
    for (const call of calls)
      for (const name of ['provisioner', 'apply', 'check', 'rotation'])
        expect({
          name,
          call,
          may: may(
            name,
            `secretsmanager:${call}`,
            secret(secretName('dev', 'users_db')),
            tagged('dev', 'team-a'),
          ),
        }).toEqual({ name, call, may: true });
  });
});
