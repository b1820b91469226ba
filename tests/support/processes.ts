import { execFileSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';

/** Every process on the machine with its parent. */
const processes = (): Array<{ pid: number; parent: number }> => {
  if (!existsSync('/proc/self/stat')) {
    return execFileSync('ps', ['-axo', 'pid=,ppid='], { encoding: 'utf8' })
      .trim()
      .split('\n')
      .map(line => line.trim().split(/\s+/).map(Number))
      .map(([pid, parent]) => ({ pid, parent }));
  }
  return readdirSync('/proc')
    .filter(name => /^[0-9]+$/.test(name))
    .flatMap(name => {
      try {
        // "pid (name) state ppid …": the name may contain any character, also spaces and parentheses.
        const stat = readFileSync(`/proc/${name}/stat`, 'utf8');
        const [state, parent] = stat
          .slice(stat.lastIndexOf(')') + 2)
          .split(' ');
        return state === 'Z'
          ? []
          : [{ pid: Number(name), parent: Number(parent) }];
      } catch {
        return []; // Ended in between.
      }
    });
};

/** The process and all its descendants. */
export const processTree = (root: number): number[] => {
  const all = processes();
  const found = [root];
  for (const pid of found)
    found.push(
      ...all.filter(({ parent }) => parent === pid).map(child => child.pid),
    );
  return found.filter(pid => all.some(one => one.pid === pid));
};

export const stillThere = (pids: number[]): number[] => {
  const all = new Set(processes().map(({ pid }) => pid));
  return pids.filter(pid => all.has(pid));
};
