// One of the schools whose timetable somebody may change.

import type { JSX } from 'preact';
import { api, type Page, withQuery } from '../kit/api';
import { Finder, FOUND_MAX } from './finder';
import { words } from './lesson-words';
import { type Thing, words as thingWords } from './things';

interface SchoolFinderProps {
  /** Those there are to choose from; undefined: all of the district's, and its office, where `office` says what that is called. */
  among?: Thing[] | undefined;
  office?: Thing | undefined;
  onChoose: (school: Thing) => void;
  onClose: () => void;
}

export function SchoolFinder({ among, office, onChoose, onClose }: SchoolFinderProps): JSX.Element {
  const isMeant = (part: string) => (s: Thing): boolean => (s.name + ' ' + s.code).toLowerCase().includes(part.toLowerCase());
  const ask = async (part: string): Promise<Page<Thing>> => {
    if (among) return { items: among.filter(isMeant(part)), next: null };
    const page = await api.get<Page<Thing>>(withQuery('/schools', { q: part, limit: FOUND_MAX }));
    return { ...page, items: (office ? [office] : []).filter(isMeant(part)).concat(page.items) };
  };
  return <Finder label={words().whichSchool} placeholder={thingWords().findPlace} of="schools" ask={ask} onChoose={onChoose} onClose={onClose} />;
}
