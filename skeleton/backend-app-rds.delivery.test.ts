import { readFileSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ENVIRONMENTS } from '@goldenpath/plugin-golden-path-common';
import { isTriggered } from '@goldenpath/local-github/src/actions/decide/triggers';
import {
  evaluateExpression,
  Json,
} from '@goldenpath/local-github/src/actions/decide/expression';
import {
  parseWorkflowFile,
  Workflow,
} from '@goldenpath/local-github/src/actions/decide/workflowFile';
import { parse } from 'yaml';
import {
  renderSkeleton,
  SKELETONS,
  skeletonValues,
} from '../tests/support/skeleton';

const DELIVERY = '.github/workflows/delivery.yml';
const calledText = readFileSync(
  resolve(SKELETONS, '../platform/.github/workflows/_build-and-release.yml'),
  'utf8',
);
const called = parse(calledText);

/** What happens in the app repo. */
const EVENTS = {
  push: { name: 'push', ref: 'refs/heads/main' },
  branch: { name: 'push', ref: 'refs/heads/feature' },
  version: { name: 'push', ref: 'refs/tags/v1.2.3' },
  tag: { name: 'push', ref: 'refs/tags/nightly' },
  byHand: { name: 'workflow_dispatch', ref: 'refs/heads/main' },
  pullRequest: { name: 'pull_request', ref: 'refs/pull/1/merge' },
};
type Event = keyof typeof EVENTS;

const PLATFORMS: Array<{
  environments: readonly string[];
  requested: string;
  /** The job of each event, and its environment. */
  runs: Record<Event, string>;
}> = [
  {
    environments: ENVIRONMENTS,
    requested: 'dev',
    runs: {
      push: 'build dev',
      branch: '',
      version: 'build staging',
      tag: '',
      byHand: 'build prod',
      pullRequest: 'check dev',
    },
  },
  {
    environments: ['dev', 'staging', 'perf', 'prod'],
    requested: 'perf',
    runs: {
      push: 'build dev',
      branch: '',
      version: 'build staging',
      tag: '',
      byHand: 'build prod',
      pullRequest: 'check dev',
    },
  },
  {
    environments: ['lab', 'prod'],
    requested: 'lab',
    runs: {
      push: 'build lab',
      branch: '',
      version: '',
      tag: '',
      byHand: 'build prod',
      pullRequest: 'check lab',
    },
  },
];

/** As YAML, and as GitHub's parser has it. @throws Error where that finds one */
const renderDelivery = async (
  environments: readonly string[],
  environment: string,
): Promise<{ workflow: any; parsed: Workflow }> => {
  const folder = await renderSkeleton(
    'backend-app-rds',
    skeletonValues(
      {
        component_id: 'user-service',
        databaseName: 'users_db',
        username: 'users_app_user',
        owner: 'platform-team',
        environment,
        description: '',
      },
      environments,
    ),
  );
  const text = readFileSync(join(folder, DELIVERY), 'utf8');
  rmSync(folder, { recursive: true });
  const parsed = await parseWorkflowFile(text, DELIVERY);
  if ('errors' in parsed) throw new Error(parsed.errors.join());
  return { workflow: parse(text), parsed: parsed.workflow };
};

