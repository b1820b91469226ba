import { existsSync, readFileSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import { MAY_IMPORT, ROOMS } from './support/rooms';

const ROOT = resolve(__dirname, '..');
const read = (path: string) => readFileSync(join(ROOT, path), 'utf8');
const text = read('docs/architecture.md');
const [rooms, way] = [...text.matchAll(/```mermaid\n([\s\S]*?)```/g)].map(
  match => match[1],
);

const packageOf = (folder: string) => basename(dirname(folder));
/** Allowed imports as the diagram draws them: one arrow per room, labelled with its parts. */
const arrows = (table: Record<string, string[]>): string[] =>
  Object.entries(table).flatMap(([from, may]) =>
    [...new Set(may.map(place => place.split('/')[0]))].map(to => {
      const parts = may
        .filter(place => place.startsWith(`${to}/`))
        .map(place => place.slice(to.length + 1));
      return `${from} -->${
        parts.length > 0 ? `|${parts.join(', ')}|` : ''
      } ${to}`;
    }),
  );

describe('docs/architecture.md', () => {
  it('draws every allowed import, and no other', () => {
    const packages = Object.fromEntries(
      Object.entries(MAY_IMPORT).map(([from, may]) => [
        packageOf(from),
        may.map(packageOf),
      ]),
    );
    const drawn = rooms
      .split('\n')
      .map(line => line.trim())
      .filter(line => line.includes('-->'));
    expect(drawn.sort()).toEqual(
      [...arrows(packages), ...arrows(ROOMS)].sort(),
    );
  });

  it('has every package and room in the diagram and in a table', () => {
    const names = [...Object.keys(MAY_IMPORT).map(packageOf)];
    const drawn = rooms.match(/[\w-]*\w/g);
    for (const name of [...names, ...Object.keys(ROOMS)])
      expect(drawn).toContain(name);
    for (const folder of Object.keys(MAY_IMPORT))
      expect(text).toContain(`](../${dirname(folder)}/README.md)`);
    for (const room of Object.keys(ROOMS))
      expect(text).toMatch(new RegExp(`^\\| \`${room}\` \\|`, 'm'));
  });

  it('shows the steps of the template in their order', () => {
    const template = parse(read('templates/backend-app-rds/template.yaml'));
    const actions = template.spec.steps
      .map(({ action }: { action: string }) => action)
      .filter((action: string) => action !== 'debug:log');
    expect(
      way.match(/\b(?:goldenpath|catalog):[a-z]+(?::[a-z]+)?(?= )/g),
    ).toEqual(actions);
  });

  it('names workflows, commands and files that exist', () => {
    const files = way.match(/[\w-]+\.yml/g) ?? [];
    expect(files).toContain('create-rds-database.yml');
    const commands = way.match(/goldenpath-rds [\w-]+/g) ?? [];
    expect(commands).toContain('goldenpath-rds request');
    const paths = [
      ...files.map(file => `platform/.github/workflows/${file}`),
      ...commands.map(
        command =>
          `packages/cli/src/commands/${command
            .split(' ')[1]
            .replace(/-(\w)/g, (_, letter) => letter.toUpperCase())}.ts`,
      ),
      ...[...text.matchAll(/`([\w.-]+\/[\w./-]+)`/g)]
        .map(match => match[1])
        .filter(path => !path.startsWith('provision/')),
      ...[...text.matchAll(/\]\((?!https?:)([^)]+)\)/g)].map(match =>
        join('docs', match[1]),
      ),
    ];
    expect(paths.filter(path => !existsSync(join(ROOT, path)))).toEqual([]);
  });
});
