import { parse } from 'yaml';
import { skeletonSources } from '../tests/support/skeleton';

const sources = skeletonSources('backend-app-rds');
/** Without the conditions of what is shared: each is about the database. */
const read = (path: string) =>
  sources.get(path)!.replace(/^\{%-? .* %\}\n/gm, '');

interface Requirement {
  name: string;
  version: string;
  hashes: string[];
  via: string[];
}

/** What pip-compile writes: `name==version`, hashes, and why each package is there. */
const readRequirements = (path: string): Requirement[] => {
  const [heading, ...lines] = read(path).trimEnd().split('\n');
  expect(heading).toContain('pip-compile --generate-hashes');
  const found: Requirement[] = [];
  for (const line of lines) {
    const [, name, version] = /^([a-z0-9-]+)==([0-9.]+) \\$/.exec(line) ?? [];
    const [, hash] =
      /^ {4}--hash=sha256:([0-9a-f]{64})( \\)?$/.exec(line) ?? [];
    const [, why] = /^ {4}# {1,3}(?:via ?)?(.*)$/.exec(line) ?? [];
    if (name) found.push({ name, version, hashes: [], via: [] });
    else if (hash) found.at(-1)!.hashes.push(hash);
    else if (why === undefined) throw new Error(`${path}: ${line}`);
    else if (why) found.at(-1)!.via.push(why);
  }
  return found;
};

/** What each release requires on Linux with Python 3.11, from its metadata. */
const REQUIRES: Record<string, string[]> = {
  flask: [
    ...['blinker', 'click', 'itsdangerous', 'jinja2', 'markupsafe', 'werkzeug'],
  ],
  gunicorn: ['packaging'],
  jinja2: ['markupsafe'],
  pytest: ['iniconfig', 'packaging', 'pluggy', 'pygments'],
  werkzeug: ['markupsafe'],
};

describe.each([
  {
    file: 'requirements',
    chosen: ['flask', 'gunicorn', 'psycopg2-binary'],
  },
  { file: 'requirements-dev', chosen: ['pytest', 'ruff'] },
])('$file.txt', ({ file, chosen }) => {
  const requirements = readRequirements(`${file}.txt`);
  const names = requirements.map(({ name }) => name);

  it('has what was chosen and all that it requires, and nothing else', () => {
    expect(
      read(`${file}.in`)
        .trim()
        .split('\n')
        .filter(line => !line.startsWith('-c ')),
    ).toEqual(chosen);
    const needed = new Set(chosen);
    for (const name of needed)
      for (const other of REQUIRES[name] ?? []) needed.add(other);
    expect(names).toEqual([...needed].sort());
    for (const { name, via } of requirements)
      for (const why of via)
        if (!why.startsWith('-')) expect(REQUIRES[why]).toContain(name);
  });

  it('pins each by the hashes of its files', () => {
    for (const { name, hashes } of requirements) {
      // A wheel and an archive of the source at least.
      expect({ name, count: hashes.length > 1 }).toEqual({ name, count: true });
      expect(new Set(hashes).size).toBe(hashes.length);
    }
  });
});

it('has one version of a package that both lists name', () => {
  const versions = new Map<string, string>();
  for (const file of ['requirements.txt', 'requirements-dev.txt'])
    for (const { name, version, hashes } of readRequirements(file)) {
      const pin = `${version} ${hashes}`;
      expect(versions.get(name) ?? pin).toBe(pin);
      versions.set(name, pin);
    }
});

describe('the image', () => {
  const dockerfile = read('Dockerfile');
  const [builder, runtime] = dockerfile.split(/^(?=FROM )/m).slice(1);

  it('is Python 3.11 slim by its digest, in both stages', () => {
    const bases = [...dockerfile.matchAll(/^FROM (\S+)/gm)].map(one => one[1]);
    expect(bases).toHaveLength(2);
    expect(new Set(bases).size).toBe(1);
    expect(bases[0]).toMatch(/^python:3\.11-slim@sha256:[0-9a-f]{64}$/);
  });

  it('installs exactly what is pinned, without a compiler', () => {
    expect(builder).toMatch(
      /pip install .*--require-hashes .*--only-binary :all:/,
    );
    expect(dockerfile).not.toMatch(/apt-get|gcc|build-essential/);
  });

  it('adds nothing to its base as root, and removes what it does not use', () => {
    const steps = runtime.match(/^(RUN|USER) .*/gm);
    expect(steps).toEqual([
      'RUN pip uninstall --yes setuptools wheel',
      'USER 10001',
    ]);
    // The venv, where the builder removed pip, would hide the pip of the base image.
    expect(builder).toMatch(/\/venv\/bin\/pip uninstall .*\bpip\b/);
    expect(runtime.indexOf('RUN ')).toBeLessThan(
      runtime.indexOf('COPY --from=builder /venv '),
    );
  });

  it('has the CAs of RDS where the app looks for them', () => {
    const [, path] =
      /^COPY --from=builder \/rds-global-bundle\.pem (\S+)$/m.exec(runtime)!;
    expect(builder).toMatch(
      /^ADD https:\/\/truststore\.pki\.rds\.amazonaws\.com\/global\/global-bundle\.pem /m,
    );
    expect(read('database.py')).toContain(`"DB_SSLROOTCERT", "${path}"`);
  });

  it('runs as a user by number, and takes from the repo only what runs', () => {
    expect(runtime).toMatch(/^USER 10001$/m);
    expect(
      read('.dockerignore')
        .split('\n')
        .filter(line => line && !line.startsWith('#')),
    ).toEqual(['*', '!*.py', '!migrations/*.sql', '!requirements.txt']);
  });

  it('ends within the grace period of its pod', () => {
    const { spec } = parse(
      read('deploy/base/deployment.yaml').replace(/\$\{\{.*?\}\}/g, '"x"'),
    ).spec.template;
    const [container] = spec.containers;
    const seconds = (source: string, pattern: RegExp) =>
      Number(pattern.exec(source)![1]);
    const sleep = seconds(
      JSON.stringify(container.lifecycle.preStop),
      /(?:"sleep","|"seconds":)(\d+)/,
    );
    const graceful = seconds(
      read('gunicorn.conf.py'),
      /^graceful_timeout = (\d+)$/m,
    );
    expect(sleep + graceful).toBeLessThan(
      spec.terminationGracePeriodSeconds ?? 30,
    );
  });
});
