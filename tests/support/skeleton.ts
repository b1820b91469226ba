import { mkdtempSync, readdirSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative, resolve } from 'node:path';
import { ConfigReader } from '@backstage/config';
import { ScmIntegrations } from '@backstage/integration';
import { createFetchTemplateAction } from '@backstage/plugin-scaffolder-backend';
import {
  DEFAULT_DOMAIN,
  DEFAULT_RISK,
  DEFAULT_SIZE,
  ENVIRONMENTS,
} from '@goldenpath/plugin-golden-path-common';
import { readGoldenPathConfig } from '../../plugins/scaffolder-backend-module-golden-path/src/config';
import { runAction } from '../../plugins/scaffolder-backend-module-golden-path/src/testing/actionContext';
import { renderSkeleton as render } from '../../plugins/scaffolder-backend-module-golden-path/src/render/renderSkeleton';
import { locateSkeleton } from '../../plugins/scaffolder-backend-module-golden-path/src/render/skeletons';
import {
  appValues as appValuesFor,
  skeletonValues as valuesFor,
} from '../../plugins/scaffolder-backend-module-golden-path/src/render/skeletonValues';

export const SKELETONS = resolve(__dirname, '../../skeleton');

/** The fields of a form that reach the skeleton. */
export interface Form {
  component_id: string;
  databaseName: string;
  username: string;
  owner: string;
  environment: string;
  description: string;
}

/** The values that render the skeleton for a form, on a platform with a minimal configuration and these environments. */
export const skeletonValues = (
  form: Form,
  environments: readonly string[] = ENVIRONMENTS,
) =>
  valuesFor(
    {
      ...form,
      domain: DEFAULT_DOMAIN,
      risk: DEFAULT_RISK,
      size: DEFAULT_SIZE,
      requestedBy: 'jane',
    },
    { ...CONFIG, environments },
  );

/** The same for an app without a database. */
export const appValues = (
  {
    component_id,
    owner,
    environment,
    description,
  }: Omit<Form, 'databaseName' | 'username'>,
  environments: readonly string[] = ENVIRONMENTS,
) =>
  appValuesFor(
    {
      component_id,
      owner,
      environment,
      description,
      domain: DEFAULT_DOMAIN,
      requestedBy: 'jane',
    },
    { ...CONFIG, environments },
  );

const INTEGRATIONS = ScmIntegrations.fromConfig(new ConfigReader({}));
const CONFIG = readGoldenPathConfig(
  new ConfigReader({
    goldenPath: {
      infraRepo: { repoUrl: 'github.com?owner=acme&repo=platform-infra' },
      cluster: {
        registry: '123456789012.dkr.ecr.eu-central-1.amazonaws.com',
        ingressDomain: 'apps.acme.example',
      },
    },
  }),
  INTEGRATIONS,
);

const refuse = async () => {
  throw new Error('A skeleton of this repository is read from its folder.');
};
const NOTHING_REMOTE = { readUrl: refuse, readTree: refuse, search: refuse };

/** Renders a skeleton to a new folder with the scaffolder's fetch:template, as the action does, and returns the folder. */
export const renderSkeleton = async (
  name: string,
  values: ReturnType<typeof appValues>,
): Promise<string> => {
  const workspacePath = temporaryFolder();
  const fetchTemplate = createFetchTemplateAction({
    reader: NOTHING_REMOTE,
    integrations: INTEGRATIONS,
  });
  await runAction(
    {
      ...fetchTemplate,
      handler: ctx =>
        render(ctx, fetchTemplate, locateSkeleton(name, SKELETONS), values),
    },
    {},
    { workspacePath },
  );
  return workspacePath;
};

/** The files of a skeleton before rendering: its own, and those that it shares, by their path in the app repo. */
export const skeletonSources = (name: string): Map<string, string> =>
  new Map(
    locateSkeleton(name, SKELETONS).flatMap(({ url }) => {
      const folder = join(SKELETONS, url);
      return filesUnder(folder).map(
        file => [file, readFileSync(join(folder, file), 'utf8')] as const,
      );
    }),
  );

const temporaryFolder = () =>
  mkdtempSync(join(tmpdir(), 'golden-path-skeleton-'));

/** The sorted paths of all files below a folder, relative to it and with `/`. */
export const filesUnder = (folder: string): string[] =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter(entry => entry.isFile())
    .map(entry =>
      relative(folder, join(entry.parentPath ?? entry.path, entry.name))
        .split('\\')
        .join('/'),
    )
    .sort();
