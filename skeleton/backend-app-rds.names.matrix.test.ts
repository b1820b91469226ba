import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  componentEntityV1alpha1Validator,
  Entity,
  EntityPolicies,
  FieldFormatEntityPolicy,
  NoForeignRootFieldsEntityPolicy,
  SchemaValidEntityPolicy,
} from '@backstage/catalog-model';
import {
  FIELD_RULES,
  parseRequest,
} from '@goldenpath/plugin-golden-path-common';
import { parse, parseAllDocuments } from 'yaml';
import { loadLanguageServices } from '@goldenpath/local-github/src/actions/languageServices';
import {
  hasKubectl,
  kustomize,
  Manifest,
  validateManifest,
} from '../tests/support/kubernetes';
import { itWhen } from '../tests/support/needs';
import { findPython } from '../tests/support/python';
import {
  filesUnder,
  Form,
  renderSkeleton,
  skeletonValues,
} from '../tests/support/skeleton';

const ordinary: Form = {
  component_id: 'user-service',
  databaseName: 'users_db',
  username: 'users_app_user',
  owner: 'platform-team',
  environment: 'prod',
  description: '',
};

/** Names with a meaning in a language of the app repo. All are allowed (CASES 20), and must do no harm. */
const ROWS: Array<{ form: Partial<Form>; source: string }> = [
  {
    form: { component_id: 'time', databaseName: 'time' },
    source: 'Python: a built-in module (flask-cors #74, flask #2382)',
  },
  {
    form: { component_id: 'class', username: 'class', databaseName: 'import' },
    source: 'Python: keywords',
  },
  {
    form: { component_id: 'null', databaseName: 'null', username: 'null' },
    source: 'YAML: a literal',
  },
  {
    form: { component_id: 'on', databaseName: 'yes', username: 'off' },
    source: 'YAML 1.1: booleans (yaml.org/type/bool.html)',
  },
  {
    form: { component_id: 'e1', owner: '1e3' },
    source: 'YAML: numbers',
  },
  { form: { owner: '0x10' }, source: 'YAML: a hexadecimal number' },
  { form: { owner: '2026-11-26' }, source: 'YAML 1.1: a date' },
  { form: { owner: '1_000' }, source: 'YAML 1.1: a number with separators' },
  {
    form: { component_id: 'db', databaseName: 'db_port', username: 'db_user' },
    source: "Kubernetes: a Service's variables (elastic/cloud-on-k8s #1987)",
  },
  {
    form: { component_id: 'select', databaseName: 'select', username: 'user' },
    source: 'SQL: reserved words (postgresql.org, appendix C)',
  },
  {
    form: { component_id: 'done', databaseName: 'exit', username: 'then' },
    source: 'bash: words of the shell',
  },
  {
    form: {
      component_id: 'constructor',
      databaseName: 'constructor',
      owner: 'toString',
    },
    source: 'members of every object of JavaScript',
  },
  {
    form: {
      component_id: 'raw',
      databaseName: 'endraw',
      username: 'endfor',
      owner: 'values.owner',
    },
    source: 'Nunjucks: words of the templates',
  },
  {
    form: { owner: `${'n'.repeat(30)}/${'t'.repeat(31)}` },
    source: 'Kubernetes: the longest owner that a label holds',
  },
  {
    form: { component_id: `a${'b'.repeat(49)}`, environment: 'staging' },
    source: 'Kubernetes and DNS: the longest name of an app',
  },
];

const RFC_1035 = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL_VALUE = /^[A-Za-z0-9]([A-Za-z0-9_.-]{0,61}[A-Za-z0-9])?$/;
/** https://docs.aws.amazon.com/AmazonECR/latest/APIReference/API_CreateRepository.html */
const ECR_NAME = /^(?=.{2,256}$)[a-z0-9]+([._-][a-z0-9]+)*$/;

