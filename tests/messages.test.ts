import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import {
  DESCRIPTION_LENGTH_MESSAGE,
  DESCRIPTION_MESSAGE,
  FIELD_RULES,
  describeFieldMessages,
  parseRequest,
  RuledField,
} from '@goldenpath/plugin-golden-path-common';
import {
  guardChange,
  planInfraRequest,
  composeOutputComment,
  readTfvars,
} from '@goldenpath/plugin-golden-path-node';
import { readPorts } from '../packages/local-platform/src/ports';
import { addCatalogEntry } from '../plugins/golden-path-node/src/infraRepo/decide/addCatalogEntry';
import { listCatalog } from '../plugins/golden-path-node/src/infraRepo/decide/readCatalog';
import { entryOf } from '../plugins/golden-path-node/src/infraRepo/testing/catalogText';
import { pullRequestText } from '../plugins/golden-path-node/src/pullRequest/decide/pullRequestText';
import {
  composeRefusedComment,
  composeUpToDateComment,
} from '../plugins/golden-path-node/src/pullRequest/decide/rebaseComment';
import { readGoldenPathConfig } from '../plugins/scaffolder-backend-module-golden-path/src/config';
import {
  CREATED,
  declareDatabase,
  EXAMPLE_DATABASE as request,
} from './support/exampleDatabase';
import { runInEmptyFolder } from './support/commandLine';
import { formMessages, kitMessages } from './support/documentMessages';
import * as provisionMessages from './support/provisionMessages';
import { SourceMessage, sourceMessages } from './support/sourceMessages';

/**
 * Every message that a user can see, side by side for review: first those for typical inputs, then every text in the
 * sources. Update with `jest tests/messages -u`.
 */
const ROOT = resolve(__dirname, '..');

expect.addSnapshotSerializer({
  test: value => typeof value === 'string',
  print: value =>
    (value as string).replace(
      /(?!\n)\p{Cc}/gu,
      character => `\\u{${character.codePointAt(0)?.toString(16)}}`,
    ),
});

const messageOf = async (work: () => unknown): Promise<string> => {
  try {
    await work();
  } catch (error) {
    return (error as Error).message;
  }
  throw new Error('Expected this to fail.');
};

