// Whether somebody has entered on this device: who has not is asked nothing of the server.

import { recall, remember } from '../i18n/language';

const KEY = 'airclass.known';

export const isKnown = (): boolean => recall(KEY) === '1';
export const setKnown = (known: boolean): void => remember(KEY, known ? '1' : '0');
