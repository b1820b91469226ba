import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import {
  DEFAULT_CONNECTION_LIMIT,
  ENVIRONMENTS,
} from '@goldenpath/plugin-golden-path-common';
import { parse } from 'yaml';
import { buildApp } from '../tests/support/buildApp';
import { hasKubectl, validateManifest } from '../tests/support/kubernetes';
import { App, isSubset } from '../tests/support/manifestRules/rule';
import { itWhen } from '../tests/support/needs';
import { renderSkeleton, skeletonValues } from '../tests/support/skeleton';

const itWithKubectl = itWhen(hasKubectl(), 'kubectl 1.27 or newer');
const ID = 'user-service';

/** The environments of the specification, and one that a platform team added, in which the database is requested. */
const OVERLAYS = [...ENVIRONMENTS, 'perf'];
const ONE_POD = ['dev', 'test'];
const MANY_PODS = OVERLAYS.filter(one => !ONE_POD.includes(one));

const values = skeletonValues(
  {
    component_id: ID,
    databaseName: 'users_db',
    username: 'users_app_user',
    owner: 'platform-team',
    environment: 'perf',
    description: '',
  },
  OVERLAYS,
);
let folder: string;
const apps: Record<string, App> = {};
beforeAll(async () => {
  folder = await renderSkeleton('backend-app-rds', values);
  if (!hasKubectl()) return;
  for (const overlay of OVERLAYS)
    apps[overlay] = buildApp(join(folder, 'deploy/overlays', overlay));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe.each(OVERLAYS)('the overlay %s', overlay => {
  itWithKubectl(
    'has manifests that Kubernetes and External Secrets accept',
    async () => {
      const { manifests } = apps[overlay];
      for (const manifest of manifests) validateManifest(manifest);
      expect(manifests.map(one => one.kind).sort()).toEqual(
        [
          'Deployment',
          'ExternalSecret',
          'Ingress',
          'NetworkPolicy',
          'Service',
          'ServiceAccount',
          ...(MANY_PODS.includes(overlay)
            ? ['HorizontalPodAutoscaler', 'PodDisruptionBudget']
            : []),
        ].sort(),
      );
    },
  );

  itWithKubectl('labels each manifest and the pods alike', async () => {
    const app = apps[overlay];
    const labels = {
      'app.kubernetes.io/name': ID,
      'app.kubernetes.io/component': 'backend',
      'backstage.io/kubernetes-id': ID,
      'goldenpath.io/environment': overlay,
      'goldenpath.io/owner': 'platform-team',
    };
    for (const { kind, metadata } of app.manifests) {
      expect({ kind, labels: metadata.labels }).toEqual({ kind, labels });
      const { name } = metadata;
      expect({ kind, name }).toEqual({
        kind,
        name: kind === 'ExternalSecret' ? `${ID}-db-creds` : ID,
      });
    }
    expect(app.template.metadata.labels).toEqual(labels);
  });

  itWithKubectl('leads a request from the ingress to the pods', async () => {
    const app = apps[overlay];
    const [{ backend }] = app.one('Ingress').spec.rules[0].http.paths;
    const service = app.one('Service');
    expect(backend.service).toEqual({
      name: service.metadata.name,
      port: { name: 'http' },
    });
    expect(service.spec.ports).toEqual([
      { name: 'http', port: 80, targetPort: 'http' },
    ]);
    expect(isSubset(service.spec.selector, app.template.metadata.labels)).toBe(
      true,
    );
    expect(app.container.ports).toEqual([
      { name: 'http', containerPort: 8080 },
    ]);
    const { ingress, podSelector } = app.one('NetworkPolicy').spec;
    expect(podSelector).toEqual(app.workload.spec.selector);
    expect(ingress).toEqual([
      {
        from: [
          { podSelector: {} },
          {
            namespaceSelector: {
              matchLabels: { 'kubernetes.io/metadata.name': 'ingress-nginx' },
            },
          },
        ],
        ports: [{ protocol: 'TCP', port: 8080 }],
      },
    ]);
  });

  itWithKubectl('lets the pods reach DNS and PostgreSQL only', async () => {
    const { egress } = apps[overlay].one('NetworkPolicy').spec;
    expect(
      egress
        .flatMap((one: any) => one.ports)
        .map(({ protocol, port }: any) => `${protocol} ${port}`),
    ).toEqual(['UDP 53', 'TCP 53', 'TCP 5432']);
  });

  itWithKubectl(
    'gives the credentials to the pods as variables and as files',
    async () => {
      const { container, pod, ...app } = view(apps[overlay]);
      const secret = app.externalSecret.spec.target.name;
      expect(container.envFrom).toEqual([{ secretRef: { name: secret } }]);
      const { name } = container.volumeMounts.find(
        (one: any) => one.mountPath === '/etc/db-creds',
      );
      expect(container.volumeMounts).toContainEqual({
        name,
        mountPath: '/etc/db-creds',
        readOnly: true,
      });
      // For the group of the volume, which is that of the process; for nobody else.
      expect(pod.volumes).toContainEqual({
        name,
        secret: { secretName: secret, defaultMode: 0o440 },
      });
      expect(pod.securityContext.fsGroup).toBe(pod.securityContext.runAsGroup);
      expect(app.externalSecret.spec.dataFrom).toEqual([
        { extract: { key: `goldenpath/${overlay}/users_db/postgres` } },
      ]);
    },
  );

  itWithKubectl('runs as a service account that has no token', async () => {
    const app = apps[overlay];
    const account = app.one('ServiceAccount');
    expect(account).toMatchObject({ automountServiceAccountToken: false });
    expect(app.pod).toMatchObject({
      serviceAccountName: account.metadata.name,
      automountServiceAccountToken: false,
    });
  });

  itWithKubectl('stops in time', async () => {
    const { pod, container } = apps[overlay];
    const [, sleep] = container.lifecycle.preStop.exec.command;
    const server = ['gunicorn.conf.py', 'Dockerfile']
      .map(file => read(file))
      .join('\n');
    const [, graceful] = /graceful[-_]timeout\D+(\d+)/.exec(server)!;
    expect(Number(sleep) + Number(graceful)).toBeLessThan(
      pod.terminationGracePeriodSeconds,
    );
  });
});

const read = (path: string): string => {
  try {
    return readFileSync(join(folder, path), 'utf8');
  } catch {
    return '';
  }
};

const view = (app: App) => ({
  container: app.container,
  pod: app.pod,
  externalSecret: app.one('ExternalSecret'),
});

describe('the overlays together', () => {
  itWithKubectl('scale where there is more than one pod', async () => {
    expect(
      OVERLAYS.map(overlay => {
        const [scaler] = apps[overlay].all('HorizontalPodAutoscaler');
        const { minReplicas, maxReplicas } = scaler?.spec ?? {};
        return [
          overlay,
          apps[overlay].workload.spec.replicas,
          minReplicas,
          maxReplicas,
        ];
      }),
    ).toEqual([
      ['dev', 1, undefined, undefined],
      ['test', 1, undefined, undefined],
      ['staging', undefined, 2, 4],
      ['prod', undefined, 3, 6],
      ['perf', undefined, 2, 4],
    ]);
  });

  itWithKubectl(
    'never open more connections than a new database allows',
    async () => {
      // Each of gunicorn's workers has a pool with a connection for each of its threads.
      const server = ['gunicorn.conf.py', 'Dockerfile']
        .map(file => read(file))
        .join('\n');
      const [, workers] = /workers\D+(?:WEB_CONCURRENCY\D+)?(\d+)/.exec(
        server,
      )!;
      const [, threads] = /threads\D+(\d+)/.exec(server)!;
      for (const overlay of MANY_PODS) {
        const { spec } = apps[overlay].one('HorizontalPodAutoscaler');
        // A pod that ends keeps its connections for up to 25 seconds, and a rollout doesn't wait for it: until then each pod may
        // be there in both versions.
        expect(
          2 * spec.maxReplicas * Number(workers) * Number(threads),
        ).toBeLessThanOrEqual(DEFAULT_CONNECTION_LIMIT);
      }
    },
  );

  itWithKubectl(
    'have the log level and TLS of the specification, and a host each',
    async () => {
      const seen = OVERLAYS.map(overlay => {
        const { spec, metadata } = apps[overlay].one('Ingress');
        return [
          overlay,
          ...apps[overlay].container.env.map((one: any) => one.value),
          spec.rules[0].host,
          metadata.annotations?.['cert-manager.io/cluster-issuer'],
          spec.tls,
        ];
      });
      const row = (
        overlay: string,
        level: string,
        host: string,
        issuer?: string,
      ) => [
        overlay,
        level,
        host,
        issuer,
        issuer && [{ hosts: [host], secretName: `${ID}-tls` }],
      ];
      expect(seen).toEqual([
        row('dev', 'debug', `${ID}.dev.apps.acme.example`),
        row('test', 'debug', `${ID}.test.apps.acme.example`),
        row(
          'staging',
          'info',
          `${ID}.staging.apps.acme.example`,
          'letsencrypt-staging',
        ),
        row('prod', 'warn', `${ID}.apps.acme.example`, 'letsencrypt-prod'),
        row(
          'perf',
          'info',
          `${ID}.perf.apps.acme.example`,
          'letsencrypt-staging',
        ),
      ]);
    },
  );

  itWithKubectl('differ in nothing that is not theirs', async () => {
    /** What an overlay changes, and nothing else. */
    const neutral = (overlay: string) =>
      JSON.parse(
        JSON.stringify(
          apps[overlay].manifests.filter(
            one =>
              ![
                'Ingress',
                'HorizontalPodAutoscaler',
                'PodDisruptionBudget',
              ].includes(one.kind),
          ),
        )
          .replaceAll(`"${overlay}"`, '"ENVIRONMENT"')
          .replaceAll(`/${overlay}/`, '/ENVIRONMENT/')
          .replace(/"name":"LOG_LEVEL","value":"\w+"/, '"name":"LOG_LEVEL"')
          .replace(/"replicas":\d+,/, ''),
      );
    for (const overlay of OVERLAYS)
      expect(neutral(overlay)).toEqual(neutral('prod'));
  });
});

describe('a deployment', () => {
  itWithKubectl('runs the digest that was set, in every overlay', async () => {
    const image = `${values.registry}/${ID}`;
    const digest = `sha256:${'0123456789abcdef'.repeat(4)}`;
    for (const overlay of OVERLAYS) {
      const path = join(folder, 'deploy/overlays', overlay);
      const file = join(path, 'kustomization.yaml');
      const before = readFileSync(file, 'utf8');
      const kustomization = parse(before);
      expect(kustomization.images).toEqual([
        { name: image, newTag: 'unreleased' },
      ]);
      // What `kustomize edit set image <image>@<digest>` writes: it replaces the entry of that name.
      writeFileSync(
        file,
        JSON.stringify({
          ...kustomization,
          images: [{ name: image, digest }],
        }),
      );
      expect(buildApp(path).container.image).toBe(`${image}@${digest}`);
      writeFileSync(file, before);
    }
  });

  itWithKubectl(
    'has the secret of the requested environment in its base',
    async () => {
      const base = buildApp(join(folder, 'deploy/base'));
      for (const manifest of base.manifests) validateManifest(manifest);
      expect(base.one('ExternalSecret').spec.dataFrom).toEqual([
        { extract: { key: 'goldenpath/perf/users_db/postgres' } },
      ]);
    },
  );
});
