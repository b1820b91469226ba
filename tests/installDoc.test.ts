import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { scaffolderPermissions } from '@backstage/plugin-scaffolder-common/alpha';
import { parse } from 'yaml';
import { registerActions } from '../plugins/golden-path-backend/src/actions';
import { DEFAULT_TEMPLATE_REF } from '../plugins/golden-path-backend/src/config';
import {
  collectActions,
  isPrincipal,
} from '../plugins/golden-path-backend/src/testing/collectActions';
import { blockWith, codeBlocks } from './support/markdownCode';
import { tableAfter } from './support/markdownTable';

const ROOT = resolve(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Everything that install.md names must exist. */
describe('docs/install.md', () => {
  const text = read('docs/install.md');
  const found = (pattern: RegExp) => [
    ...new Set([...text.matchAll(pattern)].map(match => match[1])),
  ];

  it('has no broken link', () => {
    const links = found(/\]\((?!https?:)([^)#]+)/g);
    expect(links).toContain('../platform/iam');
    expect(
      links.filter(link => !existsSync(resolve(ROOT, dirname('docs/x'), link))),
    ).toEqual([]);
  });

  it('calls existing make targets', () => {
    const targets = [
      ...`${read('Makefile')}\n${read('platform/rds.mk')}`.matchAll(
        /^([a-z-]+):/gm,
      ),
    ].map(match => match[1]);
    const called = found(/(?:^|`)make ([a-z-]+)/gm);
    expect(called).toContain('cli');
    expect(called.filter(target => !targets.includes(target))).toEqual([]);
  });

  it('names every policy, and no other', () => {
    expect(found(/`([a-z-]+\.json)`/g).sort()).toEqual(
      readdirSync(join(ROOT, 'platform/iam')).sort(),
    );
  });

  it('names variables that the workflows read, and workflows by their names', () => {
    const folder = 'platform/.github/workflows';
    const workflows = readdirSync(join(ROOT, folder))
      .map(file => read(`${folder}/${file}`))
      .join('\n');
    const variables = found(
      /`((?:AWS|GOLDENPATH|TERRAFORM|ALLOW)_[A-Z0-9_]+)`/g,
    );
    expect(variables).toContain('GOLDENPATH_CLI');
    expect(
      variables.filter(
        // Workflows build the variables of an environment from its name.
        name =>
          !workflows.includes(name.replace(/_(DEV|TEST|STAGING|PROD)$/, '')),
      ),
    ).toEqual([]);
    for (const name of [
      'Apply RDS databases',
      'Look for drift of RDS databases',
    ]) {
      expect(text).toContain(`**${name}**`);
      expect(workflows).toContain(`\nname: ${name}\n`);
    }
  });

  describe('step 6', () => {
    const blocks = (language: string) =>
      codeBlocks(text, '## 6. Backstage', language);

    it('registers every template, the one that requires the instance as an option', () => {
      const block = blockWith(blocks('yaml'), 'rules:\n        - allow');
      const targets = (yaml: string) =>
        parse(yaml).catalog.locations.map(
          ({ target }: { target: string }) => target.split('/').at(-2) ?? '',
        );
      const all = readdirSync(join(ROOT, 'templates'), { withFileTypes: true })
        .filter(one => one.isDirectory())
        .map(({ name }) => name)
        .sort();
      expect(targets(block).sort()).toEqual(
        all.filter(name => name !== 'rds-provision'),
      );
      const withOption = block.replace(/^ {4}# (?=[- ])/gm, '    ');
      expect(targets(withOption).sort()).toEqual(all);
    });

    it('publishes by a path that npm reads as a file', () => {
      // Without ./ npm takes it for owner and name of a repository on GitHub.
      expect(blockWith(blocks('sh'), 'npm publish')).toContain('"./$package"');
    });

    it('exempts the packages from the age gate of Yarn', () => {
      const yarnrc = parse(blockWith(blocks('yaml'), 'npmPreapprovedPackages'));
      expect(yarnrc.npmPreapprovedPackages).toContain('@goldenpath/*');
      expect(yarnrc.npmScopes.goldenpath.npmRegistryServer).toMatch(/^https:/);
    });

    it('turns on task recovery, for one replica and for many', () => {
      const one = parse(blockWith(blocks('yaml'), 'goldenPath:\n  infraRepo'));
      const many = parse(read('app-config.production.yaml'));
      for (const { scaffolder } of [one, many])
        expect(scaffolder.taskRecovery.enabled).toBe(true);
      expect(many.backend.database.client).toBe('pg');
    });

    it('gives the values of both configurations', () => {
      const one = parse(blockWith(blocks('yaml'), 'goldenPath:\n  infraRepo'));
      const many = parse(read('app-config.production.yaml'));
      const rows = Object.fromEntries(
        tableAfter(
          text.slice(text.indexOf('**One replica or many.**')),
          'The values of both:',
        ).map(row => [row.key.replaceAll('`', ''), row]),
      );
      const { seconds } = many.scaffolder.taskRecovery.staleTimeout;
      expect(rows['scaffolder.taskRecovery.staleTimeout'].many).toBe(
        `${seconds} s`,
      );
      expect(rows['scaffolder.concurrentTasksLimit']).toMatchObject({
        'one replica': String(one.scaffolder.concurrentTasksLimit),
        many: String(many.scaffolder.concurrentTasksLimit),
      });
    });

    it('lets as many tasks run at once as the test with 100 forms does', () => {
      const { scaffolder } = parse(read('app-config.production.yaml'));
      expect(read('tests/forms.matrix.test.ts')).toContain(
        `concurrentTasksLimit: ${scaffolder.concurrentTasksLimit},`,
      );
    });

    it('sets only keys of the scaffolder that its schema has', () => {
      const schema = JSON.parse(
        read(
          'node_modules/@backstage/plugin-scaffolder-backend/config.schema.json',
        ),
      ).properties.scaffolder.properties;
      const { scaffolder } = parse(read('app-config.production.yaml'));
      expect(Object.keys(schema)).toEqual(
        expect.arrayContaining(Object.keys(scaffolder)),
      );
      expect(Object.keys(schema.taskRecovery.properties)).toEqual(
        expect.arrayContaining([
          ...Object.keys(scaffolder.taskRecovery),
          'workspaceProvider',
        ]),
      );
    });

    it('names every permission of the scaffolder, and every action of the app templates', () => {
      for (const { name } of scaffolderPermissions)
        expect(text).toContain(`\`${name}\``);
      const steps = [
        'backend-app-rds',
        'stateless-app',
        'stateful-app',
        'rds-decommission',
      ].flatMap(
        name => parse(read(`templates/${name}/template.yaml`)).spec.steps,
      );
      const [row] = tableAfter(
        text,
        '**Permissions.** If `permission.enabled` is `true`, your policy must allow a developer what the templates do:',
      ).filter(one => one.permission === '`scaffolder.action.execute`');
      const named = [...row['required for'].matchAll(/`([^`]+)`/g)].map(
        match => match[1],
      );
      expect(named.sort()).toEqual(
        [
          ...new Set<string>(
            steps.map((step: { action: string }) => step.action),
          ),
        ].sort(),
      );
    });

    it('lists the tools for programs, and what each may do', () => {
      const { registry, audited, get, names } = collectActions();
      const unused = () => {
        throw new Error('Nothing is called here.');
      };
      registerActions({
        actionsRegistry: registry,
        audited,
        auth: { isPrincipal },
        databases: { list: unused, get: unused },
        planRequest: unused,
        scaffolder: { scaffold: unused },
        templateRef: DEFAULT_TEMPLATE_REF,
        appBaseUrl: '',
      });
      const mark = (isSo: boolean | undefined) => (isSo ? 'yes' : 'no');
      expect(
        tableAfter(text, 'over streamable HTTP:').map(row => [
          row.tool,
          ...['reads only', 'destructive', 'may be repeated'].map(
            column => row[column].split(':')[0],
          ),
        ]),
      ).toEqual(
        names().map(name => {
          const { readOnly, destructive, idempotent } = get(name).attributes!;
          return [
            `\`golden-path.${name}\``,
            ...[readOnly, destructive, idempotent].map(mark),
          ];
        }),
      );
      expect(text).toContain(`template: ${DEFAULT_TEMPLATE_REF}`);
    });

    it('shows the dependencies that the example policy imports', () => {
      const imported = [
        ...read('docs/examples/permissionPolicy.ts').matchAll(
          /from '(@backstage\/[^/']+)/g,
        ),
      ].map(match => match[1]);
      // A backend has these two in any case.
      const usual = [
        '@backstage/backend-plugin-api',
        '@backstage/plugin-scaffolder-backend',
      ];
      for (const name of imported.filter(one => !usual.includes(one)))
        expect(text).toContain(`\`${name}\``);
    });
  });
});
