// The page /office: what somebody sees follows from what they are.

import type { ComponentType, JSX } from 'preact';
import { useEffect } from 'preact/hooks';
import { api, whenSignedOut } from '../kit/api';
import { toHash, usePlace } from '../kit/hash';
import { fill } from '../kit/language';
import { Show, useGet } from '../kit/load';
import { goSignIn, type Me } from '../kit/me';
import { plain } from '../kit/plain';
import { Shell, start } from '../kit/shell';
import { Name } from '../kit/text';
import { Account } from './account';
import { Audit } from './audit';
import { CalendarPanel } from './calendar';
import { Classes } from './classes';
import { Closures } from './closures';
import { Codes } from './codes';
import { Export } from './export';
import { type PanelProps, words } from './frame';
import { Guests } from './guests';
import { Import } from './import';
import { People } from './people';
import { PersonPanel } from './person';
import { matchPlace, placesOf, runsDistrict } from './places';
import { Policy } from './policy';
import { Roll } from './roll';
import { Roster } from './roster';
import { Schools, Settings } from './schools';
import { Timetable } from './timetable';

const PANELS: [pattern: string, panel: ComponentType<PanelProps>][] = [
  ['district/schools', Schools],
  ['district/staff', People],
  ['district/calendar', CalendarPanel],
  ['district/policy', Policy],
  ['district/import/:id?', Import],
  ['district/export', Export],
  ['district/audit', Audit],
  ['district/settings', Settings],
  ['schools/:school/classes', Classes],
  ['schools/:school/people', People],
  ['schools/:school/people/:person', PersonPanel],
  ['schools/:school/timetable', Timetable],
  ['schools/:school/closures', Closures],
  ['schools/:school/import/:id?', Import],
  ['schools/:school/export', Export],
  ['schools/:school/classes/:class/roster', Roster],
  ['schools/:school/classes/:class/codes', Codes],
  ['schools/:school/classes/:class/guests', Guests],
  ['schools/:school/classes/:class/roll', Roll],
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
  for (const [pattern, Found] of PANELS) {
    const place = matchPlace(pattern, parts);
    if (place && (parts[0] !== 'district' || runsDistrict(me))) return <Found key={JSON.stringify([pattern, place.school, place.class, place.person])} me={me} place={place} />;
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
  return (
    <Shell role={words().office} corner={me.data && <Corner me={me.data} />}>
      <Show of={me}>{(known) => <Panel me={known} parts={parts} onChange={me.reload} />}</Show>
    </Shell>
  );
}

start(Office);
