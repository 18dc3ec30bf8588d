/** Letters and digits that nobody can guess: 5 bits each. */
export const randomText = (length: number): string => Array.from(crypto.getRandomValues(new Uint8Array(length)), (n) => (n % 36).toString(36)).join('');