describe('messages for typical inputs', () => {
  it('the form: each field, each rule', () => {
    const lines = (Object.keys(FIELD_RULES) as RuledField[]).flatMap(field =>
      Object.entries(describeFieldMessages(field)).map(
        ([rule, message]) =>
          `${FIELD_RULES[field].title} (${rule}): ${message}`,
      ),
    );
    expect(
      [
        ...lines,
        `Description (pattern): ${DESCRIPTION_MESSAGE}`,
        `Description (maxLength): ${DESCRIPTION_LENGTH_MESSAGE}`,
      ].join('\n'),
    ).toMatchSnapshot();
  });

  it.each<[string, object]>([
    ['nothing is given', {}],
    [
      'everything is wrong',
      {
        component_id: '9Lives',
        databaseName: 'postgres',
        username: 'rds',
        owner: 'user:default/jane',
        environment: 'qa',
        description: 'two\nlines',
        domain: 'sales',
        risk: 'huge',
        size: 'huge',
        requestedBy: '-',
      },
    ],
    ['large in dev', { ...request, size: 'large' }],
    ['a user as owner', { ...request, owner: 'user:default/jane' }],
    ['the master as user', { ...request, username: 'goldenpath_master' }],
    ['a field too many', { ...request, password: 'x' }],
  ])('a request: %s', (_, input) => {
    const parsed = parseRequest(input, { masterUsername: 'goldenpath_master' });
    const problems = 'problems' in parsed ? parsed.problems : [];
    expect(problems).not.toEqual([]);
    expect(problems.map(({ message }) => message).join('\n')).toMatchSnapshot();
  });

  const CORPUS = join(
    ROOT,
    'plugins/golden-path-node/src/infraRepo/testing/corpus',
  );
  const GOOD = {
    catalog: 'version: "1.0"\ndatabases: {}\n',
    tfvars: 'application_databases = {}\n',
  };
  it.each(['catalog', 'tfvars'] as const)(
    'the infra repo: a %s that takes no request',
    async kind => {
      const folder = join(CORPUS, kind, 'refused');
      const refusals: string[] = [];
      for (const name of readdirSync(folder).sort()) {
        const texts = {
          ...GOOD,
          [kind]: readFileSync(join(folder, name), 'utf8'),
        };
        const message = await messageOf(() =>
          planInfraRequest(
            {
              catalog: { path: 'catalog.yaml', text: texts.catalog },
              tfvars: { path: 'terraform.tfvars', text: texts.tfvars },
            },
            declareDatabase('orders_db', { username: 'orders_user' }),
            CREATED,
          ),
        );
        refusals.push(`${name}: ${message}`);
      }
      expect(refusals.join('\n')).toMatchSnapshot();
    },
  );

  it('the guard', async () => {
    const declared = async (catalog: string, tfvars: string) => ({
      catalogPath: 'catalog.yaml',
      catalog: listCatalog(catalog, 'catalog.yaml'),
      tfvars: (await readTfvars(tfvars, 'terraform.tfvars')).map(entry => ({
        environment: 'dev',
        path: 'terraform.tfvars',
        entry,
      })),
      problems: [],
    });
    const catalogOf = (...names: string[]) =>
      names.reduce(
        (text, name) =>
          addCatalogEntry(
            text,
            'catalog.yaml',
            { environment: 'dev', databaseName: name },
            entryOf(name, `${name}_user`),
          ),
        GOOD.catalog,
      );
    const entry = (key: string, name: string, username: string) =>
      `  ${key} = { database_name = "${name}", username = "${username}" }\n`;
    const base = await declared(
      catalogOf('a_db', 'b_db'),
      `application_databases = {\n${entry('a_db', 'a_db', 'a_db_user')}${entry(
        'b_db',
        'b_db',
        'b_db_user',
      )}}\n`,
    );
    const head = await declared(
      catalogOf('a_db', 'c_db')
        .replace('risk: medium', 'risk: high')
        .replace('db.t3.micro', 'db.r6g.large'),
      `application_databases = {\n${entry('a_db', 'a_db', 'other')}${entry(
        'x',
        'a_db',
        'other',
      )}${entry('d_db', 'd_db', 'd_db_user')}}\n`,
    );
    const { findings } = guardChange(base, head, { labels: [] });
    expect(findings.length).toBeGreaterThan(4);
    expect(
      findings
        .map(({ path, line, message }) => `${path}:${line}: ${message}`)
        .join('\n'),
    ).toMatchSnapshot();
  });

  it('the pull request and its comments', () => {
    const { title, labels, body, commitMessage } = pullRequestText(
      {
        ...request,
        environment: 'prod',
        domain: 'delivery',
        risk: 'access',
        size: 'xlarge',
      },
      { taskId: 'task-1', paths: ['catalog.yaml', 'terraform.tfvars'] },
    );
    expect(
      [
        `${title} [${labels.join(', ')}]`,
        body,
        commitMessage,
        composeRefusedComment('The catalog has it already.'),
        composeUpToDateComment(),
        composeOutputComment('plan', 'Plan for dev', 'Nothing to do.'),
      ].join('\n---\n'),
    ).toMatchSnapshot();
  });

  it.each([
    ['changes', provisionMessages.changeDescriptions()],
    ['what keeps a run from beginning', provisionMessages.hindrances()],
    ['secrets', provisionMessages.secretProblems()],
    ['the report', provisionMessages.report()],
  ])('provision: %s', (_, lines) => {
    const text = lines.join('\n');
    expect(text).not.toContain(provisionMessages.PASSWORD);
    expect(text).toMatchSnapshot();
  });

  it.each([
    'mend',
    '--mend',
    'request',
    'rebase',
    'guard',
    'status',
    'provision',
    'record',
    'comment',
    'doctor --github',
    'status --env dev',
    'provision --env dev',
    'provision --env dev --tfvars x --concurrency many',
    'provision --env prod --tfvars x --require-approval',
    'provision --env dev --tfvars x --ca-file x',
    'rotate --env dev',
    'rotate --env dev --due --database x --force',
    'comment --pull x --key A --title  --file x',
  ])('the command line: goldenpath-rds %s', async line => {
    expect(await runInEmptyFolder(line.split(' '))).toMatchSnapshot();
  });

  it.each([
    {},
    { infraRepo: { repoUrl: 'acme/platform-infra' } },
    { infraRepo: { repoUrl: 'git.example.com?owner=acme&repo=infra' } },
    {
      infraRepo: { repoUrl: 'github.com?owner=acme&repo=infra' },
      app: { visibility: 'secret' },
    },
  ])('app-config: goldenPath %j', async goldenPath => {
    const config = new ConfigReader({
      goldenPath,
      integrations: { github: [{ host: 'github.com' }] },
    });
    expect(
      await messageOf(() =>
        readGoldenPathConfig(config, ScmIntegrations.fromConfig(config)),
      ),
    ).toMatchSnapshot();
  });

  it('the local platform', async () => {
    expect(
      [
        await messageOf(() => readPorts({ PORT: 'x' })),
        await messageOf(() => readPorts({ PORT: '1', GITHUB_PORT: '1' })),
      ].join('\n'),
    ).toMatchSnapshot();
  });
});

describe('texts in the sources', () => {
  const show = (messages: SourceMessage[]) =>
    messages
      .map(({ file, texts }) => `${file}\n\n${texts.join('\n')}\n`)
      .join('\n');

  it('the forms', () => {
    expect(show(formMessages(ROOT, 'templates'))).toMatchSnapshot();
  });

  /** A package, or one of the domains of golden-path-node. */
  const roomOf = (file: string) =>
    /^(.*?golden-path-node\/src\/[^/]+|[^/]+\/[^/]+)\//.exec(file)?.[1] ?? file;
  const rooms = new Map<string, SourceMessage[]>();
  for (const folder of ['plugins', 'packages'])
    for (const message of sourceMessages(ROOT, folder)) {
      const room = roomOf(message.file);
      rooms.set(room, [...(rooms.get(room) ?? []), message]);
    }
  it.each([...rooms])('%s', (_, messages) => {
    expect(show(messages)).toMatchSnapshot();
  });

  it("the platform's kit", () => {
    expect(show(kitMessages(ROOT, 'platform'))).toMatchSnapshot();
  });
});