describe.each(ROWS)('rendered for $form: $source', ({ form: changed }) => {
  const form = { ...ordinary, ...changed };
  const values = skeletonValues(form);
  let folder: string;
  let files: string[];
  const read = (path: string) => readFileSync(join(folder, path), 'utf8');
  beforeAll(async () => {
    folder = await renderSkeleton('backend-app-rds', values);
    files = filesUnder(folder);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  it('is a request that the contract allows', () => {
    expect(parseRequest({ ...form, requestedBy: 'jane' })).toHaveProperty(
      'request',
    );
  });

  it('means the same to YAML 1.1 and 1.2 in every file', () => {
    const yaml = files.filter(file => /\.ya?ml$/.test(file));
    expect(yaml.length).toBeGreaterThan(12);
    for (const file of yaml) {
      const [old, today] = (['1.1', '1.2'] as const).map(version =>
        parseAllDocuments(read(file), { version }).map(one => {
          expect({ file, errors: one.errors }).toEqual({ file, errors: [] });
          return one.toJS();
        }),
      );
      // Its key `on` is a boolean to YAML 1.1; GitHub reads 1.2.
      if (!file.startsWith('.github/'))
        expect({ file, old }).toEqual({ file, old: today });
    }
  });

  it('is a workflow for GitHub, and a name for ECR', () => {
    const name = '.github/workflows/delivery.yml';
    const { workflowParser } = loadLanguageServices();
    const { context } = workflowParser.parseWorkflow(
      { name, content: read(name) },
      new workflowParser.NoOperationTraceWriter(),
    );
    expect(context.errors.getErrors()).toEqual([]);
    const { ecr_repository: repository } = parse(read(name)).jobs.build.with;
    expect(repository).toBe(form.component_id);
    expect(repository).toMatch(ECR_NAME);
  });

  it('is an entity for Backstage', async () => {
    const entity = parse(read('catalog-info.yaml')) as Entity;
    await EntityPolicies.allOf([
      new SchemaValidEntityPolicy(),
      new NoForeignRootFieldsEntityPolicy(),
      new FieldFormatEntityPolicy(),
    ]).enforce(entity);
    expect(await componentEntityV1alpha1Validator.check(entity)).toBe(true);
    expect(entity.metadata.name).toBe(form.component_id);
    expect(entity.spec).toMatchObject({
      owner: values.ownerRef,
      dependsOn: [values.databaseEntityRef],
    });
  });

  it('has commands that bash reads in its README', () => {
    const blocks = [...read('README.md').matchAll(/^```bash\n(.*?)^```/gms)];
    expect(blocks.length).toBeGreaterThan(1);
    for (const [, script] of blocks) {
      const commands = script.replaceAll('sha256:<digest>', 'sha256:0');
      const { status, stderr } = spawnSync('bash', ['-n'], {
        input: commands,
        encoding: 'utf8',
      });
      expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
    }
    expect(read('README.md')).toContain(
      `DB_NAME=${form.databaseName} DB_USER=${form.username} `,
    );
  });

  it('has its names as texts in Python, once each', () => {
    const lines = files
      .filter(file => file.endsWith('.py'))
      .flatMap(file => read(file).split('\n'));
    for (const line of [
      `APP_NAME = "${form.component_id}"`,
      `    "DB_NAME": "${form.databaseName}",`,
      `    "DB_USER": "${form.username}",`,
    ])
      expect(lines.filter(one => one === line)).toHaveLength(1);
  });

  itWhen(hasKubectl(), 'kubectl 1.27 or newer')(
    'is what Kubernetes takes, with names and labels that fit',
    async () => {
      const built = parseAllDocuments(
        kustomize(join(folder, 'deploy/overlays', form.environment)),
      ).map(document => document.toJS() as Manifest);
      for (const one of built) {
        validateManifest(one);
        expect(one.metadata.name).toMatch(RFC_1035);
        for (const label of Object.values(one.metadata.labels!))
          expect(label).toMatch(LABEL_VALUE);
      }
      const spec = (kind: string) => built.find(one => one.kind === kind)!.spec;
      const { host } = spec('Ingress').rules[0];
      expect(host.length).toBeLessThanOrEqual(253);
      for (const label of host.split('.')) expect(label).toMatch(RFC_1035);
      const pod = spec('Deployment').template.spec;
      expect(pod.enableServiceLinks).toBe(false);
      expect(pod.containers[0].envFrom).toEqual([
        { secretRef: { name: `${form.component_id}-db-creds` } },
      ]);
      expect(spec('ExternalSecret').dataFrom).toEqual([
        {
          extract: {
            key: `goldenpath/${form.environment}/${form.databaseName}/postgres`,
          },
        },
      ]);
    },
  );
});

/** Names of modules that the app imports or is, which no machine needs to be asked for. */
const MODULES = [
  ...['app', 'tests', 'test', 'flask', 'psycopg2', 'gunicorn', 'werkzeug'],
  ...['jinja2', 'click', 'markupsafe', 'blinker', 'itsdangerous', 'pytest'],
  ...['setuptools', 'pip', 'wheel', 'unittest', 'logging', 'root', 'json'],
  ...['contextlib', 'time', 'sys', 'os', 'site', 'string', 'types', 'backend'],
  ...['database', 'migrate', 'migrations', 'atexit'],
];

/**
 * Starts the app in one process under each name: those given, and the machine's modules, keywords and built-ins. Prints
 * those with which it doesn't answer, or doesn't log as with every other.
 */
const START_UNDER_EACH_NAME = `
import builtins, contextlib, importlib, io, json, keyword, logging, re, sys, types
sys.path.insert(0, sys.argv[1])
source, placeholder, pattern, reserved, names = json.load(sys.stdin)
generated = {*sys.stdlib_module_names, *keyword.kwlist, *keyword.softkwlist, *dir(builtins)}
fit = [n for n in sorted({*names, *generated}) if re.search(pattern, n) and not re.search(reserved, n) and 1 < len(n) <= 50]
broken = {}
for name in fit:
    before = (list(logging.root.handlers), logging.root.level, logging.getLogger("flask").handlers, logging.getLogger("gunicorn").handlers)
    out = io.StringIO()
    try:
        with contextlib.redirect_stdout(out):
            module = types.ModuleType("app")
            module.__file__ = sys.argv[1] + "/app.py"
            sys.modules["app"] = module
            exec(compile(source.replace(placeholder, name), module.__file__, "exec"), module.__dict__)
            client = module.create_app().test_client()
            health = client.get("/health")
            assert (health.status_code, health.json) == (200, {"status": "ok"}), health.text
            answer = client.get("/")
            assert (answer.status_code, answer.json["reason"].split(":")[0]) == (503, "credentials not set"), answer.text
        refused, request = [json.loads(line) for line in out.getvalue().splitlines()]
        assert (refused["app"], refused["message"].split(":")[0]) == (name, "credentials not set"), refused
        assert (request["app"], request["message"], request["path"]) == (name, "request", "/"), request
        after = (list(logging.root.handlers), logging.root.level, logging.getLogger("flask").handlers, logging.getLogger("gunicorn").handlers)
        assert before == after, "it configures the logger of somebody else"
    except BaseException as error:
        broken[name] = repr(error)
json.dump({"started": fit, "broken": broken}, sys.stdout)
`;

describe('the app of the skeleton', () => {
  const python = findPython();
  itWhen(
    python !== undefined,
    'Python with Flask, psycopg2, gunicorn and pytest',
  )(
    'starts, answers and logs alike under every name that Python knows',
    async () => {
      const placeholder = 'name-of-the-app';
      const folder = await renderSkeleton(
        'backend-app-rds',
        skeletonValues({ ...ordinary, component_id: placeholder }),
      );
      const source = readFileSync(join(folder, 'app.py'), 'utf8');
      const { pattern, not } = FIELD_RULES.component_id;
      const { stdout, stderr } = spawnSync(
        python!,
        ['-B', '-c', START_UNDER_EACH_NAME, folder],
        {
          input: JSON.stringify([
            source,
            placeholder,
            pattern,
            not.map(one => one.pattern).join('|'),
            MODULES,
          ]),
          encoding: 'utf8',
          env: { PATH: process.env.PATH },
        },
      );
      rmSync(folder, { recursive: true, force: true });
      expect(stderr).toBe('');
      const { started, broken } = JSON.parse(stdout);
      expect(broken).toEqual({});
      expect(started).toEqual(expect.arrayContaining(MODULES));
      // About 300 modules, keywords and built-ins of Python 3.11 are names that an app may have.
      expect(started.length).toBeGreaterThan(250);
    },
  );
});
