import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { ENVIRONMENTS } from '@goldenpath/plugin-golden-path-common';
import { buildApp } from '../tests/support/buildApp';
import { hasKubectl } from '../tests/support/kubernetes';
import {
  KUBE_SCORE_CHECKS,
  kubeScoreRules,
} from '../tests/support/manifestRules/kubeScore';
import {
  POLARIS_CHECKS,
  polarisRules,
} from '../tests/support/manifestRules/polaris';
import { restrictedRules } from '../tests/support/manifestRules/podSecurity';
import { App, Rule, rulesFor } from '../tests/support/manifestRules/rule';
import { itWhen } from '../tests/support/needs';
import {
  appValues,
  renderSkeleton,
  skeletonValues,
} from '../tests/support/skeleton';

const itWithKubectl = itWhen(hasKubectl(), 'kubectl 1.27 or newer');
const ID = 'user-service';

const OVERLAYS = [...ENVIRONMENTS, 'perf'];
const ONE_POD = ['dev', 'test'];
const MANY_PODS = OVERLAYS.filter(one => !ONE_POD.includes(one));

const form = {
  component_id: ID,
  databaseName: 'users_db',
  username: 'users_app_user',
  owner: 'platform-team',
  environment: 'dev',
  description: '',
};
const VALUES = {
  'backend-app-rds': skeletonValues(form, OVERLAYS),
  'stateless-app': appValues(form, OVERLAYS),
  'stateful-app': appValues(form, OVERLAYS),
};
type Name = keyof typeof VALUES;
const NAMES = Object.keys(VALUES) as Name[];

const folders: string[] = [];
const apps = {} as Record<Name, Record<string, App>>;
beforeAll(async () => {
  for (const name of NAMES) {
    const folder = await renderSkeleton(name, VALUES[name]);
    folders.push(folder);
    apps[name] = {};
    if (!hasKubectl()) continue;
    for (const overlay of OVERLAYS)
      apps[name][overlay] = buildApp(join(folder, 'deploy/overlays', overlay));
  }
});
afterAll(() => {
  for (const folder of folders)
    rmSync(folder, { recursive: true, force: true });
});

/** A finding of a linter that stays, where, and why. */
const EXPLAINED: Array<{
  id: string;
  overlays?: string[];
  only?: Name;
  why: string;
}> = [
  ...[
    'container-resources',
    'container-resource-requests-equal-limits',
    'container-cpu-requests-equal-limits',
    'cpuLimitsMissing',
  ].map(id => ({
    id,
    why: 'without a CPU limit: it would throttle the app while its node has idle cores; the request is its share of a busy one',
  })),
  ...['container-image-pull-policy', 'pullPolicyNotAlways'].map(id => ({
    id,
    why: 'deployed by digest, so an image on the node is the right one, and a restart does not depend on the registry',
  })),
  {
    id: 'deployment-replicas',
    overlays: ONE_POD,
    why: 'one pod is enough where nobody waits for the app',
  },
  {
    id: 'deploymentMissingReplicas',
    why: 'the autoscaler owns the number of pods, and in dev and test one is enough',
  },
  {
    id: 'missingPodDisruptionBudget',
    overlays: ONE_POD,
    why: 'a budget for a single pod either does nothing or blocks every drain',
  },
  {
    id: 'deployment-has-host-podantiaffinity',
    overlays: MANY_PODS,
    why: 'topologySpreadConstraints over hosts do the same, also for more pods than nodes',
  },
  {
    id: 'priorityClassNotSet',
    why: 'the names of priority classes are those of the cluster; without one, its default applies',
  },
  {
    id: 'metadataAndInstanceMismatched',
    why: 'an app has one instance in its namespace, and app.kubernetes.io/name names it',
  },
  {
    id: 'topologySpreadConstraint',
    only: 'stateful-app',
    why: 'a single pod has nothing to spread over',
  },
  {
    id: 'tlsSettingsMissing',
    overlays: ONE_POD,
    why: 'the specification has no TLS in dev and test',
  },
];

const LINTERS: Array<{ name: string; rules: Rule[] }> = [
  { name: 'kube-score', rules: kubeScoreRules },
  { name: 'Polaris', rules: polarisRules },
  { name: 'the Pod Security Standard "restricted"', rules: restrictedRules },
];

describe.each(LINTERS)('$name', ({ rules }) => {
  for (const name of NAMES)
    itWithKubectl(`finds only what is explained in ${name}`, async () => {
      for (const overlay of OVERLAYS) {
        const app = apps[name][overlay];
        const concerning = rulesFor(app, rules);
        const found = concerning.filter(one => one.find(app).length > 0);
        const explained = EXPLAINED.filter(
          ({ id, overlays = OVERLAYS, only = name }) =>
            overlays.includes(overlay) &&
            only === name &&
            concerning.some(one => one.id === id),
        );
        expect({ overlay, found: found.map(one => one.id).sort() }).toEqual({
          overlay,
          found: explained.map(one => one.id).sort(),
        });
      }
    });

  itWithKubectl(
    'finds each rule violated in a broken copy, and not in one that complies',
    async () => {
      for (const { id, kind, find, violate } of rules) {
        const app =
          apps[kind === 'StatefulSet' ? 'stateful-app' : 'backend-app-rds'];
        const copy = complying(app.prod).find(one => find(one).length === 0);
        if (!copy) throw new Error(`${id} holds in no copy.`);
        violate(copy);
        expect({ id, findings: find(copy).length }).not.toEqual({
          id,
          findings: 0,
        });
      }
    },
  );
});

/** Copies without what is explained: with the autoscaler, and with a fixed number of pods, which exclude each other. */
const complying = (app: App): App[] => {
  const autoscaled = app.copy();
  const { container, pod, workload } = autoscaled;
  container.resources.limits.cpu = container.resources.requests.cpu;
  container.imagePullPolicy = 'Always';
  pod.priorityClassName = 'apps';
  pod.affinity = { podAntiAffinity: {} };
  workload.metadata.labels!['app.kubernetes.io/instance'] = ID;
  const fixed = autoscaled.copy();
  fixed.remove('HorizontalPodAutoscaler');
  fixed.workload.spec.replicas = 3;
  return [autoscaled, fixed];
};

it('has a rule for each check of the linters that can concern the apps', () => {
  // Of CronJobs, ConfigMaps and roles; the apps have none of them.
  const others =
    /^cronjob-|^sensitiveConfigmapContent$|^(cluster)?role(binding)?(Cluster|Pod|Role)/;
  for (const [checks, rules] of [
    [KUBE_SCORE_CHECKS, kubeScoreRules],
    [POLARIS_CHECKS, polarisRules],
  ] as const)
    expect(rules.map(one => one.id).sort()).toEqual(
      checks.filter(id => !others.test(id)).sort(),
    );
});
