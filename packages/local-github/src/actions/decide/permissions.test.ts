import {
  allows,
  getDefaultPermissions,
  findExceeding,
  readPermissions,
} from './permissions';
import { Template } from './template';

describe('permissions', () => {
  it.each([
    { given: undefined, contents: undefined, idToken: undefined },
    { given: {}, contents: 'none', idToken: 'none' },
    { given: { contents: 'read' }, contents: 'read', idToken: 'none' },
    { given: { issues: 'write' }, contents: 'none', idToken: 'none' },
    { given: 'read-all', contents: 'read', idToken: 'none' },
    { given: 'write-all', contents: 'write', idToken: 'write' },
  ])('reads $given', ({ given, contents, idToken }) => {
    const permissions = readPermissions(given as Template | undefined);
    const levelOf = (name: string) =>
      permissions &&
      (['write', 'read'] as const).find(access =>
        allows(permissions, name, access),
      );
    expect(levelOf('contents') ?? (permissions && 'none')).toBe(contents);
    expect(levelOf('id-token') ?? (permissions && 'none')).toBe(idToken);
  });

  it.each([
    {
      setting: 'read' as const,
      name: 'contents',
      access: 'read' as const,
      is: true,
    },
    {
      setting: 'read' as const,
      name: 'contents',
      access: 'write' as const,
      is: false,
    },
    {
      setting: 'read' as const,
      name: 'issues',
      access: 'read' as const,
      is: false,
    },
    {
      setting: 'read' as const,
      name: 'metadata',
      access: 'read' as const,
      is: true,
    },
    {
      setting: 'write' as const,
      name: 'issues',
      access: 'write' as const,
      is: true,
    },
    {
      setting: 'write' as const,
      name: 'id-token',
      access: 'write' as const,
      is: false,
    },
    {
      setting: 'write' as const,
      name: 'administration',
      access: 'read' as const,
      is: false,
    },
  ])('by default, with "$setting": $name $access $is', row => {
    expect(
      allows(getDefaultPermissions(row.setting), row.name, row.access),
    ).toBe(row.is);
  });

  it('finds what a called workflow asks for beyond its caller', () => {
    const allowed = { contents: 'read' as const };
    expect(findExceeding({ contents: 'read', issues: 'none' }, allowed)).toBe(
      undefined,
    );
    expect(findExceeding({ contents: 'write' }, allowed)).toEqual({
      wanted: 'contents: write',
      allowed: 'contents: read',
    });
    expect(findExceeding({ issues: 'read' }, allowed)).toEqual({
      wanted: 'issues: read',
      allowed: 'issues: none',
    });
  });
});