describe.each(PLATFORMS)(
  'delivery.yml with $environments',
  ({ environments, requested, runs }) => {
    let workflow: any;
    let parsed: Workflow;
    beforeAll(async () => {
      ({ workflow, parsed } = await renderDelivery(environments, requested));
    });

    it.each(Object.keys(EVENTS) as Event[])('on %s', async event => {
      const { name, ref } = EVENTS[event];
      const starts = await isTriggered(parsed.on, {
        name,
        ref,
        baseBranch: 'main',
        changedFiles: async () => [],
      });
      const contexts = {
        github: {
          event_name: name,
          ref,
          ref_type: ref.startsWith('refs/tags/') ? 'tag' : 'branch',
        },
        inputs: { environment: name === 'workflow_dispatch' ? 'prod' : null },
      };
      const evaluate = (text: string): Json => {
        const [, expression] = /^\$\{\{(.*)\}\}$/.exec(text) ?? [];
        return expression ? evaluateExpression(expression, contexts) : text;
      };
      const jobs = Object.entries<any>(workflow.jobs)
        .filter(([, job]) => evaluate(`\${{${job.if}}}`))
        .map(([id, job]) => `${id} ${evaluate(job.with.environment)}`);
      expect(starts ? jobs.join() : '').toBe(runs[event]);
    });

    it('offers every environment, and the requested one first', () => {
      const { environment } = workflow.on.workflow_dispatch.inputs;
      expect(environment).toMatchObject({
        options: environments,
        default: requested,
      });
    });

    it('agrees with the workflow that it calls', () => {
      const { inputs, secrets } = called.on.workflow_call;
      for (const [id, job] of Object.entries<any>(workflow.jobs)) {
        expect(job.uses).toBe(
          'acme/platform-infra/.github/workflows/_build-and-release.yml@main',
        );
        expect(Object.keys(inputs)).toEqual(
          expect.arrayContaining(Object.keys(job.with)),
        );
        expect(Object.keys(job.with)).toEqual(
          expect.arrayContaining(
            Object.keys(inputs).filter(name => inputs[name].required),
          ),
        );
        for (const [name, value] of Object.entries<any>(job.with))
          expect(typeof value).toBe(inputs[name].type);
        expect({ id, secrets: Object.keys(job.secrets ?? {}) }).toEqual({
          id,
          secrets: id === 'build' ? Object.keys(secrets) : [],
        });
      }
    });
  },
);

it.each(['backend-app-rds', 'stateful-app', 'stateless-app'])(
  'the README of %s names all that a push requires, and where it can be run again',
  skeleton => {
    const readme = readFileSync(join(SKELETONS, skeleton, 'README.md'), 'utf8');
    const settings = [...calledText.matchAll(/\b(?:secrets|vars)\.(\w+)/g)].map(
      ([, name]) => name,
    );
    expect([...new Set(settings)].sort()).toEqual([
      'AWS_REGION',
      'AWS_ROLE_ARN',
    ]);
    for (const name of settings) expect(readme).toContain(`\`${name}\``);
    expect(readme).toContain('opt-in to the customised OIDC subject');
    expect(readme).toContain('by hand from `main` or a tag `v*`');
    const step = called.jobs.build.steps.find(({ uses = '' }) =>
      uses.includes('configure-aws-credentials'),
    );
    expect(readme).toContain(`"${step.name}"`);
  },
);

describe('the permissions', () => {
  let workflow: any;
  beforeAll(async () => {
    ({ workflow } = await renderDelivery(ENVIRONMENTS, 'dev'));
  });

  it('of a pull request give no role: neither id-token nor write access, but for scan results', () => {
    expect(workflow.permissions).toEqual({});
    expect(workflow.jobs.check.permissions).toEqual({
      actions: 'read',
      contents: 'read',
      'security-events': 'write',
    });
  });

  it('of a build are those of the called workflow, which restricts none', () => {
    expect(workflow.jobs.build.permissions).toEqual({
      actions: 'read',
      attestations: 'write',
      contents: 'read',
      'id-token': 'write',
      'security-events': 'write',
    });
    // GitHub would not start it for a pull request, which has fewer.
    for (const one of [called, ...Object.values<any>(called.jobs)])
      expect(one).not.toHaveProperty('permissions');
  });

  it('that a pull request lacks are used only by steps that it skips', () => {
    const steps: Array<Record<string, any>> = called.jobs.build.steps;
    const wantsRole = steps.filter(step =>
      /aws-actions|cosign|attest@|secrets\.[A-Z]|^ *(aws|docker push) /m.test(
        [step.uses, step.run, JSON.stringify(step.with ?? {})].join('\n'),
      ),
    );
    expect(wantsRole.length).toBeGreaterThan(6);
    // Without a push there is neither a login nor a digest.
    for (const step of wantsRole)
      expect(step.if).toMatch(
        /^inputs\.push$|^steps\.ecr\.outputs\.registry != ''|^steps\.push\.outputs\.digest != ''/,
      );
  });
});
