import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { UserEntity } from '@backstage/catalog-model';
import { InputError, NotAllowedError } from '@backstage/errors';
import {
  ActionContext,
  createTemplateAction,
} from '@backstage/plugin-scaffolder-node';
import {
  auditPath,
  environmentTerms,
  requestSchema,
} from '@goldenpath/plugin-golden-path-common';
import {
  AuditSink,
  Connect,
  DatabaseResult,
  EditFiles,
  InfraFiles,
  locateTfvars,
  printPlanMarkdown,
  printEvent,
  provision,
  ProvisionEvent,
  ProvisionMode,
  ProvisionResult,
  readTfvars,
  listCatalogStatuses,
  recordByApi,
  printResultMarkdown,
  SecretsReader,
} from '@goldenpath/plugin-golden-path-node';
import { stopWhenCancelled } from '../cancellation';
import { GoldenPathConfig } from '../config';
import { GitHubFor } from '../github';
import { assertGiven, TOKEN_INPUT } from '../requestInput';
import { ProvisionFailedError, RecordFailedError } from '../errors';
import { nameSettings } from '../settingNames';
import { examples } from './rdsProvision.examples';

/** Runs the provisioner for an environment's databases in the infra repo. */
export const createRdsProvisionAction = (deps: {
  config: GoldenPathConfig;
  githubFor: GitHubFor<'infraFiles' | 'editInfraFiles'>;
  secrets: SecretsReader;
  connect(): Promise<Connect>;
  auditFile(path: string): AuditSink;
  now(): Date;
}) =>
  createTemplateAction({
    id: 'goldenpath:rds:provision',
    description:
      'Creates and repairs roles, databases and grants on the shared instance as the infra repo declares them for an environment',
    examples,
    supportsDryRun: true,
    schema: {
      input: {
        environment: z =>
          z
            .string()
            .describe('One of goldenPath.environments (required)')
            .optional(),
        dryRun: z =>
          z.boolean().describe('Show the plan and change nothing').optional(),
        thenApply: z =>
          z
            .boolean()
            .describe(
              'With dryRun: a later step applies the changes, so check the permission now',
            )
            .optional(),
        token: z => z.string().describe(TOKEN_INPUT).optional(),
      },
      output: {
        changes: z =>
          z.number().describe('Changes applied; in a dry run, changes planned'),
        auditPath: z =>
          z
            .string()
            .describe(
              'Path of the audit, in the workspace and in the infra repo',
            )
            .optional(),
        commitUrl: z =>
          z
            .string()
            .describe('Commit of audit and status in the infra repo')
            .optional(),
        plan: z => z.string().describe('The plan, as Markdown'),
        result: z =>
          z
            .string()
            .describe('Database, outcome, changes and problems, as Markdown')
            .optional(),
      },
    },
    async handler(ctx) {
      const { config } = deps;
      const environment = parseEnvironment(ctx.input.environment, config);
      const { infraFiles, editInfraFiles } = deps.githubFor(ctx);
      const mode = ctx.isDryRun || ctx.input.dryRun ? 'dry-run' : 'apply';
      const willChange =
        mode === 'apply' || (ctx.input.thenApply && !ctx.isDryRun);
      if (willChange && environmentTerms(environment).needsApproval) {
        assertMember(ctx.user?.entity, environment, config.provision.groups);
      }
      stopWhenCancelled(ctx);

      const readEntries = async () => {
        const tfvars = await locateTfvars(infraFiles, environment, {
          mode: 'auto',
          environmentsPath: config.infraRepo.environmentsPath,
        });
        return readTfvars(tfvars.text, tfvars.path, environment);
      };
      const audit = deps.auditFile(
        await copyAudit(ctx, environment, infraFiles),
      );
      const record = async (databases: readonly DatabaseResult[]) => {
        if (mode !== 'apply') return;
        const commitUrl = await commitRecord(
          {
            environment,
            rows: await audit.read(),
            statuses: listCatalogStatuses(databases),
          },
          { config, editInfraFiles },
        );
        if (commitUrl) ctx.output('commitUrl', commitUrl);
      };

      const events: ProvisionEvent[] = [];
      let result: ProvisionResult;
      try {
        result = await provision(
          {
            environment,
            entries: await readEntries(),
            readEntries,
            options: {
              mode,
              secretPrefix: config.secretPrefix,
              ...config.provision.instances[environment],
              buildId: 'backstage',
              runId: ctx.task.id,
              signal: ctx.signal,
            },
          },
          {
            secrets: deps.secrets,
            connect: await deps.connect(),
            audit,
            report: event => {
              events.push(event);
              const lines = printEvent(event);
              // One message: the scaffolder may reorder messages logged at once.
              if (lines.length > 0)
                ctx.logger.info(nameSettings(lines.join('\n'), environment));
            },
            now: deps.now,
          },
        );
      } catch (error) {
        // A failing record must not hide the run's own error.
        await record([]).catch(failure => ctx.logger.warn(failure.message));
        throw error;
      }
      ctx.output('changes', result.changes);
      ctx.output('plan', nameSettings(printPlans(events), environment));
      if (mode === 'apply') {
        ctx.output('auditPath', auditPath(environment));
        ctx.output(
          'result',
          nameSettings(printResultMarkdown(result.databases), environment),
        );
      }
      await record(result.databases);
      assertDone(result, mode);
    },
  });

