// The sheets of a workbook, as the server tells them. Pure.

import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { texts } from '../kit/language';
import { plain } from '../kit/plain';

const words = texts(zh.imports, en.imports);

export interface Sheet { name: string; is_hidden: boolean }

/** What the server takes for all that are not hidden: no sheet can be called so. */
export const ALL_SHEETS = '*';

const visible = (sheets: Sheet[]): Sheet[] => sheets.filter((sheet) => !sheet.is_hidden);

export const isChoice = (sheets: Sheet[] | undefined): boolean => !!sheets && visible(sheets).length > 1;

/** For a list to choose from. */
export const sheetChoices = (sheets: Sheet[]): [string, string][] =>
  [[ALL_SHEETS, words().allSheets], ...visible(sheets).map(({ name }): [string, string] => [name, plain(name)])];
