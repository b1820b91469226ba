import {
  copyFileSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from '@cdktn/hcl2json';
import { RISK_TERMS, RISKS } from '@goldenpath/plugin-golden-path-common';
import { createFolder } from '../tests/support/createFolder';
import { filledIn } from '../tests/support/iamPolicy';
import { readPolicyText } from '../tests/support/kitPolicies';
import { itNeedsTerraform, terraform } from '../tests/support/terraform';

const FOLDER = join(__dirname, 'rotation');
const read = (...path: string[]) =>
  readFileSync(join(__dirname, ...path), 'utf8');

describe('the schedule of rotations', () => {
  it('is that of the contract, for every risk, and off by default', async () => {
    const { locals, resource } = await parse(
      'rotation.tf',
      read('envs/dev-rds/rotation.tf'),
    );
    expect(locals[0].rotation_days).toEqual(
      Object.fromEntries(
        RISKS.map(risk => [risk, RISK_TERMS[risk].rotationDays]),
      ),
    );
    const [rotation] = resource.aws_secretsmanager_secret_rotation.database;
    expect(rotation.for_each).toMatch(
      /^\$\{var\.rotation_lambda_arn == null \? \{\} :/,
    );
    // A new secret's database doesn't exist yet.
    expect(rotation.rotate_immediately).toBe(false);
    const { variable } = await parse(
      'variables.tf',
      read('envs/dev-rds/variables.tf'),
    );
    expect(variable.rotation_lambda_arn[0].default).toBeNull();
  });
});

describe('the Terraform of the rotation function', () => {
  let main: Record<string, any>;
  beforeAll(async () => {
    main = await parse('main.tf', read('rotation/main.tf'));
  });

  it('is valid HCL', async () => {
    for (const file of readdirSync(FOLDER))
      expect(
        Object.keys(await parse(file, read('rotation', file))),
      ).not.toEqual([]);
  });

  itNeedsTerraform('is formatted as terraform fmt does', async () => {
    expect(terraform('fmt', '-check', FOLDER).stdout).toBe('');
  });

  it('lets Secrets Manager of its own account call it, and nobody else', () => {
    expect(Object.values(main.resource.aws_lambda_permission)).toEqual([
      [
        expect.objectContaining({
          principal: 'secretsmanager.amazonaws.com',
          source_account: '${data.aws_caller_identity.current.account_id}',
        }),
      ],
    ]);
  });

  it('runs lambda.handler on a Node that AWS supports, by the name that the policies know', () => {
    const [lambda] = main.resource.aws_lambda_function.rotation;
    expect(lambda).toMatchObject({
      handler: 'lambda.handler',
      runtime: 'nodejs22.x',
      function_name: '${local.name}',
    });
    expect(main.locals[0].name).toBe('goldenpath-rotate-${var.environment}');
    expect(read('iam/apply.json')).toContain(
      ':function:goldenpath-rotate-<environment>"',
    );
    expect(
      Object.keys(lambda.environment[0].variables).filter(
        name => !/^GOLDENPATH_[A-Z_]+$/.test(name),
      ),
    ).toEqual([]);
  });

  it('runs two at once unless it is told otherwise, and raises an alarm about every error', async () => {
    const [lambda] = main.resource.aws_lambda_function.rotation;
    expect(lambda.reserved_concurrent_executions).toBe('${var.concurrency}');
    const { variable } = await parse(
      'variables.tf',
      read('rotation/variables.tf'),
    );
    expect(variable.concurrency[0].default).toBe(2);
    expect(variable.alarm_topic_arns[0].default).toEqual([]);
    const [alarm] = main.resource.aws_cloudwatch_metric_alarm.errors;
    expect(alarm).toMatchObject({
      namespace: 'AWS/Lambda',
      metric_name: 'Errors',
      dimensions: {
        FunctionName: '${aws_lambda_function.rotation.function_name}',
      },
      statistic: 'Sum',
      comparison_operator: 'GreaterThanThreshold',
      threshold: 0,
      alarm_actions: '${var.alarm_topic_arns}',
    });
  });

  /** The policy as Terraform computes it, without what needs providers. */
  const policyFor = (variables: object) => {
    const folder = createFolder();
    const root = join(folder, 'rotation');
    mkdirSync(root);
    mkdirSync(join(folder, 'iam'));
    copyFileSync(
      join(__dirname, 'iam/rotation.json'),
      join(folder, 'iam/rotation.json'),
    );
    copyFileSync(join(FOLDER, 'variables.tf'), join(root, 'variables.tf'));
    const text = read('rotation/main.tf');
    const [locals] = /^locals \{[\s\S]*?^\}$/m.exec(text)!;
    const [, policy] =
      /^resource "aws_iam_role_policy" [\s\S]*?^ {2}policy = ([\s\S]*?)^\}$/m.exec(
        text,
      )!;
    writeFileSync(
      join(root, 'main.tf'),
      `${locals
        .replace(
          'data.aws_caller_identity.current.account_id',
          '"123456789012"',
        )
        .replace(
          'data.aws_region.current.region',
          '"eu-central-1"',
        )}\noutput "policy" {\n  value = ${policy}}\n`,
    );
    writeFileSync(
      join(root, 'terraform.tfvars.json'),
      JSON.stringify({
        environment: 'dev',
        package: 'x.zip',
        vpc_id: 'vpc-1',
        subnet_ids: ['subnet-1'],
        instance_security_group_id: 'sg-1',
        ...variables,
      }),
    );
    const at = `-chdir=${root}`;
    terraform(at, 'init');
    const { status, stderr } = terraform(
      at,
      'apply',
      '-auto-approve',
      '-no-color',
    );
    return status === 0
      ? JSON.parse(
          JSON.parse(terraform(at, 'output', '-json', 'policy').stdout),
        )
      : stderr;
  };

  for (const concurrency of [0, -2, 1.5])
    itNeedsTerraform(`refuses to run ${concurrency} at once`, async () => {
      expect(policyFor({ concurrency })).toContain(
        'Concurrency: use a whole number from 1, or -1 for no bound.',
      );
    });

  itNeedsTerraform('gives it iam/rotation.json and nothing else', async () => {
    const wanted = filledIn(readPolicyText('rotation'), {
      account: '123456789012',
      region: 'eu-central-1',
      prefix: 'goldenpath',
      environment: 'dev',
      key: 'key-1',
    });
    expect(policyFor({ kms_key_id: 'key-1' })).toEqual(wanted);
    const own =
      'arn:aws:secretsmanager:eu-central-1:123456789012:secret:rds!db-1-AbCdEf';
    expect(policyFor({ master_secret_arn: own })).toEqual({
      ...wanted,
      Statement: wanted.Statement.filter(
        ({ Sid }) => Sid !== 'OnlyWhereSecretsHaveACustomerKey',
      ).map(statement =>
        statement.Sid === 'ReadMaster'
          ? { ...statement, Resource: own }
          : statement,
      ),
    });
  });
});
