import { operations } from './rest';
import { listNeededPermissions } from './decide/neededPermission';
import { TestGitHub } from './testing/testGitHub';

/** One call each; prints what it is and the status that it got. */
const CALLS = {
  metadata: 'GET ""',
  'read contents': 'GET /contents/README.md',
  'write contents':
    'PUT /contents/new-$GITHUB_JOB.md \'{"message":"x","content":"eA=="}\'',
  'read pulls': 'GET /pulls/1/files',
  'label pull': 'POST /issues/1/labels \'{"labels":["a"]}\'',
  'label issue': 'POST /issues/2/labels \'{"labels":["a"]}\'',
  'new issue': 'POST /issues \'{"title":"x"}\'',
  'merge pull': "PUT /pulls/3/merge '{}'",
  'read runs': 'GET /actions/runs',
  dispatch: 'POST /actions/workflows/other.yml/dispatches \'{"ref":"main"}\'',
  status: 'GET /commits/main/status',
  variables: 'GET /actions/variables',
  protection: 'GET /branches/main/protection',
  settings: 'PATCH "" \'{"description":"x"}\'',
  secrets: 'GET /actions/secrets',
  'environment secrets': 'GET /environments/prod/secrets',
  'environment variables': 'GET /environments/prod/variables',
  'change environment': "PUT /environments/prod '{}'",
  'open environment':
    'POST /environments/prod/deployment-branch-policies \'{"name":"*"}\'',
  'read environment': 'GET /environments/prod',
  'approve deployment':
    'POST /actions/runs/$GITHUB_RUN_ID/pending_deployments \'{"environment_ids":[1],"state":"approved","comment":""}\'',
};

const step = `
    runs-on: x
    steps:
      - env: { TOKEN: '\${{ secrets.GITHUB_TOKEN }}' }
        run: |
          call() {
            local name="$1" code
            code="$(curl -sS -o answer -w '%{http_code}' -X "$2" -H "Authorization: Bearer $TOKEN" \\
              "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY$3" \${4:+-d "$4"})"
            case "$code" in
              403) echo "no $name: $(grep -o 'Resource not accessible by integration' answer)" ;;
              *) echo "yes $name" ;;
            esac
          }
${Object.entries(CALLS)
  .map(([name, call]) => `          call '${name}' ${call}`)
  .join('\n')}
          git init -q clone && cd clone
          remote="\${GITHUB_SERVER_URL/:\\/\\//://x-access-token:$TOKEN@}/$GITHUB_REPOSITORY.git"
          git fetch -q "$remote" main 2>/dev/null && echo 'yes fetch' || echo 'no fetch'
          git -c user.name=X -c user.email=x@example.com commit -q --allow-empty -m x
          git push -q "$remote" "HEAD:refs/heads/pushed-$GITHUB_JOB" 2>error && echo 'yes push' || echo 'no push' "$(grep -o 'The requested URL returned error: 403' error)"
`;

const workflow = (permissions: string, ofJob = '') => `
on: { workflow_dispatch: {}, workflow_call: {} }
${permissions}
jobs:
  one:
    ${ofJob}${step}`;

