/** A text with its * filled in, in order. Pure. */
export function fill(text: string, ...values: (string | number)[]): string {
  let i = 0;
  return text.replace(/\*/g, (star) => (i < values.length ? String(values[i++]) : star));
}
