// The page /office: what somebody sees follows from what they are.

import type { ComponentType, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { api, whenSignedOut } from '../kit/api';
import { toHash, usePlace } from '../kit/hash';
import { fill } from '../kit/language';
import { Show, useGet } from '../kit/load';
import type { Me } from '../kit/me';
import { plain } from '../kit/plain';
import { Shell, start } from '../kit/shell';
import { Name } from '../kit/text';
import { isElsewhere, setZone, zoneName } from '../kit/zone';
import { goSignIn } from '../secure';
import { Account } from './account';
import { Audit } from './audit';
import { CalendarPanel } from './calendar';
import { Classes } from './classes';
import { Closures } from './closures';
import { Codes } from './codes';
import { Export } from './export';
import { type PanelProps, words } from './frame';
import { Guardians } from './guardians';
import { Guests } from './guests';
import { Import } from './import';
import { People } from './people';
import { PersonPanel } from './person';
import { DISTRICT, followsSchool, leadsClass, matchPlace, placesOf, readsClass, readsDistrict, readsSchool, runsDistrict, runsSchool } from './places';
import { Policy } from './policy';
import { Roll } from './roll';
import { Roster } from './roster';
import { Schools, Settings } from './schools';
import { Timetable } from './timetable';
import { Today } from './today';

type May = (me: Me, place: Record<string, string>) => boolean;

const district: May = (me) => runsDistrict(me), school: May = (me, { school: at = '' }) => (at === DISTRICT ? runsDistrict(me) : runsSchool(me, at));
const klass: May = (me, { school: at = '', class: of = '' }) => leadsClass(me, at, of);
const schoolReader: May = (me, place) => school(me, place) || readsSchool(me, place.school!), follower: May = (me, place) => followsSchool(me, place.school!);
const classReader: May = (me, { school: at = '', class: of = '' }) => readsClass(me, at, of);

/** Where a panel is, and who sees it. */
const PANELS: [pattern: string, may: May, panel: ComponentType<PanelProps>][] = [
  ['district/schools', readsDistrict, Schools],
  ['district/today', readsDistrict, Today],
  ['district/timetable', district, Timetable],
  ['district/staff', district, People],
  ['district/calendar', district, CalendarPanel],
  ['district/policy', district, Policy],
  ['district/import/:id?', district, Import],
  ['district/export', district, Export],
  ['district/audit/:school?/:person?', district, Audit],
  ['district/settings', district, Settings],
  ['schools/:school/today', follower, Today],
  ['schools/:school/classes', follower, Classes],
  ['schools/:school/people', schoolReader, People],
  ['schools/:school/people/:person', schoolReader, PersonPanel],
  ['schools/:school/timetable', school, Timetable],
  ['schools/:school/closures', school, Closures],
  ['schools/:school/import/:id?', school, Import],
  ['schools/:school/export', school, Export],
  ['schools/:school/classes/:class/roster', classReader, Roster],
  ['schools/:school/classes/:class/codes', klass, Codes],
  ['schools/:school/classes/:class/guardians', klass, Guardians],
  ['schools/:school/classes/:class/guests', klass, Guests],
  ['schools/:school/classes/:class/roll', classReader, Roll],
];

function Start({ me }: { me: Me }): JSX.Element {
  const w = words(), places = placesOf(me);
  useEffect(() => {
    if (places.length === 1) location.replace(toHash(...places[0]!.path));
  }, []);
  return (
    <>
      <h1>{fill(w.hello, plain(me.name))}</h1>
      <p class="lead">{places.length ? w.placesLead : w.noPlaces}</p>
      {!places.length && <div class="actions"><a class="primary" href="/home">{w.myPage}</a></div>}
      <ul class="places">{places.map((place) => (
        <li key={place.path.join('/')}><a class="card" href={toHash(...place.path)}><b><Name of={place.name || w.districtOffice} /></b><small><Name of={place.within || (place.kind === 'district' ? w.district : '')} /></small></a></li>
      ))}</ul>
    </>
  );
}

function Missing(): JSX.Element {
  return <><h1>{words().missing}</h1><div class="actions"><a class="primary" href="#/">{words().toStart}</a></div></>;
}

function Panel({ me, parts, onChange }: { me: Me; parts: string[]; onChange: () => void }): JSX.Element {
  if (parts.length === 0) return <Start me={me} />;
  if (parts[0] === 'account') return <Account me={me} onChange={onChange} />;
  for (const [pattern, may, Found] of PANELS) {
    const place = matchPlace(pattern, parts);
    if (place && may(me, place)) return <Found key={JSON.stringify([pattern, place.school, place.class, place.person])} me={me} place={place} />;
  }
  return <Missing />;
}

const signOut = (): unknown => api.post('/door/sign-out').then(() => location.replace('/sign-in'), () => location.replace('/sign-in'));

function Corner({ me }: { me: Me }): JSX.Element {
  const w = words();
  return (
    <nav class="corner" aria-label={w.account}>
      {placesOf(me).length > 1 && <a class="quiet" href="#/">{w.office}</a>}
      <a class="quiet wide" href="/home">{w.myPage}</a>
      <a class="quiet" href="#/account"><Name of={me.name} /></a>
      <button type="button" class="quiet" onClick={signOut}>{w.signOut}</button>
    </nav>
  );
}

whenSignedOut(goSignIn);

function Office(): JSX.Element {
  const parts = usePlace(), me = useGet<Me>('/me');
  if (me.data) setZone(me.data.utc_offset_min);
  return (
    <Shell role={words().office} corner={me.data && <Corner me={me.data} />}>
      <Show of={me}>{(known) => <Panel me={known} parts={parts} onChange={me.reload} />}</Show>
      {isElsewhere() && <p class="lead">{fill(words().zone, zoneName())}</p>}
    </Shell>
  );
}

start(Office);
