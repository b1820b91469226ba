import { ConcurrencyGroups } from './concurrency';

class Member {
  entered = false;
  wasReplaced = false;
  constructor(
    readonly cancelInProgress = false,
    readonly queue: 'single' | 'max' = 'single',
  ) {}
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
  describe('queue: max', () => {
    const queued = (count: number) =>
      Array.from({ length: count }, () => new Member(false, 'max'));

    it('lets all wait and takes them in order', async () => {
      const groups = new ConcurrencyGroups();
      const members = queued(4);
      const order: number[] = [];
      members.forEach((member, index) => {
        void groups.enter('g', member).then(() => order.push(index));
      });
      for (const [index, member] of members.entries()) {
        await settle();
        expect(order).toEqual(members.slice(0, index + 1).map((_, i) => i));
        groups.leave('g', member);
      }
      expect(members.some(({ wasReplaced }) => wasReplaced)).toBe(false);
    });

    it('holds a hundred that wait; the next is cancelled', async () => {
      const groups = new ConcurrencyGroups();
      const members = queued(102);
      for (const member of members) void enter(groups, member);
      await settle();
      expect(
        members.flatMap(({ wasReplaced }, index) =>
          wasReplaced ? [index] : [],
        ),
      ).toEqual([101]);
      groups.leave('g', members[101]);
      groups.leave('g', members[0]);
      await settle();
      expect(members[1].entered).toBe(true);
    });

    it('forgets one in the middle that leaves', async () => {
      const groups = new ConcurrencyGroups();
      const members = queued(4);
      for (const member of members) void enter(groups, member);
      groups.leave('g', members[1]);
      groups.leave('g', members[0]);
      await settle();
      expect(members.map(({ entered }) => entered)).toEqual([
        true,
        false,
        true,
        false,
      ]);
    });

    it('is emptied by a newer one without it', async () => {
      const groups = new ConcurrencyGroups();
      const members = [...queued(3), new Member()];
      for (const member of members) void enter(groups, member);
      await settle();
      expect(members.map(({ wasReplaced }) => wasReplaced)).toEqual([
        false,
        true,
        true,
        false,
      ]);
    });
  });

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
