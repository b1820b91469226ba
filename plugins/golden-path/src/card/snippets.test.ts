import { execFileSync } from 'node:child_process';
import {
  chmodSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parse } from 'yaml';
import { statusAt } from '../../../../tests/support/exampleStatuses';
import { connectSnippets } from './snippets';

const snippets = connectSnippets(statusAt('provisioned'));

describe('how to connect with psql', () => {
  // A trace of the shell quotes all of it but the first letters.
  const CANARY = 'canary7';
  const PASSWORD = `${CANARY}'n"a r\\y$(x)`;
  let folder: string;
  const program = (name: string, script: string) => {
    writeFileSync(join(folder, name), `#!/bin/bash\n${script}\n`);
    chmodSync(join(folder, name), 0o755);
  };
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'golden-path-psql-'));
    writeFileSync(
      join(folder, 'secret.json'),
      JSON.stringify({
        host: 'db.example',
        port: 5432,
        dbname: 'users_db',
        username: 'users_app_user_clone',
        password: PASSWORD,
      }),
    );
    program('aws', `echo "$*" > ${folder}/aws.args; cat ${folder}/secret.json`);
    // Stands for jq where a machine has none; records its arguments.
    program(
      'jq',
      `echo "$*" >> ${folder}/jq.args; exec node -e 'const key = process.argv[1]; let text = ""; process.stdin.on("data", d => { text += d; }).on("end", () => console.log(JSON.parse(text)[key]));' "$4"`,
    );
    program(
      'psql',
      `echo "$*" > ${folder}/psql.args; env > ${folder}/psql.env`,
    );
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const read = (name: string) => readFileSync(join(folder, name), 'utf8');

  it('logs in as the current user, verified, without a password in output or arguments', () => {
    // -x: as in a shell that traces, whose trace would end in a log.
    const output = execFileSync(
      'bash',
      ['-xc', `exec 2>&1; ${snippets.psql}`],
      { env: { ...process.env, PATH: `${folder}:${process.env.PATH}` } },
    ).toString();
    const environment = read('psql.env').split('\n');
    expect(environment).toEqual(
      expect.arrayContaining([
        'PGHOST=db.example',
        'PGPORT=5432',
        'PGDATABASE=users_db',
        'PGUSER=users_app_user_clone',
        `PGPASSWORD=${PASSWORD}`,
        'PGSSLMODE=verify-full',
      ]),
    );
    expect(read('aws.args')).toContain(
      '--secret-id goldenpath/dev/users_db/postgres ',
    );
    for (const text of [
      output,
      ...['aws', 'jq', 'psql'].map(name => read(`${name}.args`)),
    ])
      expect(text).not.toContain(CANARY);
  });
});

it('mounts the secret as files for any language', () => {
  const { spec } = parse(snippets.environment).spec.template;
  expect(spec.containers[0].volumeMounts[0].mountPath).toBe('/etc/db-creds');
  expect(spec.volumes[0].secret.secretName).toBe('user-service-db-creds');
  expect(spec.containers[0].envFrom[0].secretRef.name).toBe(
    'user-service-db-creds',
  );
});

it("reads the same files in Python as the app's template", () => {
  const template = readFileSync(
    join(__dirname, '../../../../skeleton/backend-app-rds/database.py'),
    'utf8',
  );
  const quoted = (text: string) => text.match(/"[^"\n]*"/g) ?? [];
  expect(quoted(snippets.python)).toEqual(
    expect.arrayContaining([
      '"DB_HOST"',
      '"DB_PORT"',
      '"DB_NAME"',
      '"DB_USER"',
      '"DB_PASS"',
    ]),
  );
  for (const text of quoted(snippets.python))
    expect(quoted(template)).toContain(text);
});
