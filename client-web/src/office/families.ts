// Who looks after whom, as the server lists it: a row for each pupil of theirs. Pure.

export interface Guardian { school: string; code: string; name: string; ward: string; ward_name: string; has_account?: boolean }

/** A guardian, once, with the names of the pupils. */
export interface Family<T extends Guardian> { key: string; one: T; wards: string[] }

export function byGuardian<T extends Guardian>(rows: T[]): Family<T>[] {
  const all = new Map<string, Family<T>>();
  for (const one of rows) {
    const key = JSON.stringify([one.school, one.code]), family = all.get(key) || { key, one, wards: [] };
    family.wards.push(one.ward_name);
    all.set(key, family);
  }
  return [...all.values()].sort((a, b) => a.one.ward.localeCompare(b.one.ward, 'en', { numeric: true }));
}
