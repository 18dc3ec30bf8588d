// What an address of the door brings along behind its #: "#invite=...&to=...". Pure.

export function readDoorHash(hash: string): Record<string, string> {
  const said: Record<string, string> = {};
  for (const pair of hash.replace(/^#/, '').split('&')) {
    const [name, value = ''] = pair.split('=', 2) as [string, string?];
    try {
      if (name) said[name] = decodeURIComponent(value);
    } catch (e) {
      continue; // badly escaped: as if it were not there
    }
  }
  return said;
}
