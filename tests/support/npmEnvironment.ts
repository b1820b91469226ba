import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DOCUMENTED_REGISTRY, npmrc } from './installSteps';

export const npmConfig = (key: string) =>
  execFileSync('npm', ['config', 'get', key], { encoding: 'utf8' }).trim();

/** npm as this machine has it configured, and the scope's registry as install.md configures it. */
export const npmEnvironment = (
  folder: string,
  registryUrl: string,
  token: string,
) => {
  const scope = npmrc()
    .replaceAll(DOCUMENTED_REGISTRY, registryUrl)
    .replaceAll(
      DOCUMENTED_REGISTRY.replace('https:', ''),
      registryUrl.replace('http:', ''),
    );
  const usual = readIfExists(npmConfig('userconfig'));
  writeFileSync(join(folder, 'npmrc'), `${usual}\n${scope}`);
  return {
    NPM_CONFIG_USERCONFIG: join(folder, 'npmrc'),
    NPM_TOKEN: token,
    npm_config_prefer_offline: 'true',
    npm_config_audit: 'false',
    npm_config_fund: 'false',
  };
};
const readIfExists = (path: string) => {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
};
