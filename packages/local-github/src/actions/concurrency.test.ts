import { ConcurrencyGroups } from './concurrency';

class Member {
  entered = false;
  wasReplaced = false;
  constructor(readonly cancelInProgress = false) {}
  replaced = () => {
    this.wasReplaced = true;
  };
}

const enter = (
  groups: ConcurrencyGroups,
  member: Member,
  group = 'g',
): Promise<void> => {
  return groups.enter(group, member).then(() => {
    member.entered = true;
  });
};
const settle = () => new Promise(resolve => setImmediate(resolve));

describe('ConcurrencyGroups', () => {
  it('lets one run and one wait; a newer one takes the place of the waiting one', async () => {
    const groups = new ConcurrencyGroups();
    const members = [new Member(), new Member(), new Member()];
    for (const member of members) void enter(groups, member);
    await settle();
    expect(
      members.map(({ entered, wasReplaced }) => ({ entered, wasReplaced })),
    ).toEqual([
      { entered: true, wasReplaced: false },
      { entered: false, wasReplaced: true },
      { entered: false, wasReplaced: false },
    ]);
    groups.leave('g', members[0]);
    await settle();
    expect(members[2].entered).toBe(true);
    expect(members[1].entered).toBe(false);
  });

  it('tells the running one to end where cancel-in-progress says so, and waits until it has', async () => {
    const groups = new ConcurrencyGroups();
    const [first, second] = [new Member(), new Member(true)];
    void enter(groups, first);
    void enter(groups, second);
    await settle();
    expect([first.wasReplaced, second.entered]).toEqual([true, false]);
    groups.leave('g', first);
    await settle();
    expect(second.entered).toBe(true);
  });

  it('forgets a waiting one that leaves', async () => {
    const groups = new ConcurrencyGroups();
    const [first, second, third] = [new Member(), new Member(), new Member()];
    void enter(groups, first);
    void enter(groups, second);
    groups.leave('g', second);
    groups.leave('g', first);
    void enter(groups, third);
    await settle();
    expect([second.entered, second.wasReplaced, third.entered]).toEqual([
      false,
      false,
      true,
    ]);
  });

  it('keeps groups apart', async () => {
    const groups = new ConcurrencyGroups();
    const [first, second] = [new Member(), new Member()];
    void enter(groups, first, 'a');
    void enter(groups, second, 'b');
    await settle();
    expect([first.entered, second.entered]).toEqual([true, true]);
  });
});
