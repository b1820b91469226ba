import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  componentEntityV1alpha1Validator,
  EntityPolicies,
  FieldFormatEntityPolicy,
  NoForeignRootFieldsEntityPolicy,
  SchemaValidEntityPolicy,
} from '@backstage/catalog-model';
import { ENVIRONMENTS } from '@goldenpath/plugin-golden-path-common';
import { parse } from 'yaml';
import { buildApp } from '../tests/support/buildApp';
import { hasKubectl, validateManifest } from '../tests/support/kubernetes';
import { App, isSubset } from '../tests/support/manifestRules/rule';
import { itWhen } from '../tests/support/needs';
import {
  appValues,
  filesUnder,
  renderSkeleton,
  skeletonSources,
  skeletonValues,
} from '../tests/support/skeleton';

const itWithKubectl = itWhen(hasKubectl(), 'kubectl 1.27 or newer');
const ID = 'price-calculator';
/** The environments of the specification, and one that a platform team added. */
const OVERLAYS = [...ENVIRONMENTS, 'perf'];
const ONE_POD = ['dev', 'test'];

const form = {
  component_id: ID,
  databaseName: 'prices_db',
  username: 'prices_app',
  owner: 'platform-team',
  environment: 'dev',
  description: 'Prices: "with" taxes',
};
const VALUES = {
  'stateless-app': appValues(form, OVERLAYS),
  'stateful-app': appValues(form, OVERLAYS),
  'backend-app-rds': skeletonValues(form, OVERLAYS),
};
type Name = keyof typeof VALUES;

const folders = {} as Record<Name, string>;
const apps = {} as Record<Name, Record<string, App>>;
beforeAll(async () => {
  for (const name of Object.keys(VALUES) as Name[]) {
    folders[name] = await renderSkeleton(name, VALUES[name]);
    apps[name] = {};
    if (!hasKubectl()) continue;
    for (const overlay of OVERLAYS)
      apps[name][overlay] = buildApp(
        join(folders[name], 'deploy/overlays', overlay),
      );
  }
});
afterAll(() => {
  for (const folder of Object.values(folders))
    rmSync(folder, { recursive: true, force: true });
});
const read = (name: Name, path: string) =>
  readFileSync(join(folders[name], path), 'utf8');

const DEPLOYMENT_KINDS = [
  ...['Deployment', 'Ingress', 'NetworkPolicy', 'Service', 'ServiceAccount'],
];
const STATEFUL_KINDS = [
  ...['Ingress', 'NetworkPolicy', 'PodDisruptionBudget', 'Service', 'Service'],
  ...['ServiceAccount', 'StatefulSet'],
];

/** Where Dependabot finds the versions of each of its ecosystems. */
const VERSIONS: Record<string, { file: string; pattern: RegExp }> = {
  pip: { file: 'requirements.txt', pattern: /^\S+==\S+/m },
  docker: { file: 'Dockerfile', pattern: /^FROM \S+@sha256:/m },
  'docker-compose': { file: 'compose.yaml', pattern: /^ +image: /m },
  'github-actions': {
    file: '.github/workflows/delivery.yml',
    // A branch has no newer version.
    pattern: /^ +(?:- )?uses: \S+@(?!main$)/m,
  },
};

it.each(Object.keys(VALUES) as Name[])(
  '%s: Dependabot updates whatever has a version, and nothing else',
  name => {
    const { updates } = parse(read(name, '.github/dependabot.yml'));
    const withVersions = Object.entries(VERSIONS).flatMap(
      ([ecosystem, { file, pattern }]) =>
        pattern.test(read(name, file)) ? [ecosystem] : [],
    );
    expect(updates.map((one: any) => one['package-ecosystem']).sort()).toEqual(
      withVersions.sort(),
    );
  },
);

