// What somebody may look after in the office, and where the panels are. Pure; the server decides all of it again.

import type { Me } from '../kit/me';

/** How the address says "the district's own people", who are at home in no school. */
export const DISTRICT = '-';

/** Where a role is held. */
export const ROLE_PLACE: Record<string, 'district' | 'school' | 'class'> = {
  district_admin: 'district', patrol_city: 'district', patrol_county: 'district',
  school_admin: 'school', lecturer: 'school', patrol_school: 'school', reporter: 'school',
  homeroom: 'class', tutor: 'class', student: 'class',
};

const has = (me: Me, role: string, school?: string, klass?: string): boolean =>
  me.roles.some((r) => r.role === role && (school === undefined || r.school === school) && (klass === undefined || r.class === klass));

export const runsDistrict = (me: Me): boolean => has(me, 'district_admin');
export const runsSchool = (me: Me, school: string): boolean => runsDistrict(me) || (school !== DISTRICT && has(me, 'school_admin', school));
/** The schools whose administrator somebody is. */
export const runSchools = (me: Me): { code: string; name: string }[] => me.roles.filter((r) => r.role === 'school_admin').map((r) => ({ code: r.school, name: r.school_name || r.school }));
/** A row of the timetable of `home`, with classes of these schools. */
export const runsLesson = (me: Me, home: string, schools: string[]): boolean => runsDistrict(me) || [home, ...schools].every((school) => runsSchool(me, school));
export const leadsClass = (me: Me, school: string, klass: string): boolean => runsSchool(me, school) || has(me, 'homeroom', school, klass);

/** Who only looks: patrols within their reach, a tutor in the own class. */
export const readsDistrict = (me: Me): boolean => runsDistrict(me) || has(me, 'patrol_county') || has(me, 'patrol_city');
export const readsSchool = (me: Me, school: string): boolean => runsSchool(me, school) || (school !== DISTRICT && (readsDistrict(me) || has(me, 'patrol_school', school)));
/** A reporter has the rolls and the lessons of a school, but neither its people nor a seat in its lessons. */
export const followsSchool = (me: Me, school: string): boolean => readsSchool(me, school) || has(me, 'reporter', school);
export const watchesSchool = readsSchool;
export const readsClass = (me: Me, school: string, klass: string): boolean => leadsClass(me, school, klass) || followsSchool(me, school) || has(me, 'tutor', school, klass);

interface Place { kind: 'district' | 'school' | 'class'; name: string; within: string; path: string[] }

/** The places of somebody's work, the widest first. */
export function placesOf(me: Me): Place[] {
  const places: Place[] = readsDistrict(me) ? [{ kind: 'district', name: '', within: '', path: ['district', runsDistrict(me) ? 'schools' : 'today'] }] : [];
  for (const r of me.roles) {
    if (!/^(school_admin|patrol_school|reporter)$/.test(r.role)) continue;
    places.push({ kind: 'school', name: r.school_name || r.school, within: '', path: ['schools', r.school, runsSchool(me, r.school) ? 'classes' : 'today'] });
  }
  for (const r of me.roles) {
    if (r.role === 'homeroom' || r.role === 'tutor') places.push({ kind: 'class', name: r.class_name || r.class, within: r.school_name || r.school, path: ['schools', r.school, 'classes', r.class, 'roster'] });
  }
  return places.filter((place, i) => places.findIndex((other) => other.path.join('/') === place.path.join('/')) === i);
}

/** 'schools/:school/people' and ['schools', '17', 'people'] -> { school: '17' }; undefined: another place. A '?' at the end of a name: may be missing. */
export function matchPlace(pattern: string, parts: string[]): Record<string, string> | undefined {
  const wanted = pattern.split('/'), found: Record<string, string> = {};
  if (parts.length > wanted.length) return undefined;
  for (let i = 0; i < wanted.length; i++) {
    const want = wanted[i]!, part = parts[i];
    if (want[0] !== ':') {
      if (part !== want) return undefined;
    } else if (part !== undefined) found[want.replace(/[:?]/g, '')] = part;
    else if (!want.endsWith('?')) return undefined;
  }
  return found;
}
