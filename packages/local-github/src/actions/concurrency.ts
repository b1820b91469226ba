/** How a member wants to stand in a concurrency group. */
export interface ConcurrencyMember {
  /** Ends the members that are running now. */
  cancelInProgress: boolean;
  /** Called when a newer member takes this one's place, running or pending. */
  replaced(): void;
}

interface Group {
  running?: ConcurrencyMember;
  pending?: { member: ConcurrencyMember; enter(): void };
}

/**
 * Concurrency groups as GitHub has them: one running, one pending; a newer one cancels the pending one, whatever
 * `cancel-in-progress` says.
 */
export class ConcurrencyGroups {
  private readonly groups = new Map<string, Group>();

  /** Resolves when it is this member's turn; a member that is replaced or withdrawn while pending never gets one. */
  enter(name: string, member: ConcurrencyMember): Promise<void> {
    const group = this.groups.get(name) ?? {};
    this.groups.set(name, group);
    if (!group.running) {
      group.running = member;
      return Promise.resolve();
    }
    group.pending?.member.replaced();
    return new Promise(enter => {
      group.pending = { member, enter };
      if (member.cancelInProgress) group.running?.replaced();
    });
  }

  /** Gives the place up, running or pending. */
  leave(name: string, member: ConcurrencyMember): void {
    const group = this.groups.get(name);
    if (group?.pending?.member === member) group.pending = undefined;
    if (!group || group.running !== member) return;
    group.running = group.pending?.member;
    group.pending?.enter();
    group.pending = undefined;
    if (!group.running) this.groups.delete(name);
  }
}