const printPlans = (events: readonly ProvisionEvent[]): string =>
  printPlanMarkdown(
    events.flatMap(event => (event.type === 'plan' ? event.databases : [])),
    events.flatMap(event => (event.type === 'note' ? [event] : [])),
  );

const commitRecord = async (
  run: Omit<Parameters<typeof recordByApi>[0], 'catalogPath'>,
  {
    config: { infraRepo },
    editInfraFiles,
  }: { config: GoldenPathConfig; editInfraFiles: EditFiles },
): Promise<string | undefined> => {
  try {
    return await recordByApi(
      { ...run, catalogPath: infraRepo.catalogPath },
      editInfraFiles,
    );
  } catch (error) {
    const { owner, repo, baseBranch } = infraRepo;
    throw new RecordFailedError(
      `The databases are as logged here, but audit and status could not be committed to ${baseBranch} of ${owner}/${repo}. Allow Backstage's GitHub credentials to push there, then press Retry: it records the current state and applies no change twice`,
      error as Error,
    );
  }
};

const parseEnvironment = (input: unknown, config: GoldenPathConfig): string => {
  assertGiven('environment', input, config.environments[0]);
  const parsed = requestSchema(config).shape.environment.safeParse(input);
  if (parsed.success) return parsed.data;
  throw new InputError(parsed.error.issues[0].message);
};

const assertMember = (
  user: UserEntity | undefined,
  environment: string,
  groups: readonly string[],
) => {
  const own = (user?.relations ?? [])
    .filter(relation => relation.type === 'memberOf')
    .map(relation => relation.targetRef.toLocaleLowerCase('en'));
  if (groups.some(group => own.includes(group.toLocaleLowerCase('en')))) return;
  throw new NotAllowedError(
    `Only members of ${
      groups.join(', ') || 'the groups in goldenPath.provision.groups (none)'
    } may provision "${environment}"; everyone may do a dry run.`,
  );
};

/** Copies the infra repo's audit to the workspace, for the run to append to. */
const copyAudit = async (
  ctx: Pick<ActionContext<any, any>, 'workspacePath'>,
  environment: string,
  infraFiles: InfraFiles,
): Promise<string> => {
  const path = join(ctx.workspacePath, auditPath(environment));
  const before = await infraFiles.read(auditPath(environment));
  if (before !== undefined) {
    await mkdir(dirname(path), { recursive: true });
    // The file of an earlier attempt is newer than the infra repo's.
    await writeFile(path, before, { flag: 'wx' }).catch(error => {
      if (error.code !== 'EEXIST') throw error;
    });
  }
  return path;
};

const assertDone = (
  { outcome, databases }: ProvisionResult,
  mode: ProvisionMode,
) => {
  if (outcome === 'done') return;
  const problems = databases.flatMap(({ database, problems: own }) =>
    own.map(problem => `- ${database}: ${problem}`),
  );
  throw new ProvisionFailedError(
    `${
      mode === 'apply'
        ? 'Not every database is as declared. The audit has the applied changes; Retry continues.'
        : 'Not every database can be changed as declared. Nothing was changed.'
    }\n${problems.join('\n')}`,
  );
};