describe("a job's token", () => {
  let github: TestGitHub;
  beforeAll(async () => {
    github = await new TestGitHub().start();
  });
  afterAll(() => github.stop());

  let count = 0;
  const run = async (
    files: Record<string, string>,
    options: { isPrivate?: boolean; workflowPermissions?: 'write' } = {},
  ) => {
    count += 1;
    const repo = `acme/app-${count}`;
    await github.github.createRepository(
      'acme',
      `app-${count}`,
      {
        'README.md': '# App\n',
        '.github/workflows/other.yml':
          'on: workflow_dispatch\njobs: { a: { runs-on: x, steps: [{ run: "true" }] } }\n',
        ...files,
      },
      options,
    );
    const owned = { owner: 'acme', name: `app-${count}` };
    await github.github.setEnvironment(owned, 'prod', {});
    for (const branch of ['one', 'three'])
      await github.write(repo, `${branch}.md`, 'x', branch);
    const open = (path: string, body: object) =>
      github.call('POST', `/repos/${repo}/${path}`, body);
    await open('pulls', { title: 'One', head: 'one', base: 'main' });
    await open('issues', { title: 'Two' });
    await open('pulls', { title: 'Three', head: 'three', base: 'main' });
    await open('actions/workflows/main.yml/dispatches', { ref: 'main' });
    await github.github.actions.idle();
    const runs = await github.call('GET', `/repos/${repo}/actions/runs`);
    const found = runs.body.workflow_runs.find((one: any) =>
      one.path.endsWith('main.yml'),
    );
    const { body } = await github.call(
      'GET',
      `/repos/${repo}/actions/runs/${found.id}/jobs`,
    );
    const log = await github.call(
      'GET',
      `/repos/${repo}/actions/jobs/${body.jobs[0].id}/logs`,
    );
    const text = await fetch(log.headers.get('location')!).then(r => r.text());
    const lines = text.split('\n').map(line => line.replace(/^\S+ /, ''));
    return {
      yes: lines.flatMap(line => line.match(/^yes (.+)$/)?.[1] ?? []),
      no: lines.flatMap(line => line.match(/^no (.+)$/)?.[1] ?? []),
      text,
    };
  };

  const NOBODY = [
    'variables',
    'protection',
    'settings',
    'secrets',
    'environment secrets',
    'environment variables',
    'change environment',
    'open environment',
  ];
  const READS_MORE = ['read pulls', 'read runs', 'read environment', 'status'];
  const READS_CONTENTS = ['read contents', 'fetch'];
  const WRITES_CONTENTS = ['write contents', 'merge pull', 'push'];

  it.each([
    {
      reason: 'nothing is said: the default reads contents',
      main: workflow(''),
      options: {},
      yes: READS_CONTENTS,
    },
    {
      reason: 'nothing is said, and the repository lets jobs write',
      main: workflow(''),
      options: { workflowPermissions: 'write' as const },
      yes: 'all',
    },
    { reason: '{}', main: workflow('permissions: {}'), options: {}, yes: [] },
    {
      reason: 'read-all',
      main: workflow('permissions: read-all'),
      options: {},
      yes: [...READS_CONTENTS, ...READS_MORE],
    },
    {
      reason: 'write-all',
      main: workflow('permissions: write-all'),
      options: {},
      yes: 'all',
    },
    {
      reason: 'one is named: the others are none',
      main: workflow('permissions: { issues: write }'),
      options: {},
      yes: ['label pull', 'label issue', 'new issue'],
    },
    {
      reason: 'pull-requests reach pull requests alone',
      main: workflow('permissions: { pull-requests: write }'),
      options: {},
      yes: ['read pulls', 'label pull'],
    },
    {
      reason: "the job's own replace the workflow's",
      main: workflow(
        'permissions: write-all',
        'permissions: { actions: write, statuses: read }',
      ),
      options: {},
      yes: ['read runs', 'read environment', 'dispatch', 'status'],
    },
    {
      reason: 'what is public may be read without',
      main: workflow('permissions: {}'),
      options: { isPrivate: false },
      yes: [...READS_CONTENTS, ...READS_MORE],
    },
  ])('$reason', async ({ main, options, yes }) => {
    const result = await run({ '.github/workflows/main.yml': main }, options);
    const all = [
      'metadata',
      ...READS_CONTENTS,
      ...WRITES_CONTENTS,
      'read pulls',
      'label pull',
      'label issue',
      'new issue',
      'read runs',
      'read environment',
      'dispatch',
      'status',
      'approve deployment',
    ];
    const expected = yes === 'all' ? all : ['metadata', ...yes];
    expect(result.yes.sort()).toEqual([...expected].sort());
    expect(result.no.sort()).toEqual(
      [...all, ...NOBODY]
        .filter(name => !expected.includes(name))
        .map(name => {
          if (name === 'fetch') return name;
          return name === 'push'
            ? 'push The requested URL returned error: 403'
            : `${name}: Resource not accessible by integration`;
        })
        .sort(),
    );
  });

  const caller = (permissions: string) =>
    `on: workflow_dispatch\npermissions: ${permissions}\njobs: { call: { uses: ./.github/workflows/called.yml } }\n`;

  it('is, in a called workflow, what the caller gives', async () => {
    const { yes } = await run({
      '.github/workflows/main.yml': caller('{ contents: read, issues: write }'),
      '.github/workflows/called.yml': workflow(''),
    });
    expect(yes.sort()).toEqual(
      [
        'metadata',
        ...READS_CONTENTS,
        'label pull',
        'label issue',
        'new issue',
      ].sort(),
    );
  });

  it('can be reduced by a called workflow', async () => {
    const { yes } = await run({
      '.github/workflows/main.yml': caller(
        '{ contents: write, issues: write }',
      ),
      '.github/workflows/called.yml': workflow(
        'permissions: { contents: read }',
      ),
    });
    expect(yes.sort()).toEqual(['metadata', ...READS_CONTENTS].sort());
  });

  it('can not be raised by a called workflow', async () => {
    const { yes, text } = await run({
      '.github/workflows/main.yml': caller('{ contents: read }'),
      '.github/workflows/called.yml': workflow(
        '',
        'permissions: { contents: write }',
      ),
    });
    expect(yes).toEqual([]);
    expect(text).toContain(
      "Error calling workflow './.github/workflows/called.yml'. The nested job 'one' is requesting 'contents: write', but is only allowed 'contents: read'.",
    );
  });

  it.each([
    { mayOpen: true, status: 201 },
    { mayOpen: false, status: 403 },
  ])(
    'opens a pull request as the setting says: $mayOpen',
    async ({ mayOpen, status }) => {
      const path = `/repos/acme/opens-${mayOpen}`;
      await github.github.createRepository('acme', `opens-${mayOpen}`, {
        '.github/workflows/main.yml': `
on: workflow_dispatch
permissions: { pull-requests: write }
jobs:
  one:
    runs-on: x
    steps:
      - env: { TOKEN: '\${{ secrets.GITHUB_TOKEN }}' }
        run: |
          curl -sS -w '%{http_code}' -H "Authorization: Bearer $TOKEN" -d '{"title":"x","head":"change","base":"main"}' \\
            "$GITHUB_API_URL/repos/$GITHUB_REPOSITORY/pulls"
`,
      });
      await github.write(`acme/opens-${mayOpen}`, 'a.md', 'x', 'change');
      await github.call('PUT', `${path}/actions/permissions/workflow`, {
        can_approve_pull_request_reviews: mayOpen,
      });
      await github.call(
        'POST',
        `${path}/actions/workflows/main.yml/dispatches`,
        { ref: 'main' },
      );
      await github.github.actions.idle();
      const { body } = await github.call('GET', `${path}/pulls`);
      expect(body).toHaveLength(mayOpen ? 1 : 0);
      const runs = await github.call('GET', `${path}/actions/runs`);
      const jobs = await github.call(
        'GET',
        `${path}/actions/runs/${runs.body.workflow_runs[0].id}/jobs`,
      );
      const log = await github.call(
        'GET',
        `${path}/actions/jobs/${jobs.body.jobs[0].id}/logs`,
      );
      const text = await fetch(log.headers.get('location')!).then(r =>
        r.text(),
      );
      expect(text).toContain(String(status));
      expect(
        text.includes(
          'GitHub Actions is not permitted to create or approve pull requests.',
        ),
      ).toBe(!mayOpen);
    },
  );

  it('needs a permission for every operation on a repository', () => {
    const known = Object.keys(operations).filter(
      name =>
        name.includes(' /repos/{owner}/{repo}') &&
        listNeededPermissions(name, undefined).includes('metadata'),
    );
    expect(known.sort()).toMatchInlineSnapshot(`
      [
        "GET /repos/{owner}/{repo}",
        "GET /repos/{owner}/{repo}/collaborators/{username}/permission",
        "GET /repos/{owner}/{repo}/installation",
        "GET /repos/{owner}/{repo}/rules/branches/{branch}",
      ]
    `);
  });

  it('is never enough for settings, secrets and variables', () => {
    const never = Object.keys(operations).filter(name =>
      listNeededPermissions(name, undefined).some(needed =>
        [
          'administration',
          'secrets',
          'actions-variables',
          'environments',
        ].includes(needed),
      ),
    );
    expect(never.sort()).toMatchInlineSnapshot(`
      [
        "DELETE /repos/{owner}/{repo}",
        "DELETE /repos/{owner}/{repo}/branches/{branch}/protection",
        "GET /repos/{owner}/{repo}/actions/organization-secrets",
        "GET /repos/{owner}/{repo}/actions/organization-variables",
        "GET /repos/{owner}/{repo}/actions/permissions",
        "GET /repos/{owner}/{repo}/actions/permissions/workflow",
        "GET /repos/{owner}/{repo}/actions/secrets",
        "GET /repos/{owner}/{repo}/actions/secrets/public-key",
        "GET /repos/{owner}/{repo}/actions/variables",
        "GET /repos/{owner}/{repo}/actions/variables/{name}",
        "GET /repos/{owner}/{repo}/branches/{branch}/protection",
        "GET /repos/{owner}/{repo}/environments/{environment_name}/secrets",
        "GET /repos/{owner}/{repo}/environments/{environment_name}/secrets/public-key",
        "GET /repos/{owner}/{repo}/environments/{environment_name}/variables",
        "GET /repos/{owner}/{repo}/environments/{environment_name}/variables/{name}",
        "GET /repos/{owner}/{repo}/teams",
        "PATCH /repos/{owner}/{repo}",
        "POST /repos/{owner}/{repo}/actions/variables",
        "POST /repos/{owner}/{repo}/branches/{branch}/protection/required_signatures",
        "POST /repos/{owner}/{repo}/environments/{environment_name}/deployment-branch-policies",
        "POST /repos/{owner}/{repo}/environments/{environment_name}/variables",
        "PUT /repos/{owner}/{repo}/actions/oidc/customization/sub",
        "PUT /repos/{owner}/{repo}/actions/permissions/access",
        "PUT /repos/{owner}/{repo}/actions/permissions/workflow",
        "PUT /repos/{owner}/{repo}/actions/secrets/{secret_name}",
        "PUT /repos/{owner}/{repo}/branches/{branch}/protection",
        "PUT /repos/{owner}/{repo}/collaborators/{username}",
        "PUT /repos/{owner}/{repo}/environments/{environment_name}",
        "PUT /repos/{owner}/{repo}/environments/{environment_name}/secrets/{secret_name}",
        "PUT /repos/{owner}/{repo}/subscription",
        "PUT /repos/{owner}/{repo}/topics",
      ]
    `);
  });
});
