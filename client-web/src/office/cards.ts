// The cards that a class gets: how they lie on paper. Pure.

/** What the QR code says: the code stands behind the #, where no log sees it. */
export const entryAddress = (origin: string, code: string): string => `${origin}/enter#${code}`;

/** The same of a guest's day pass, which comes in by another door. */
export const guestAddress = (origin: string, code: string): string => `${origin}/enter#guest=${code}`;

/** Two columns of five on an A4 sheet: 95 x 55 mm each, enough for a QR code of 36 mm. */
export const CARDS_A_SHEET = 10;

export function sheetsOf<T>(items: T[], perSheet = CARDS_A_SHEET): T[][] {
  const sheets: T[][] = [];
  for (let i = 0; i < items.length; i += perSheet) sheets.push(items.slice(i, i + perSheet));
  return sheets;
}
