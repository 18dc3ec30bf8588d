// Odd and even weeks count from a Monday that somebody has to say.

import type { JSX } from 'preact';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { toHash } from '../kit/hash';
import { texts } from '../kit/language';
import type { Me } from '../kit/me';
import { Note } from '../kit/notice';
import { runsDistrict } from './places';

const words = texts(zh.calendar, en.calendar);

/** As much of the calendar. */
export interface FirstMonday { first_monday: string | null; wants_first_monday?: boolean }

export function FirstMondayHint({ me, of }: { me: Me; of: FirstMonday | undefined }): JSX.Element | null {
  const w = words();
  if (!of || !of.wants_first_monday) return null;
  return <Note tone="warn"><p>{w.wanted} {runsDistrict(me) ? <a href={toHash('district', 'calendar')}>{w.sayIt}</a> : w.askDistrict}</p></Note>;
}
