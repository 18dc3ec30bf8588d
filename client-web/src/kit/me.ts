// Who is asking, as the server knows them.

export interface Role {
  role: string;
  school: string;
  school_name: string;
  class: string;
  class_name: string;
}

export interface Ward { school: string; code: string; name: string; class: string; class_name: string }

export interface Me {
  kind: 'staff' | 'pupil' | 'guest';
  name: string;
  school: { code: string; name: string };
  class?: { code: string; name: string };
  /** Their own code in that school; not every kind has one. */
  code?: string;
  login?: string;
  has_totp?: boolean;
  roles: Role[];
  device?: string;
  wards?: Ward[];
  /** Of the district's clock. */
  utc_offset_min?: number;
}

const OFFICE = ['district_admin', 'school_admin', 'homeroom', 'patrol_school', 'patrol_county', 'patrol_city', 'reporter'];

/** The page on which somebody has their work. Pure. */
export const pageOf = (me: Me): string => (me.kind === 'staff' && me.roles.some(({ role }) => OFFICE.includes(role)) ? '/office' : '/home');

/** Where to go on after signing in: only within our own pages. Pure. */
export function wayOn(to: string, me: Me): string {
  return /^\/(office|home|teach)(#[^\s]*)?$/.test(to) ? to : pageOf(me);
}
