import { execFile } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  writeFileSync,
} from 'node:fs';
import { dirname, join } from 'node:path';
import { promisify } from 'node:util';
import { ModuleKind, ScriptTarget, transpileModule } from 'typescript';
import { until } from './platform';
import { startProgram } from './startProgram';

/** Version by name of all Backstage packages of one release. */
export type Release = Record<string, string>;

/** What a generated backend has that the golden path requires, besides the scaffolder that the golden path's docs name. */
const DEPENDENCIES = [
  'backend-defaults',
  'backend-plugin-api',
  'plugin-auth-backend',
  'plugin-auth-backend-module-guest-provider',
  'plugin-catalog-backend',
  'plugin-catalog-backend-module-scaffolder-entity-model',
  // A generated backend has the notifications plugin, of which the golden path takes the client.
  'plugin-notifications-node',
  'plugin-permission-backend',
  'plugin-permission-common',
  'plugin-permission-node',
  'plugin-scaffolder-backend',
  'plugin-scaffolder-common',
].map(name => `@backstage/${name}`);

const INDEX = `
import { createBackend } from '@backstage/backend-defaults';
const backend = createBackend();
backend.add(import('@backstage/plugin-auth-backend'));
backend.add(import('@backstage/plugin-auth-backend-module-guest-provider'));
backend.add(import('@backstage/plugin-catalog-backend'));
backend.add(import('@backstage/plugin-catalog-backend-module-scaffolder-entity-model'));
`;

const BACKEND = 'packages/backend';

/** A Backstage in a folder of its own, as a company has one: npm workspaces with one backend, and nothing of this checkout. */
export const createBareBackstage = (
  folder: string,
  release: Release,
  npmEnv: Record<string, string>,
) => {
  const write = (path: string, text: string) => {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  };
  const writeJson = (path: string, value: object) =>
    write(path, JSON.stringify(value, undefined, 2));
  const run = async (command: string) => {
    const { stdout, stderr } = await promisify(execFile)(
      'bash',
      ['-euo', 'pipefail', '-c', command],
      {
        cwd: folder,
        env: { ...process.env, ...npmEnv },
        maxBuffer: 64 * 1024 ** 2,
      },
    ).catch(error => {
      throw new Error(`${command}\n${error.stdout}\n${error.stderr}`);
    });
    return stdout + stderr;
  };
  const root = { name: 'root', private: true, workspaces: ['packages/*'] };

  return {
    write,
    run,
    /** Installs the versions of the release, as its lock file has them. */
    install: async () => {
      writeJson('package.json', { ...root, overrides: release });
      writeJson(`${BACKEND}/package.json`, {
        name: 'backend',
        version: '0.0.0',
        private: true,
        dependencies: {
          ...Object.fromEntries(
            DEPENDENCIES.map(name => [name, `^${release[name]}`]),
          ),
          pg: '^8.16.0',
        },
      });
      await run('npm install');
      // What is installed later has to accept these versions by itself.
      writeJson('package.json', root);
    },
    /** The package.json of an installed package. */
    manifestOf: (name: string) =>
      JSON.parse(
        readFileSync(
          join(folder, 'node_modules', name, 'package.json'),
          'utf8',
        ),
      ),
    /** Every installed copy of a Backstage package. */
    backstagePackages: () =>
      backstagePackagesIn(join(folder, 'node_modules')).concat(
        backstagePackagesIn(join(folder, BACKEND, 'node_modules')),
      ),
    /** Compiles the backend, whose index.ts adds these features. */
    build: (features: string[], modules: Record<string, string>) => {
      const compile = (name: string, text: string) =>
        write(
          `${BACKEND}/dist/${name}.js`,
          transpileModule(text, {
            compilerOptions: {
              module: ModuleKind.CommonJS,
              target: ScriptTarget.ES2022,
              esModuleInterop: true,
            },
          }).outputText,
        );
      compile('index', [INDEX, ...features, 'backend.start();'].join('\n'));
      for (const [name, text] of Object.entries(modules)) compile(name, text);
    },
    /** Starts one replica and waits until it answers. */
    start: async (
      url: string,
      configs: string[],
      env: Record<string, string>,
    ) => {
      const { child, ended, text } = startProgram(
        process.execPath,
        [
          'dist/index.js',
          ...configs.flatMap(file => ['--config', join(folder, file)]),
        ],
        {
          cwd: join(folder, BACKEND),
          env: { HOME: folder, NODE_ENV: 'development', ...env },
        },
      );
      let isOver = false;
      void ended.then(() => {
        isOver = true;
      });
      const stop = async () => {
        child.kill('SIGTERM');
        await ended;
      };
      try {
        await until(
          async () =>
            isOver || (await fetch(`${url}/.backstage/health/v1/readiness`)).ok,
          'the backend to be ready',
        );
        if (isOver) throw new Error('The backend ended.');
      } catch (error) {
        await stop();
        throw new Error(`${(error as Error).message}\n${text()}`);
      }
      return { text, stop };
    },
  };
};

/** Name and version of each package of the scope, also of those inside other packages. */
const backstagePackagesIn = (
  modules: string,
): Array<{ name: string; version: string; folder: string }> => {
  if (!existsSync(modules)) return [];
  return readdirSync(modules, { withFileTypes: true })
    .filter(entry => entry.isDirectory() && !entry.name.startsWith('.'))
    .flatMap(({ name }) =>
      name.startsWith('@')
        ? readdirSync(join(modules, name)).map(inner => `${name}/${inner}`)
        : [name],
    )
    .flatMap(name => {
      const folder = join(modules, name);
      const inner = backstagePackagesIn(join(folder, 'node_modules'));
      if (!name.startsWith('@backstage/')) return inner;
      const { version } = JSON.parse(
        readFileSync(join(folder, 'package.json'), 'utf8'),
      );
      return [{ name, version, folder }, ...inner];
    });
};
