// The classes that are chosen for a lesson, of whichever schools. Pure.

export interface ClassRef { school: string; class: string; name?: string; school_name?: string }

/** As many as the server takes (STORE_ENTRY_CLASSES_MAX). */
export const CLASSES_MAX = 512;

const isSame = (a: ClassRef, b: ClassRef): boolean => a.school === b.school && a.class === b.class;

export const hasClass = (all: ClassRef[], one: ClassRef): boolean => all.some((c) => isSame(c, one));
export const hasAll = (all: ClassRef[], some: ClassRef[]): boolean => some.length > 0 && some.every((c) => hasClass(all, c));
export const withClasses = (all: ClassRef[], some: ClassRef[]): ClassRef[] => all.concat(some.filter((c) => !hasClass(all, c)));
export const withoutClasses = (all: ClassRef[], some: ClassRef[]): ClassRef[] => all.filter((c) => !hasClass(some, c));

export interface Group { school: string; name: string; classes: ClassRef[] }

/** By school, in the order in which they came; the school `first` before the others. */
export function groupsOf(all: ClassRef[], first = ''): Group[] {
  const groups = new Map<string, Group>();
  for (const c of all) {
    const known = groups.get(c.school);
    if (known) known.classes.push(c);
    else groups.set(c.school, { school: c.school, name: c.school_name || c.school, classes: [c] });
  }
  return [...groups.values()].sort((a, b) => Number(b.school === first) - Number(a.school === first));
}

/** What a narrow place says of them: their names as far as they are of `own`, and how many others of how many schools. */
export function shortly(all: ClassRef[], own: string): { names: string[]; schools: number; classes: number } {
  const others = all.filter((c) => c.school !== own);
  return { names: all.filter((c) => c.school === own).map((c) => c.name || c.class), schools: groupsOf(others).length, classes: others.length };
}