describe.each(['stateless-app', 'stateful-app'] as const)('%s', name => {
  it('has nothing of a database, and nothing left to render', async () => {
    for (const file of filesUnder(folders[name])) {
      const text = read(name, file).replaceAll(form.description, '');
      expect({
        file,
        unrendered: text.match(/\$\{\{ *values|\{%|undefined/g),
        database: text.match(/psycopg|DB_|db-creds|externalsecret|5432/gi),
      }).toEqual({ file, unrendered: null, database: null });
    }
  });

  it('uses only values that an app without a database has', () => {
    const { overlays, ...values } = VALUES[name];
    const provided = [
      ...Object.keys(values),
      ...['overlays', 'overlay'],
      // The condition of what is shared with backend-app-rds.
      'databaseName',
    ];
    const inConditions =
      /\{%-? if values\.databaseName %\}[\s\S]*?\{%-? endif %\}/g;
    for (const [file, text] of skeletonSources(name))
      for (const [, value] of text
        .replace(inConditions, '')
        .matchAll(/\bvalues\.([A-Za-z_]+)/g))
        expect({ file, value, known: provided.includes(value) }).toEqual({
          file,
          value,
          known: true,
        });
  });

  it('declares a Component that depends on nothing', async () => {
    const entity = parse(read(name, 'catalog-info.yaml'));
    await EntityPolicies.allOf([
      new SchemaValidEntityPolicy(),
      new NoForeignRootFieldsEntityPolicy(),
      new FieldFormatEntityPolicy(),
    ]).enforce(entity);
    expect(await componentEntityV1alpha1Validator.check(entity)).toBe(true);
    expect(entity.metadata).toMatchObject({
      name: ID,
      description: form.description,
    });
    expect(entity.spec).toEqual({
      type: 'service',
      lifecycle: 'experimental',
      owner: 'group:default/platform-team',
    });
  });

  itWithKubectl(
    'has manifests that Kubernetes accepts in every overlay',
    async () => {
      for (const overlay of OVERLAYS) {
        const { manifests } = apps[name][overlay];
        for (const manifest of manifests) validateManifest(manifest);
        const scaled = ONE_POD.includes(overlay)
          ? []
          : ['HorizontalPodAutoscaler', 'PodDisruptionBudget'];
        expect(manifests.map(({ kind }) => kind).sort()).toEqual(
          name === 'stateful-app'
            ? STATEFUL_KINDS
            : [...DEPLOYMENT_KINDS, ...scaled].sort(),
        );
      }
    },
  );

  itWithKubectl(
    'leads a request from the ingress to the pods, and lets them ask DNS only',
    async () => {
      for (const overlay of OVERLAYS) {
        const app = apps[name][overlay];
        const [{ backend }] = app.one('Ingress').spec.rules[0].http.paths;
        expect(backend.service).toEqual({ name: ID, port: { name: 'http' } });
        const labels = app.template.metadata.labels;
        expect(labels).toMatchObject({
          'app.kubernetes.io/name': ID,
          'goldenpath.io/environment': overlay,
          'goldenpath.io/owner': 'platform-team',
        });
        for (const { spec } of app.all('Service')) {
          expect(isSubset(spec.selector, labels)).toBe(true);
          expect(spec.ports).toMatchObject([{ targetPort: 'http' }]);
        }
        expect(isSubset(app.workload.spec.selector.matchLabels, labels)).toBe(
          true,
        );
        const { egress } = app.one('NetworkPolicy').spec;
        expect(
          egress.flatMap(({ ports }: any) => ports.map((one: any) => one.port)),
        ).toEqual([53, 53]);
      }
    },
  );

  itWithKubectl(
    'runs its pods as backend-app-rds does, but for credentials and volume',
    async () => {
      const comparable = (app: App) => {
        const pod = structuredClone(app.pod);
        const [container] = pod.containers;
        delete container.envFrom;
        delete pod.volumes;
        delete container.volumeMounts;
        delete pod.securityContext.fsGroup;
        delete pod.securityContext.fsGroupChangePolicy;
        // One pod has nothing to spread over.
        delete pod.topologySpreadConstraints;
        return pod;
      };
      for (const overlay of OVERLAYS)
        expect(comparable(apps[name][overlay])).toEqual(
          comparable(apps['backend-app-rds'][overlay]),
        );
    },
  );
});

itWithKubectl(
  'restarts no pod before its requests have waited for three minutes',
  async () => {
    for (const name of Object.keys(VALUES) as Name[])
      for (const overlay of OVERLAYS) {
        const { periodSeconds, failureThreshold } =
          apps[name][overlay].container.livenessProbe;
        expect(periodSeconds * failureThreshold).toBe(180);
      }
  },
);

describe('stateless-app', () => {
  itWithKubectl('mounts nothing but /tmp', async () => {
    expect(apps['stateless-app'].prod.container.volumeMounts).toEqual([
      { name: 'tmp', mountPath: '/tmp' },
    ]);
    expect(apps['stateless-app'].prod.pod.volumes).toMatchObject([
      { emptyDir: {} },
    ]);
  });
});

describe('stateful-app', () => {
  itWithKubectl(
    'has one pod with a claim of the configured StorageClass, which its group may write',
    async () => {
      for (const overlay of OVERLAYS) {
        const { workload, pod, container } = apps['stateful-app'][overlay];
        expect(workload.spec).toMatchObject({ replicas: 1 });
        expect(workload.spec.volumeClaimTemplates).toMatchObject([
          {
            metadata: { name: 'data' },
            spec: {
              accessModes: ['ReadWriteOnce'],
              storageClassName: 'gp3',
              resources: { requests: { storage: '1Gi' } },
            },
          },
        ]);
        expect(container.volumeMounts).toContainEqual({
          name: 'data',
          mountPath: '/data',
        });
        expect(pod.securityContext.fsGroup).toBe(
          pod.securityContext.runAsGroup,
        );
      }
    },
  );

  itWithKubectl(
    'has a headless Service that its StatefulSet names',
    async () => {
      const { workload, manifests } = apps['stateful-app'].dev;
      const [service] = manifests.filter(
        ({ metadata }) => metadata.name === workload.spec.serviceName,
      );
      expect(service.spec.clusterIP).toBe('None');
      expect(service.metadata.name.length).toBeLessThanOrEqual(63);
    },
  );

  itWithKubectl(
    'labels no claim with what may change: Kubernetes refuses a changed template',
    async () => {
      const [claim] =
        apps['stateful-app'].dev.workload.spec.volumeClaimTemplates;
      expect(claim.metadata.labels ?? {}).toEqual({});
    },
  );

  itWithKubectl('lets a drain move its pod', async () => {
    expect(apps['stateful-app'].prod.one('PodDisruptionBudget').spec).toEqual({
      maxUnavailable: 1,
      selector: { matchLabels: { 'app.kubernetes.io/name': ID } },
      unhealthyPodEvictionPolicy: 'AlwaysAllow',
    });
  });
});
