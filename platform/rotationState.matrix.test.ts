import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import {
  DescribeSecretCommand,
  GetSecretValueCommand,
  PutSecretValueCommand,
  SecretsManagerClient,
} from '@aws-sdk/client-secrets-manager';
import {
  LocalSecretsManager,
  startSecretsManager,
} from '@goldenpath/local-secrets-manager';
import {
  CATALOG_PATH,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { createFolder } from '../tests/support/createFolder';
import {
  declareDatabase,
  renderCatalog,
} from '../tests/support/exampleDatabase';
import { awsVariables, createSecretsClient } from '../tests/support/secrets';
import { startProgram } from '../tests/support/startProgram';
import { itNeedsAwsProvider, providerMirror } from '../tests/support/terraform';

const ROOT = 'envs/dev-rds';
const LAMBDA =
  'arn:aws:lambda:eu-central-1:123456789012:function:goldenpath-rotate-dev';
const SECRET = secretName('dev', 'users_db');
const DAY_MS = 24 * 60 * 60 * 1000;

/** Terraform and the AWS provider themselves, against the local Secrets Manager. */
describe('a rotated password and Terraform', () => {
  let service: LocalSecretsManager;
  let client: SecretsManagerClient;
  let now: number;
  let folder: string;
  beforeEach(async () => {
    now = Date.UTC(2026, 10, 26);
    folder = createFolder();
    service = await startSecretsManager({
      port: 0,
      stateFile: join(folder, 'secrets.json'),
      now: () => now,
      rotationFunctions: { [LAMBDA]: async () => {} },
    });
    client = createSecretsClient(service.url);
  });
  afterEach(async () => {
    client.destroy();
    await service.stop();
  });

  /** The kit's root with a provider that the machine has, and without the instance and random values. */
  const writeRoot = async (change: (main: string) => string) => {
    const root = join(folder, ROOT);
    mkdirSync(root, { recursive: true });
    mkdirSync(dirname(join(folder, CATALOG_PATH)), { recursive: true });
    writeFileSync(
      join(folder, CATALOG_PATH),
      renderCatalog([declareDatabase('users_db', { risk: 'high' })]),
    );
    for (const file of ['variables.tf', 'catalog.tf', 'rotation.tf'])
      copyFileSync(join(__dirname, ROOT, file), join(root, file));
    const main = readFileSync(join(__dirname, ROOT, 'main.tf'), 'utf8')
      .replace(/^(data|ephemeral) [\s\S]*?^\}\n/gm, '')
      .replace('data.aws_db_instance.shared.address', 'var.host')
      .replace('data.aws_db_instance.shared.port', '5432')
      .replace(
        'ephemeral.random_password.database[each.key].result',
        'var.password',
      );
    writeFileSync(join(root, 'main.tf'), change(main));
    writeFileSync(
      join(root, 'test.tf'),
      `
terraform {
  required_providers {
    aws = { source = "hashicorp/aws" }
  }
}
provider "aws" {
  skip_credentials_validation = true
  skip_requesting_account_id  = true
  skip_metadata_api_check     = true
}
variable "host" { default = "old.example.com" }
variable "password" {
  default   = "first"
  ephemeral = true
}
`,
    );
    writeFileSync(
      join(root, 'terraform.tfvars.json'),
      JSON.stringify({
        environment: 'dev',
        application_databases: {
          users_db: { database_name: 'users_db', username: 'users_app_user' },
        },
      }),
    );
    writeFileSync(
      join(folder, 'terraformrc'),
      `provider_installation {\n  filesystem_mirror {\n    path = ${JSON.stringify(
        providerMirror,
      )}\n  }\n}\n`,
    );
    expect(await run('init')).toMatchObject({ code: 0, err: '' });
  };
  const run = (...args: string[]) =>
    startProgram('terraform', [`-chdir=${join(folder, ROOT)}`, ...args], {
      env: {
        PATH: process.env.PATH,
        HOME: folder,
        TF_CLI_CONFIG_FILE: join(folder, 'terraformrc'),
        TF_IN_AUTOMATION: 'true',
        ...awsVariables(service.url),
      },
    }).ended;
  const apply = async (...vars: string[]) => {
    const { code, out, err } = await run(
      'apply',
      '-auto-approve',
      '-no-color',
      ...vars,
    );
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return /Apply complete! .*/.exec(out)?.[0];
  };
  const read = async () =>
    JSON.parse(
      (await client.send(new GetSecretValueCommand({ SecretId: SECRET })))
        .SecretString!,
    );
  const describeSecret = () =>
    client.send(new DescribeSecretCommand({ SecretId: SECRET }));
  /** Many rotations, after which AWS keeps no version without a stage. */
  const rotateOften = async () => {
    for (let turn = 0; turn <= 110; turn++) {
      if (turn === 110) now += 2 * DAY_MS;
      await client.send(
        new PutSecretValueCommand({
          SecretId: SECRET,
          SecretString: JSON.stringify({
            ...(await read()),
            username: turn % 2 ? 'users_app_user' : 'users_app_user_clone',
            password: `rotated-${turn}`,
          }),
        }),
      );
    }
  };
  const NOTHING = 'Apply complete! Resources: 0 added, 0 changed, 0 destroyed.';

  itNeedsAwsProvider(
    'an apply after many rotations, with another host and another password at hand, changes nothing',
    async () => {
      await writeRoot(main => main);
      await apply();
      expect(await read()).toMatchObject({ password: 'first' });
      await rotateOften();
      const rotated = await read();
      expect(rotated.password).toBe('rotated-110');
      expect(
        await apply('-var=host=new.example.com', '-var=password=second'),
      ).toBe(NOTHING);
      expect(await read()).toEqual(rotated);
      // Who wants a new password asks for it.
      await apply('-var=password=third', '-var=password_version=2');
      expect(await read()).toMatchObject({
        username: 'users_app_user',
        password: 'third',
      });
      expect(await apply('-var=password=x', '-var=password_version=2')).toBe(
        NOTHING,
      );
    },
  );

  itNeedsAwsProvider(
    'without a stage of its own, the first version would be created again',
    async () => {
      await writeRoot(main =>
        main
          .replace(/^ *version_stages .*\n/m, '')
          .replace(/^ *lifecycle \{\n.*version_stages.*\n *\}\n/m, ''),
      );
      await apply();
      await rotateOften();
      await apply('-var=password=second');
      expect(await read()).toMatchObject({ password: 'second' });
    },
  );

  itNeedsAwsProvider(
    'rotation is scheduled by the risk, without a rotation now, and taken back',
    async () => {
      await writeRoot(main => main);
      await apply();
      expect(await describeSecret()).not.toHaveProperty('RotationEnabled');
      const on = `-var=rotation_lambda_arn=${LAMBDA}`;
      await apply(on);
      expect(await describeSecret()).toMatchObject({
        RotationEnabled: true,
        RotationLambdaARN: LAMBDA,
        RotationRules: { AutomaticallyAfterDays: 14 },
      });
      expect(await read()).toMatchObject({ password: 'first' });
      expect(await apply(on)).toBe(NOTHING);
      await apply();
      expect(await describeSecret()).toMatchObject({ RotationEnabled: false });
    },
  );
});
