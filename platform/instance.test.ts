import {
  copyFileSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { parse } from '@cdktn/hcl2json';
import {
  ENVIRONMENTS,
  masterSecretName,
  RISK_TERMS,
  RISKS,
} from '@goldenpath/plugin-golden-path-common';
import { createFolder } from '../tests/support/createFolder';
import { itNeedsTerraform, terraform } from '../tests/support/terraform';

const FOLDER = join(__dirname, 'instance');
const read = (file: string) => readFileSync(join(FOLDER, file), 'utf8');

describe('the Terraform of the instance', () => {
  let main: Record<string, any>;
  beforeAll(async () => {
    main = await parse('main.tf', read('main.tf'));
  });

  it('is valid HCL', async () => {
    for (const file of readdirSync(FOLDER))
      expect(Object.keys(await parse(file, read(file)))).not.toEqual([]);
  });

  it('is protected against deletion, private and encrypted', () => {
    const [instance] = main.resource.aws_db_instance.shared;
    expect(instance).toMatchObject({
      deletion_protection: true,
      skip_final_snapshot: false,
      publicly_accessible: false,
      storage_encrypted: true,
      lifecycle: [{ prevent_destroy: true }],
    });
  });

  it("leaves the master's password to RDS, unless an upgrade by blue/green needs it otherwise", async () => {
    const { variable } = await parse('variables.tf', read('variables.tf'));
    expect(variable.manage_master_user_password[0].default).toBe(true);
    const [instance] = main.resource.aws_db_instance.shared;
    expect(instance.manage_master_user_password).toBe(
      '${var.manage_master_user_password ? true : null}',
    );
    expect(instance.password_wo).toMatch(
      /^\$\{var\.manage_master_user_password \? null : jsondecode\(ephemeral\.aws_secretsmanager_secret_version\.master\[0\]/,
    );
  });

  it("keeps the master's password out of the state in both ways, and under the name that the policies know", () => {
    expect(JSON.stringify(main)).not.toMatch(
      /"(password|secret_string)":|"random_password":\{"\w+":\[\{[^}]*"result"/,
    );
    expect(main.resource).not.toHaveProperty('random_password');
    const secret = main.resource.aws_secretsmanager_secret.master[0];
    expect(
      secret.name
        .replace('${var.secret_prefix}', 'goldenpath')
        .replace('${var.environment}', 'dev'),
    ).toBe(masterSecretName('dev'));
    // A managed one is RDS's own.
    for (const made of [
      secret,
      main.resource.aws_secretsmanager_secret_version.master[0],
      main.ephemeral.random_password.master[0],
      main.ephemeral.aws_secretsmanager_secret_version.master[0],
    ])
      expect(made.count).toBe('${var.manage_master_user_password ? 0 : 1}');
  });

  it('forces TLS, and logs no statement', () => {
    const [group] = main.resource.aws_db_parameter_group.shared;
    expect(
      Object.fromEntries(
        group.parameter.map(({ name, value }: Record<string, string>) => [
          name,
          value,
        ]),
      ),
    ).toEqual({
      'rds.force_ssl': '1',
      log_statement: 'none',
      log_min_duration_statement: '-1',
    });
  });

  it('has the backup retention of the contract', () => {
    expect(main.locals[0].backup_retention).toEqual(
      Object.fromEntries(
        RISKS.map(risk => [risk, RISK_TERMS[risk].backupRetentionDays]),
      ),
    );
    expect(
      main.resource.aws_db_instance.shared[0].backup_retention_period,
    ).toBe('${local.backup_retention[var.risk]}');
  });

  it("has the identifier that the environment's Terraform root expects", async () => {
    const root = await parse(
      'main.tf',
      readFileSync(join(__dirname, 'envs/dev-rds/main.tf'), 'utf8'),
    );
    const byDefault = /"goldenpath-\$\{var\.environment\}"/;
    expect(root.data.aws_db_instance.shared[0].db_instance_identifier).toMatch(
      byDefault,
    );
    expect(main.locals[0].identifier).toMatch(byDefault);
  });

  itNeedsTerraform('is formatted as terraform fmt does', async () => {
    expect(terraform('fmt', '-check', '-recursive', FOLDER).stdout).toBe('');
  });

  // Not every machine can download providers; the variables alone require none.
  itNeedsTerraform('refuses invalid variables', async () => {
    const folder = createFolder();
    copyFileSync(join(FOLDER, 'variables.tf'), join(folder, 'variables.tf'));
    expect(terraform(`-chdir=${folder}`, 'init').status).toBe(0);
    const plan = (changed: object) => {
      writeFileSync(
        join(folder, 'terraform.tfvars.json'),
        JSON.stringify({
          environment: 'dev',
          vpc_id: 'vpc-1',
          subnet_ids: ['subnet-1', 'subnet-2'],
          client_security_group_ids: { nodes: 'sg-1' },
          ...changed,
        }),
      );
      return terraform(`-chdir=${folder}`, 'plan', '-no-color');
    };
    for (const environment of [...ENVIRONMENTS, 'perf'])
      expect(plan({ environment }).status).toBe(0);
    for (const [changed, says] of [
      [
        { environment: 'q_a' },
        'Environment: use 2 to 15 lower-case letters and digits',
      ],
      [{ risk: 'huge' }, 'Risk: use none, low, medium, high or access.'],
      [{ postgres_version: '14' }, 'supports PostgreSQL 15 to 18'],
      [{ subnet_ids: ['subnet-1'] }, 'at least two availability zones'],
    ] as const)
      expect(plan(changed).stderr).toContain(says);
  });
});
