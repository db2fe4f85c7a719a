import type { FeedAudience } from './routing.ts';

/** Members who are told the same. */
export interface Group<Member> {
  key: string;
  audience: FeedAudience;
  members: Set<Member>;
}

/**
 * The readers of the feed by what they are told, so that a change is looked at once for all who see the same, and not at all
 * for those who hold none of its targets.
 */
export class FeedGroups<Member> {
  readonly #groups = new Map<string, Group<Member>>();
  readonly #groupOf = new Map<Member, Group<Member>>();
  /** Business logic. */
  readonly #seeingAll = new Set<Group<Member>>();
  readonly #byTarget = new Map<string, Set<Group<Member>>>();

  get size(): number {
    return this.#groupOf.size;
  }

  get members(): Iterable<Member> {
    return this.#groupOf.keys();
  }

  has(member: Member): boolean {
    return this.#groupOf.has(member);
  }

  /** Puts a member where its audience is; where it was before, it is no more. @returns whether that is somewhere else */
  put(member: Member, audience: FeedAudience): boolean {
    const key = JSON.stringify(audience);
    const before = this.#groupOf.get(member);
    if (before?.key === key) return false;
    this.remove(member);
    const group = this.#groups.get(key) ?? this.#make(key, audience);
    group.members.add(member);
    this.#groupOf.set(member, group);
    return true;
  }

  remove(member: Member): void {
    const group = this.#groupOf.get(member);
    if (group === undefined) return;
    this.#groupOf.delete(member);
    group.members.delete(member);
    if (group.members.size > 0) return;
    this.#groups.delete(group.key);
    this.#seeingAll.delete(group);
    for (const target of group.audience.held) {
      const holders = this.#byTarget.get(target);
      holders?.delete(group);
      if (holders?.size === 0) this.#byTarget.delete(target);
    }
  }

  /** Business logic, and whoever holds one of the targets; `everybody`: all. */
  holding(targets: readonly string[] | 'everybody'): Iterable<Group<Member>> {
    if (targets === 'everybody') return this.#groups.values();
    const found = new Set(this.#seeingAll);
    for (const target of targets) for (const group of this.#byTarget.get(target) ?? []) found.add(group);
    return found;
  }

  #make(key: string, audience: FeedAudience): Group<Member> {
    const group = { key, audience, members: new Set<Member>() };
    this.#groups.set(key, group);
    if (audience.isAll) this.#seeingAll.add(group);
    for (const target of audience.held) {
      const holders = this.#byTarget.get(target) ?? new Set();
      this.#byTarget.set(target, holders.add(group));
    }
    return group;
  }
}
