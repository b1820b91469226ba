import { TemplateAction } from '@backstage/plugin-scaffolder-node';

/**
 * The messages of golden-path-node name a setting by its option of the command line. This is what sets the same in
 * Backstage; where nothing does, the command that can.
 */
export const SETTING_NAMES: Readonly<Record<string, string>> = {
  '--adopt': 'goldenpath-rds provision --adopt',
  '--audit-output': 'goldenpath-rds provision --audit-output',
  '--ca-file': 'goldenPath.provision.caFile',
  '--concurrency': 'goldenpath-rds provision --concurrency',
  '--host': 'goldenPath.provision.instances.<environment>.host',
  '--lock-timeout': 'goldenpath-rds provision --lock-timeout',
  '--master-secret':
    'goldenPath.provision.instances.<environment>.masterSecret',
  '--no-fail-fast': 'goldenpath-rds provision --no-fail-fast',
  '--no-login-test': 'goldenpath-rds provision --no-login-test',
  '--region': 'goldenPath.provision.region',
};

/** Names settings as Backstage has them. */
export const nameSettings = (text: string, environment?: string): string =>
  text.replace(/(?<![\w-])--[a-z][a-z-]*/g, option =>
    (SETTING_NAMES[option] ?? option).replace(
      '<environment>',
      environment ?? '<environment>',
    ),
  );

/** The action, with errors that name settings as Backstage has them. */
export const withSettingNames = (
  action: TemplateAction<any, any, any>,
): TemplateAction<any, any, any> => ({
  ...action,
  handler: async ctx => {
    try {
      await action.handler(ctx);
    } catch (error) {
      if (error instanceof Error) {
        const { environment, request } = ctx.input;
        error.message = nameSettings(
          error.message,
          environment ?? request?.environment,
        );
      }
      throw error;
    }
  },
});
