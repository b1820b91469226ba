import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';

const ROOT = resolve(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');

/** Everything that install.md names must exist. */
describe('docs/install.md', () => {
  const text = read('docs/install.md');
  const found = (pattern: RegExp) => [
    ...new Set([...text.matchAll(pattern)].map(match => match[1])),
  ];

  it('has no broken link', () => {
    const links = found(/\]\((?!https?:)([^)#]+)/g);
    expect(links).toContain('../platform/iam');
    expect(
      links.filter(link => !existsSync(resolve(ROOT, dirname('docs/x'), link))),
    ).toEqual([]);
  });

  it('calls existing make targets', () => {
    const targets = [
      ...`${read('Makefile')}\n${read('platform/rds.mk')}`.matchAll(
        /^([a-z-]+):/gm,
      ),
    ].map(match => match[1]);
    const called = found(/(?:^|`)make ([a-z-]+)/gm);
    expect(called).toContain('cli');
    expect(called.filter(target => !targets.includes(target))).toEqual([]);
  });

  it('names every policy, and no other', () => {
    expect(found(/`([a-z-]+\.json)`/g).sort()).toEqual(
      readdirSync(join(ROOT, 'platform/iam')).sort(),
    );
  });

  it('names variables that the workflows read, and workflows by their names', () => {
    const folder = 'platform/.github/workflows';
    const workflows = readdirSync(join(ROOT, folder))
      .map(file => read(`${folder}/${file}`))
      .join('\n');
    const variables = found(
      /`((?:AWS|GOLDENPATH|TERRAFORM|ALLOW)_[A-Z0-9_]+)`/g,
    );
    expect(variables).toContain('GOLDENPATH_CLI');
    expect(
      variables.filter(
        // Workflows build the variables of an environment from its name.
        name =>
          !workflows.includes(name.replace(/_(DEV|TEST|STAGING|PROD)$/, '')),
      ),
    ).toEqual([]);
    for (const name of [
      'Apply RDS databases',
      'Look for drift of RDS databases',
    ]) {
      expect(text).toContain(`**${name}**`);
      expect(workflows).toContain(`\nname: ${name}\n`);
    }
  });
});
