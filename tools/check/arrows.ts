/**
 * Whether imports run down: the rooms of the project have one order, and a module imports from its own room and from
 * those below.
 */
import { collectUses, type Use } from '../uses/exports';

/**
 * The rooms, ground up: a folder of `lib/`, or a folder beside it. A module may import from its own room and from every
 * one listed before. Moving a room in this list is a decision: say why in docs/decisions.md.
 */
const ROOMS = [
  'lib/files',
  'lib/recordings',
  'lib/kernels',
  'lib/numerics',
  'lib/coding',
  'lib/metrics',
  'lib/models',
  'lib/bases',
  'lib/space',
  'lib/catalog',
  'lib/codecs',
  'lib/learning',
  'lib/results',
  'lib/measuring',
  'lib/figures',
  'lib/study',
  'lib/investigations',
  'notebooks',
  'kernel',
  'bench',
  'packages',
  'tools',
] as const;

/** Highest room that notebooks may import; the rooms above it run notebooks. */
const TOP_OF_NOTEBOOKS = ROOMS.indexOf('lib/investigations');

type Uses = ReadonlyMap<string, readonly Use[]>;

/** Result of the check: the rooms with their arrows, for a reader, and the problems. */
export interface Arrows {
  /** One line for each room. */
  readonly rooms: readonly string[];
  readonly problems: readonly string[];
}

/** Position of a module's room in the list; undefined where it is in none, as tests are. */
function roomOf(path: string): number | undefined {
  const index = ROOMS.findIndex((room) => path.startsWith(`${room}/`));
  return index < 0 ? undefined : index;
}

/** The module of a place: `notebooks/02-cosine.ipynb (02-04)` → `notebooks/02-cosine.ipynb`. */
function moduleOf(place: string): string {
  return place.replace(/ \(.*\)$/, '');
}

/**
 * Arrows between rooms.
 *
 * @param uses - imports by module; default: those of the project
 */
export function findArrows(uses: Uses = collectUses()): Arrows {
  const down = ROOMS.map(() => new Map<number, number>());
  const problems: string[] = [];
  for (const [module, users] of uses) {
    const target = roomOf(module);
    for (const { place, line } of users) {
      if (place.startsWith('tests/')) continue;
      const source = roomOf(place);
      if (target === undefined || source === undefined) {
        const stray = target === undefined ? module : moduleOf(place);
        problems.push(`${stray} is in no room: move it to one, or add its folder to tools/check/arrows.ts.`);
        continue;
      }
      const above = place.startsWith('notebooks/') && target > TOP_OF_NOTEBOOKS;
      if (target > source || above) {
        problems.push(
          `${place}:${line} imports ${module}: up from ${ROOMS[source]} to ${ROOMS[target]}. ` +
            `Move what it needs down to ${above ? 'lib' : ROOMS[source]} or below, or move the module that needs it up.`,
        );
      } else if (target < source) {
        down[source]!.set(target, (down[source]!.get(target) ?? 0) + 1);
      }
    }
  }
  problems.push(...circlesOf(uses));
  const rooms = ROOMS.map((room, index) => {
    const arrows = [...down[index]!].sort(([a], [b]) => b - a);
    const list = arrows.map(([to, count]) => `${ROOMS[to]!.replace('lib/', '')} ${count}`).join(', ');
    return `${room.padEnd(20)} ${list === '' ? 'imports from no other room' : `→ ${list}`}`;
  });
  return { rooms: rooms.reverse(), problems: [...new Set(problems)] };
}

/** Files that import each other, directly or in a circle: each circle once, with a line to cut it at. */
function circlesOf(uses: Uses): string[] {
  const imports = new Map<string, { readonly to: string; readonly line: number }[]>();
  for (const [module, users] of uses) {
    for (const { place, line } of users) {
      imports.set(place, [...(imports.get(place) ?? []), { to: module, line }]);
    }
  }
  const problems: string[] = [];
  const done = new Set<string>();
  const path: string[] = [];
  const visit = (module: string): void => {
    if (done.has(module)) return;
    path.push(module);
    for (const { to, line } of imports.get(module) ?? []) {
      const start = path.indexOf(to);
      if (start < 0) visit(to);
      else {
        problems.push(
          `${module}:${line} closes a circle: ${[...path.slice(start), to].join(' → ')}. ` +
            'Move what both need to a module of its own.',
        );
      }
    }
    path.pop();
    done.add(module);
  };
  for (const module of [...imports.keys()].sort()) visit(module);
  return problems;
}
