import {
  CATALOG_PATH,
  defaultInfraSettings,
  ENVIRONMENTS,
} from '@goldenpath/plugin-golden-path-common';
import { readSettings } from './readSettings';

const read = (...lines: string[]) =>
  readSettings(`${lines.join('\n')}\n`, 'goldenpath.yaml');

describe('readSettings', () => {
  it.each([
    ['an empty file', ''],
    ['comments only', '# nothing is set'],
    ['an empty map', '{}'],
  ])('gives the defaults of the contract for %s', (_, text) => {
    expect(read(text)).toEqual(defaultInfraSettings());
  });

  it('keeps the defaults of what is not set', () => {
    expect(read('environments: [dev, perf]', 'secretPrefix: acme/rds')).toEqual(
      {
        ...defaultInfraSettings(),
        environments: ['dev', 'perf'],
        secretPrefix: 'acme/rds',
      },
    );
    expect(defaultInfraSettings()).toMatchObject({
      environments: ENVIRONMENTS,
      catalog: CATALOG_PATH,
      approvers: 'platform-team',
    });
  });

  it('says everything that is wrong at once, and where', () => {
    expect(() =>
      read(
        'environments: [dev, Perf, audit, dev]',
        'domains: []',
        'catalog: ../catalog.yaml',
        'secretPrefix: /x',
        'approvers: [a, b]',
        'secretprefix: y',
      ),
    ).toThrow(
      [
        'goldenpath.yaml: environments.1: use 2 to 15 lower-case letters and digits, beginning with a letter, such as perf. Got "Perf".',
        'goldenpath.yaml: environments.2: use another name: the branches database/audit/… hold the audit. Got "audit".',
        'goldenpath.yaml: environments: "dev" is listed twice.',
        'goldenpath.yaml: domains: name at least one.',
        'goldenpath.yaml: catalog: use a path inside the infra repo. Got "../catalog.yaml".',
        'goldenpath.yaml: secretPrefix: use letters, digits and / _ + = . @ -, beginning with a letter or digit, such as goldenpath. Got "/x".',
        'goldenpath.yaml: approvers: use a text.',
        'goldenpath.yaml: secretprefix: use one of environments, domains, catalog, environmentsPath, secretPrefix, approvers.',
      ].join('\n'),
    );
  });

  it.each([
    ['- a list', 'goldenpath.yaml: use the keys environments, domains'],
    ['environments: dev', 'goldenpath.yaml: environments: use a list.'],
    ['catalog: [', 'goldenpath.yaml:2:1: '],
    ['catalog: a\ncatalog: b', 'goldenpath.yaml:2:1: Map keys must be unique'],
  ])('refuses %j', (text, says) => {
    expect(() => read(text)).toThrow(says);
  });
});
