import { execFile } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { stringify } from 'yaml';
import { npmConfig } from './npmEnvironment';
import { startProgram } from './startProgram';

/** As create-app writes it since 2026. */
const GENERATED_YARNRC = {
  nodeLinker: 'node-modules',
  npmMinimalAgeGate: '3d',
  npmPreapprovedPackages: ['@backstage/*'],
};
/** The Yarn that create-app generates a Backstage with. */
const YARN = '@yarnpkg/cli-dist@4.13.0';

/** Installs Yarn below a folder. */
export const installYarn = async (
  folder: string,
  npmEnv: Record<string, string>,
) => {
  const cli = join(folder, 'yarn');
  mkdirSync(cli);
  await promisify(execFile)('npm', ['install', `--prefix=${cli}`, YARN], {
    cwd: cli,
    env: { ...process.env, ...npmEnv },
  });
  return {
    /** Adds a package to a new project with these settings beside those of a generated Backstage. */
    add: async (packageName: string, name: string, settings: object) => {
      const project = join(folder, name);
      mkdirSync(project);
      writeFileSync(
        join(project, 'package.json'),
        JSON.stringify({ name, private: true }),
      );
      // Makes it a project of its own.
      writeFileSync(join(project, 'yarn.lock'), '');
      writeFileSync(
        join(project, '.yarnrc.yml'),
        stringify({ ...GENERATED_YARNRC, ...settings }),
      );
      const { ended } = startProgram(
        process.execPath,
        [
          join(cli, 'node_modules/@yarnpkg/cli-dist/bin/yarn.js'),
          'add',
          packageName,
          '--mode=update-lockfile',
        ],
        {
          cwd: project,
          env: {
            HOME: folder,
            YARN_ENABLE_TELEMETRY: '0',
            YARN_NPM_REGISTRY_SERVER: npmConfig('registry'),
            YARN_HTTPS_CA_FILE_PATH: npmConfig('cafile').replace('null', ''),
            YARN_UNSAFE_HTTP_WHITELIST: '127.0.0.1',
          },
        },
      );
      return ended;
    },
  };
};
