import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse, parseAllDocuments } from 'yaml';
import { tableAfter } from './support/markdownTable';
import {
  appValues,
  filesUnder,
  renderSkeleton,
  skeletonValues,
} from './support/skeleton';

const ROOT = resolve(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

const form = {
  component_id: 'user-service',
  databaseName: 'users_db',
  username: 'users_app_user',
  owner: 'platform-team',
  environment: 'dev',
  description: '',
};
const VALUES = {
  'stateless-app': appValues(form),
  'stateful-app': appValues(form),
  'backend-app-rds': skeletonValues(form),
};
type Name = keyof typeof VALUES;
const NAMES = Object.keys(VALUES) as Name[];

/** What a rendered repository and the template of its form are, in the words of the table. */
const describeTemplate = (name: Name, folder: string) => {
  const manifests = filesUnder(join(folder, 'deploy/base'))
    .filter(file => file !== 'kustomization.yaml')
    .flatMap(file =>
      parseAllDocuments(
        readFileSync(join(folder, 'deploy/base', file), 'utf8'),
      ).map(document => document.toJS()),
    );
  const kinds = manifests.map(({ kind }) => kind);
  const workloads = manifests.filter(({ kind }) =>
    ['Deployment', 'StatefulSet', 'DaemonSet', 'Job'].includes(kind),
  );
  const claims = workloads.flatMap(
    ({ spec }) => spec.volumeClaimTemplates ?? [],
  );
  const { dependsOn = [] } = parse(
    readFileSync(join(folder, 'catalog-info.yaml'), 'utf8'),
  ).spec;
  const asksDatabase = dependsOn.some((ref: string) =>
    ref.startsWith('resource:default/rds-'),
  );
  const state = [
    // The configured StorageClass is one of EBS: goldenPath.cluster.storageClass.
    ...claims.map(({ spec }) =>
      spec.storageClassName === 'gp3' ? 'EBS PVC' : '?',
    ),
    ...(asksDatabase ? ['RDS PostgreSQL'] : []),
  ];
  const { steps } = parse(read(`templates/${name}/template.yaml`)).spec;
  const dispatches = steps.some(
    ({ action }: { action: string }) => action === 'goldenpath:rds:dispatch',
  );
  return {
    Workload: workloads.map(({ kind }) => kind).join(', '),
    State: state.join(', ') || 'None',
    Secrets: kinds.filter(kind => /Secret/.test(kind)).join(', ') || 'None',
    'Infra Trigger': dispatches ? '`create-rds-database.yml`' : 'None',
  };
};

describe('docs/templates.md', () => {
  const rows = tableAfter(read('docs/templates.md'), '# Templates').map(
    row => ({
      ...row,
      Aspect: row.Aspect.replace(/\*\*/g, ''),
    }),
  ) as Array<Record<'Aspect' | Name, string>>;
  const said = (aspect: string) => rows.find(row => row.Aspect === aspect)!;

  it('says of each template what its repository is', async () => {
    for (const name of NAMES) {
      const folder = await renderSkeleton(name, VALUES[name]);
      try {
        for (const [aspect, found] of Object.entries(
          describeTemplate(name, folder),
        ))
          expect({ name, aspect, is: found }).toEqual({
            name,
            aspect,
            is: said(aspect)[name],
          });
      } finally {
        rmSync(folder, { recursive: true, force: true });
      }
    }
  });

  it('says how long the state of each lasts', () => {
    // Follows from the state: an EBS volume is in one zone.
    const durability = {
      None: 'N/A',
      'EBS PVC': 'Single AZ',
      'RDS PostgreSQL': 'Multi-AZ (managed)',
    };
    for (const name of NAMES)
      expect(said('Durability')[name]).toBe(
        durability[said('State')[name] as keyof typeof durability],
      );
    expect(read('platform/instance/main.tf')).toMatch(
      /multi_az += coalesce\(var\.multi_az, var\.environment == "prod"\)/,
    );
    expect(rows.map(({ Aspect }) => Aspect)).toEqual([
      ...['Workload', 'State', 'Durability', 'Secrets', 'Infra Trigger'],
    ]);
  });

  it('names a template, a skeleton and a registration for each', () => {
    for (const name of NAMES) {
      const template = `templates/${name}/template.yaml`;
      expect([template, existsSync(join(ROOT, template))]).toEqual([
        template,
        true,
      ]);
      expect(existsSync(join(ROOT, 'skeleton', name, 'app.py'))).toBe(true);
      for (const config of ['app-config.yaml', 'docs/install.md'])
        expect(read(config)).toContain(`target: ../../${template}`);
    }
  });
});
