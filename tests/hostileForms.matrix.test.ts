import { execFile, execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { CATALOG_PATH } from '@goldenpath/plugin-golden-path-common';
import { readCatalog } from '@goldenpath/plugin-golden-path-node';
import { parse } from 'yaml';
import { textOf } from '../plugins/scaffolder-backend-module-golden-path/src/testing/bootScaffolder';
import { bootForm } from './support/bootForm';
import { createFolder } from './support/createFolder';
import { InfraGitHub, startInfraGitHub } from './support/infraGitHub';
import { itWhen } from './support/needs';
import { findPython } from './support/python';

const python = findPython();

const DESCRIPTIONS: Array<[reason: string, description: string]> = [
  ['quotes and backslashes', `It's "quoted" 'twice' \\ \\\\ \\n \\u0041 \\`],
  ['YAML', 'key: value # comment - &a *a !!python/object:os.system ? | >-'],
  ['a YAML document', '--- !<tag:yaml.org,2002:str> {a: [b, c]}'],
  ['the scaffolder', '${{ parameters.owner }} ${{ secrets.GITHUB_TOKEN }}'],
  ['Jinja', '{{ 7*7 }} {% raw %} {% endraw %} {# gone #} {%- if x -%}'],
  ['JavaScript', '`${process.env.HOME}` </script> __proto__ constructor'],
  ['Markdown', '[x](javascript:alert(1)) ![](http://x) | **b** `c` ~~d~~'],
  ['a shell', '$(touch /tmp/x); rm -rf ~ && echo "$HOME" `id` > /dev/null'],
  ['a workflow command', '::error::x ##[set-output name=y]z @everyone #1'],
  ['emoji', '👩‍👩‍👧‍👦 🏴󠁧󠁢󠁥󠁮󠁧󠁿 🇩🇪 é é 一二三'],
  ['right-to-left text', 'שלום \u202Eevil\u202C \u2066x\u2069 العربية'],
  ['padding', '  two spaces  '],
  ['a formula', '=cmd|" /C calc"!A0'],
  ['JSON', '{"a": [1, null]}'],
  ['the longest', '🐘'.repeat(200)],
];

const NAMES: Array<
  [
    reason: string,
    names: Pick<
      Form,
      'component_id' | 'databaseName' | 'username' | 'description'
    >,
  ]
> = [
  [
    'the shortest',
    {
      component_id: 'ab',
      databaseName: 'abc',
      username: 'abd',
      description: '- -n --help',
    },
  ],
  [
    'the longest',
    {
      component_id: `a${'-b'.repeat(24)}c`,
      databaseName: `d${'_'.repeat(61)}9`,
      username: `u${'_'.repeat(29)}9`,
      description: `""" ''' {0} %(name)s %s \\N{BULLET} import os #`,
    },
  ],
  [
    'booleans and null',
    {
      component_id: 'no',
      databaseName: 'null',
      username: 'true',
      description: 'true',
    },
  ],
  [
    'words of SQL',
    {
      component_id: 'select',
      databaseName: 'table',
      username: 'user',
      description: '\uFEFFa\u200Bb\u00ADc\u00A0d',
    },
  ],
  [
    'words of Python and Object',
    {
      component_id: 'constructor',
      databaseName: 'prototype',
      username: 'import',
      description: '<script>alert(1)</script> <!-- --> ]]> &amp; &#x41;',
    },
  ],
  [
    'numbers behind a letter',
    {
      component_id: 'e1-2',
      databaseName: 'e10',
      username: 'x00',
      description: '1e3',
    },
  ],
];

interface Form {
  component_id: string;
  databaseName: string;
  username: string;
  owner: string;
  environment: string;
  description: string;
}

const forms: Array<Form & { reason: string }> = [
  ...DESCRIPTIONS.map(([reason, description], index) => ({
    reason: `a description with ${reason}`,
    component_id: `hostile-${index}`,
    databaseName: `hostile_${index}`,
    username: `hostile_${index}_user`,
    description,
  })),
  ...NAMES.map(([reason, names]) => ({
    reason: `names: ${reason}`,
    ...names,
  })),
].map(form => ({
  ...form,
  owner: 'group:default/platform-team',
  environment: 'staging',
}));

describe('hostile values, from the form to the tests of the app', () => {
  let infra: InfraGitHub;
  let scaffolder: Awaited<ReturnType<typeof bootForm>>;
  /** All forms at once, because each waits for a workflow run. */
  const tasks = new Map<string, string>();

  beforeAll(async () => {
    infra = await startInfraGitHub({
      // They check and apply pull requests.
      without: ['rds-database-apply.yml', 'rds-database-guard.yml'],
    });
    scaffolder = await bootForm(infra);
    for (const { reason, ...form } of forms) {
      const { status, body } = await scaffolder.createTask(form);
      expect({ reason, status, body }).toEqual({
        reason,
        status: 201,
        body: { id: body.id },
      });
      tasks.set(reason, body.id);
    }
  });
  afterAll(async () => {
    await scaffolder?.stop();
    await infra?.stop();
  });

  const follow = async ({ reason, ...form }: (typeof forms)[number]) => {
    const task = await scaffolder.finished(tasks.get(reason)!);
    expect({
      status: task.status,
      says: task.status === 'completed' ? '' : textOf(task.events),
    }).toEqual({ status: 'completed', says: '' });

    const { description } = await infra.json<{ description: string }>(
      `/repos/acme/${form.component_id}`,
    );
    expect(description).toBe(form.description);

    const pull = await infra.pullOf(`database/staging/${form.databaseName}`);
    const catalog = readCatalog(
      (await infra.file(CATALOG_PATH, pull!.head.ref))!,
      CATALOG_PATH,
    );
    expect(catalog.staging[form.databaseName]).toMatchObject({
      metadata: { component: form.component_id, status: 'pending' },
      configuration: { username: form.username },
    });

    const folder = createFolder();
    execFileSync('git', [
      ...['clone', '--quiet'],
      infra.github.gitDir({ owner: 'acme', name: form.component_id }),
      folder,
    ]);
    const entity = parse(
      readFileSync(join(folder, 'catalog-info.yaml'), 'utf8'),
    );
    expect(entity.metadata).toMatchObject({
      name: form.component_id,
      description: form.description,
    });
    const { stderr } = await promisify(execFile)(
      python!,
      ['-B', '-m', 'unittest', 'discover', 'tests'],
      { cwd: folder, env: { PATH: process.env.PATH } },
    );
    expect(stderr).toMatch(/Ran \d+ tests .*\n\nOK/s);
  };

  for (const form of forms)
    itWhen(Boolean(python), 'Python with Flask, psycopg2, gunicorn and pytest')(
      form.reason,
      () => follow(form),
    );
});
