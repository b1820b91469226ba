/** How a member wants to stand in a concurrency group. */
export interface ConcurrencyMember {
  /** Ends the members that are running now. */
  cancelInProgress: boolean;
  /** `max` waits behind those that wait already; `single` takes their place. */
  queue: 'single' | 'max';
  /** Called when this one is cancelled, running or pending: a newer member takes its place, or the queue is full. */
  replaced(): void;
}

interface Group {
  running?: ConcurrencyMember;
  pending: Array<{ member: ConcurrencyMember; enter(): void }>;
}

/** https://docs.github.com/en/actions/how-tos/write-workflows/choose-when-workflows-run/control-workflow-concurrency */
const LONGEST_QUEUE = 100;

/**
 * Concurrency groups as GitHub has them: one running, the others pending. A newer one cancels what is pending, whatever
 * `cancel-in-progress` says, unless it asks for `queue: max`: then it waits its turn, first come, first served.
 */
export class ConcurrencyGroups {
  private readonly groups = new Map<string, Group>();

  /** Resolves when it is this member's turn; a member that is replaced or withdrawn while pending never gets one. */
  enter(name: string, member: ConcurrencyMember): Promise<void> {
    const group = this.groups.get(name) ?? { pending: [] };
    this.groups.set(name, group);
    if (!group.running) {
      group.running = member;
      return Promise.resolve();
    }
    if (member.queue === 'max' && group.pending.length >= LONGEST_QUEUE) {
      member.replaced();
      return new Promise(() => undefined);
    }
    if (member.queue === 'single')
      for (const { member: older } of group.pending.splice(0)) older.replaced();
    return new Promise(enter => {
      group.pending.push({ member, enter });
      if (member.cancelInProgress) group.running?.replaced();
    });
  }

  /** Gives the place up, running or pending. */
  leave(name: string, member: ConcurrencyMember): void {
    const group = this.groups.get(name);
    if (!group) return;
    group.pending = group.pending.filter(waiting => waiting.member !== member);
    if (group.running !== member) return;
    const next = group.pending.shift();
    group.running = next?.member;
    next?.enter();
    if (!group.running) this.groups.delete(name);
  }
}
