import {
  defaultInfraSettings,
  InfraSettings,
} from '@goldenpath/plugin-golden-path-common';
import { findSettingsViolations } from './findSettingsViolations';

const before = defaultInfraSettings();
const messagesFor = (change: Partial<InfraSettings>, labels: string[] = []) =>
  findSettingsViolations(before, { ...before, ...change }, labels).map(
    ({ message }) => message,
  );

describe('findSettingsViolations', () => {
  it.each<[string, Partial<InfraSettings>]>([
    ['nothing', {}],
    ['another environment', { environments: ['perf', ...before.environments] }],
    ['another domain', { domains: [...before.domains, 'payments'] }],
  ])('accepts %s', (_, change) => {
    expect(messagesFor(change)).toEqual([]);
  });

  it.each<[Partial<InfraSettings>, string]>([
    [
      { environments: ['dev'] },
      'environments was ["dev","test","staging","prod"] and is ["dev"].',
    ],
    [{ catalog: 'mine.yaml' }, 'and is "mine.yaml".'],
    [
      { environmentsPath: 'mine' },
      'environmentsPath was "envs" and is "mine".',
    ],
    [{ secretPrefix: 'mine' }, 'secretPrefix was "goldenpath" and is "mine".'],
    [{ approvers: 'me' }, 'approvers was "platform-team" and is "me".'],
  ])('refuses %j without the label', (change, words) => {
    expect(messagesFor(change)).toEqual([
      expect.stringMatching(/The label rds-platform-allowed allows it\.$/),
    ]);
    expect(messagesFor(change)[0]).toContain(words);
    expect(messagesFor(change, ['rds-platform-allowed'])).toEqual([]);
  });
});
