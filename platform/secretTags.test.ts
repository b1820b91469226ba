import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parse } from '@cdktn/hcl2json';
import {
  CATALOG_PATH,
  secretName,
} from '@goldenpath/plugin-golden-path-common';
import { createFolder } from '../tests/support/createFolder';
import {
  declareDatabase,
  renderCatalog,
} from '../tests/support/exampleDatabase';
import { filledIn, isAllowed } from '../tests/support/iamPolicy';
import { itNeedsTerraform, terraform } from '../tests/support/terraform';

const ROOT = 'envs/dev-rds';
const read = (path: string) => readFileSync(join(__dirname, path), 'utf8');

describe('the secrets of an environment', () => {
  let main: Record<string, any>;
  beforeAll(async () => {
    main = await parse('main.tf', read(`${ROOT}/main.tf`));
  });

  it('have tags of ownership that nothing else overrides, and the key of the variable', () => {
    const [secret] = main.resource.aws_secretsmanager_secret.database;
    const [, own, others] = /^\$\{merge\(([^,]+), (.*)\)\}$/s.exec(
      secret.tags,
    )!;
    expect(own).toBe('local.ownership_tags[each.key]');
    // merge takes the last of what is given twice.
    expect([...others.matchAll(/(\S+)\s*=/g)].map(match => match[1])).toEqual([
      'database',
      'managed-by',
    ]);
    expect(secret.kms_key_id).toBe('${var.kms_key_id}');
  });

  it('have passwords that every client takes as they are', () => {
    const [password] = main.ephemeral.random_password.database;
    expect(password).toMatchObject({
      special: false,
      min_lower: 1,
      min_upper: 1,
      min_numeric: 1,
    });
    expect(password).not.toHaveProperty('override_special');
    // At least 128 bits of 62 characters, and less than the 100 that older clients read.
    expect(password.length * Math.log2(62)).toBeGreaterThan(128);
    expect(password.length).toBeLessThan(100);
  });
});

describe('the tags, as Terraform reads them from the catalog', () => {
  const owned = (databaseName: string, owner: string, environment = 'dev') =>
    declareDatabase(databaseName, {
      environment,
      owner,
      component_id: `${owner.replace('/', '-')}-app`,
    });
  const catalog = renderCatalog([
    owned('lost_db', 'team-a', 'prod'),
    owned('users_db', 'team-a'),
    owned('orders_db', 'payments/core'),
  ]);

  /** The root without what needs providers: its variables, its catalog, and the tags as an output. */
  const tagsOf = (text: string | undefined, databases: string[]) => {
    const folder = createFolder();
    const root = join(folder, ROOT);
    mkdirSync(root, { recursive: true });
    mkdirSync(dirname(join(folder, CATALOG_PATH)), { recursive: true });
    if (text !== undefined) writeFileSync(join(folder, CATALOG_PATH), text);
    for (const file of ['variables.tf', 'catalog.tf'])
      copyFileSync(join(__dirname, ROOT, file), join(root, file));
    writeFileSync(
      join(root, 'tags.tf'),
      'output "tags" {\n  value = local.ownership_tags\n}\n',
    );
    writeFileSync(
      join(root, 'terraform.tfvars.json'),
      JSON.stringify({
        environment: 'dev',
        application_databases: Object.fromEntries(
          databases.map(name => [
            name,
            { database_name: name, username: `${name}_user` },
          ]),
        ),
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
      ? JSON.parse(terraform(at, 'output', '-json', 'tags').stdout)
      : stderr;
  };

  itNeedsTerraform(
    "say the owner, and each team's role reads what is its own",
    async () => {
      const tags = tagsOf(catalog, ['users_db', 'orders_db', 'lost_db']);
      expect(tags).toEqual({
        users_db: {
          environment: 'dev',
          owner: 'team-a',
          component: 'team-a-app',
        },
        orders_db: {
          environment: 'dev',
          owner: 'payments/core',
          component: 'payments-core-app',
        },
        // In the catalog of prod only.
        lost_db: { environment: 'dev', owner: 'unknown', component: 'unknown' },
      });
      const readBy = (team: string) => {
        const role = filledIn(read('iam/external-secrets-team.json'), {
          account: '1',
          region: 'r',
          prefix: 'goldenpath',
          environment: 'dev',
          key: 'k',
          team,
        });
        return Object.keys(tags).filter(name =>
          isAllowed(role, {
            action: 'secretsmanager:GetSecretValue',
            resource: `arn:aws:secretsmanager:r:1:secret:${secretName(
              'dev',
              name,
            )}-AbCdEf`,
            context: Object.fromEntries(
              Object.entries(tags[name]).map(([tag, value]) => [
                `secretsmanager:ResourceTag/${tag}`,
                String(value),
              ]),
            ),
          }),
        );
      };
      expect(readBy('team-a')).toEqual(['users_db']);
      expect(readBy('payments/core')).toEqual(['orders_db']);
      // A group may be called so.
      expect(readBy('unknown')).toEqual([]);
      expect(readBy('')).toEqual([]);
    },
  );

  itNeedsTerraform('are unknown with an empty catalog', async () => {
    for (const text of ['databases: {}\n', 'databases:\n  dev:\n'])
      expect(tagsOf(text, ['users_db'])).toEqual({
        users_db: {
          environment: 'dev',
          owner: 'unknown',
          component: 'unknown',
        },
      });
  });

  itNeedsTerraform(
    'are not taken away by a catalog that is missing or broken: the plan fails',
    async () => {
      expect(tagsOf(undefined, ['users_db'])).toContain('no file exists');
      expect(tagsOf('databases: {', ['users_db'])).toContain('yamldecode');
    },
  );
});
