// Where pupils sit. Pure.

/** Lesson and key of the pupils' page ("/watch/ID#k=KEY"). Pure. */
export function seatOf(watch: string): { lesson: string; key: string } {
  const match = /^\/watch\/([^/?#]+)(?:#k=(.*))?$/.exec(watch);
  return { lesson: match?.[1] ?? '', key: match?.[2] ?? '' };
}
