import { readdir, readFile } from 'node:fs/promises';
import { join, posix, relative, sep } from 'node:path';
import { standaloneTfvarsPath } from '@goldenpath/plugin-golden-path-common';
import { loadSettings } from '@goldenpath/plugin-golden-path-node';

/** Login of Backstage on the local GitHub, which takes every token that it didn't create itself for Backstage's. */
export const DISPATCHER = 'backstage';

/** The environment of the Terraform root in the kit. */
const KIT_ENVIRONMENT = 'dev';
/** The workflows refuse a root without a lock file. */
const NO_PROVIDERS =
  '# The terraform of the local platform has no providers.\n';

/**
 * The first files of the local infra repo: the kit under `platform/`, with a copy of its Terraform root for every other
 * environment of its goldenpath.yaml.
 * @returns text by path, relative to the repository's root
 */
export const readInfraRepoFiles = async (
  kit: string,
): Promise<Record<string, string>> => {
  const files: Record<string, string> = {};
  for (const entry of await readdir(kit, {
    recursive: true,
    withFileTypes: true,
  })) {
    if (!entry.isFile()) continue;
    const file = join(entry.parentPath ?? entry.path, entry.name);
    const path = relative(kit, file).split(sep).join('/');
    if (/\.test\.ts$|(^|\/)\.terraform(\/|$)/.test(path)) continue;
    files[path] = await readFile(file, 'utf8');
  }
  const terraformRoot = posix.dirname(standaloneTfvarsPath(KIT_ENVIRONMENT));
  for (const environment of (await parseSettings(files)).environments.filter(
    name => !(standaloneTfvarsPath(name) in files),
  )) {
    for (const [path, text] of Object.entries(files).filter(([name]) =>
      name.startsWith(`${terraformRoot}/`),
    )) {
      const target = path.replace(
        terraformRoot,
        posix.dirname(standaloneTfvarsPath(environment)),
      );
      files[target] = path.endsWith('/kustomization.yaml')
        ? text.replace(/\bdev\b/g, environment)
        : text
            .replaceAll(`"${KIT_ENVIRONMENT}"`, `"${environment}"`)
            .replaceAll(`/${KIT_ENVIRONMENT}-rds/`, `/${environment}-rds/`);
    }
  }
  for (const path of Object.keys(files).filter(name =>
    /\/versions\.tf$/.test(name),
  ))
    files[path.replace('versions.tf', '.terraform.lock.hcl')] ??= NO_PROVIDERS;
  return files;
};

/** The settings of an infra repo with these files. */
export const parseSettings = (files: Record<string, string>) =>
  loadSettings({ read: async path => files[path] });
