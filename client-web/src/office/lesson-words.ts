// The words of the timetable, for all that is about it.

import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { texts } from '../kit/language';

export const words = texts(zh.timetable, en.timetable);
