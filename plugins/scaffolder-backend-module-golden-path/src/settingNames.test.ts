import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createTemplateAction } from '@backstage/plugin-scaffolder-node';
import { InputError } from '@backstage/errors';
import { runAction } from './testing/actionContext';
import { nameSettings, SETTING_NAMES, withSettingNames } from './settingNames';

describe('settings in messages', () => {
  /** Options of git and the AWS CLI, and of commands that Backstage doesn't run. */
  const OTHERS = [
    '--raw',
    '--show-toplevel',
    '--secret-id',
    '--version-stage',
    '--remove-from-version-id',
    '--root',
    // In whole commands.
    '--env',
    '--retire',
    '--base',
    '--check',
    '--force',
  ];

  it('have a name for every option in the messages of golden-path-node', () => {
    const snapshot = readFileSync(
      join(__dirname, '../../../tests/__snapshots__/messages.test.ts.snap'),
      'utf8',
    );
    const texts = snapshot
      .split('exports[')
      .filter(part =>
        part.startsWith('`texts in the sources plugins/golden-path-node'),
      )
      .join('');
    const options = new Set(
      [...texts.matchAll(/(?<![\w-])--[a-z][a-z-]+/g)].map(([name]) => name),
    );
    expect(options).toContain('--ca-file');
    expect(
      [...options].filter(
        name => !(name in SETTING_NAMES) && !OTHERS.includes(name),
      ),
    ).toEqual([]);
    expect(
      Object.keys(SETTING_NAMES).filter(name => !options.has(name)),
    ).toEqual([]);
  });

  it('name keys that config.d.ts declares', () => {
    const declared = readFileSync(join(__dirname, '../config.d.ts'), 'utf8');
    const keys = Object.values(SETTING_NAMES).filter(name =>
      name.startsWith('goldenPath.'),
    );
    expect(keys.length).toBeGreaterThan(0);
    for (const key of keys)
      expect(declared).toMatch(new RegExp(`\\b${key.split('.').pop()}\\??:`));
  });

  it.each([
    {
      text: 'Set the CA that signed it with --ca-file; the default',
      named:
        'Set the CA that signed it with goldenPath.provision.caFile; the default',
    },
    {
      text: 'set it with --host.',
      named: 'set it with goldenPath.provision.instances.dev.host.',
    },
    { text: 'psql --hostname x -- --sql', named: 'psql --hostname x -- --sql' },
  ])('$text', ({ text, named }) => {
    expect(nameSettings(text, 'dev')).toBe(named);
  });

  it("reach an action's error, which stays the same error", async () => {
    const error = new InputError('set it with --host.');
    const action = withSettingNames(
      createTemplateAction({
        id: 'x',
        handler: async () => {
          throw error;
        },
      }),
    );
    await expect(runAction(action, { environment: 'dev' })).rejects.toBe(error);
    expect(error.message).toBe(
      'set it with goldenPath.provision.instances.dev.host.',
    );
  });
});
