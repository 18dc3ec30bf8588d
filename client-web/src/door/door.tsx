// The pages /sign-in and /set-up: who comes in, and how.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import { setKnown } from '../home/known';
import { en, zh } from '../i18n/door';
import { api } from '../kit/api';
import { fill, texts } from '../kit/language';
import { type Me, wayOn } from '../kit/me';
import { Note } from '../kit/notice';
import { Shell, start } from '../kit/shell';
import { plain } from '../kit/plain';
import { httpsAddress } from '../secure';
import { Invited, SetUp, Term } from './first';
import { readDoorHash } from './hash';
import { SignIn } from './sign-in';

const words = texts(zh, en);

type View = 'sign-in' | 'invited' | 'forgotten' | 'set-up' | 'term';

const said = readDoorHash(location.hash);

/** Secrets don't stay in the address bar, or in what is gone back to. */
if (said.invite || said.code) history.replaceState(null, '', location.pathname);

const firstView = (): View => (location.pathname === '/set-up' ? 'set-up' : said.invite !== undefined ? 'invited' : 'sign-in');

function enter(me: Me): void {
  setKnown(me.kind);
  location.replace(wayOn(said.to || '', me));
}

function Insecure(): JSX.Element | null {
  const [address, setAddress] = useState(''), w = words();
  useEffect(() => {
    if (!window.isSecureContext) httpsAddress().then(setAddress);
  }, []);
  if (window.isSecureContext) return null;
  return <Note tone="warn"><p>{w.insecure}</p>{address && <p><a class="small" href={address}>{w.secure}</a></p>}</Note>;
}

function Known({ me, onOut }: { me: Me; onOut: () => void }): JSX.Element {
  const w = words();
  const leave = (): unknown => api.post('/door/sign-out').then(onOut, onOut);
  return (
    <Note tone="calm">
      <p>{fill(w.signedInAs, plain(me.name))}</p>
      <div class="row"><button type="button" class="small" onClick={() => enter(me)}>{w.goOn}</button><button type="button" class="small" onClick={leave}>{w.signOut}</button></div>
    </Note>
  );
}

function Ways({ view, onView }: { view: View; onView: (view: View) => void }): JSX.Element {
  const w = words(), ways: [View, string][] = [['sign-in', w.signIn], ['invited', w.invited], ['forgotten', w.forgot]];
  return (
    <nav class="ways" aria-label={w.signIn}>
      {ways.filter(([to]) => to !== view).map(([to, text]) => <button key={to} type="button" class="quiet" onClick={() => onView(to)}>{text}</button>)}
      <a class="quiet" href="/enter">{w.pupil}</a>
    </nav>
  );
}

function Door(): JSX.Element {
  const [view, setView] = useState(firstView), [me, setMe] = useState<Me>(), w = words();
  useEffect(() => {
    api.get<Me>('/me').then((known) => known.kind === 'staff' && setMe(known), () => undefined);
  }, []);
  const [title, lead] = {
    'sign-in': [w.signIn, w.signInLead], invited: [w.invitedTitle, w.invitedLead], forgotten: [w.forgotTitle, w.forgotText], 'set-up': [w.setUpTitle, w.setUpLead], term: [w.termTitle, w.termLead],
  }[view] as [string, string];
  useEffect(() => {
    document.title = `${title} · 空中课堂`;
  }, [title]);
  const begin = (first: Me): void => {
    setMe(first);
    setView('term');
  };
  return (
    <Shell isNarrow>
      <h1>{title}</h1>
      <p class="lead">{lead}</p>
      {me && view !== 'set-up' && view !== 'term' && <Known me={me} onOut={() => setMe(undefined)} />}
      <Insecure />
      {view === 'sign-in' && <div class="card"><SignIn onDone={enter} /></div>}
      {view === 'invited' && <div class="card"><Invited code={said.invite || ''} onDone={enter} /></div>}
      {view === 'set-up' && <div class="card"><SetUp code={said.code || ''} onDone={begin} /></div>}
      {view === 'term' && <div class="card"><Term onDone={() => enter(me!)} /></div>}
      {view !== 'term' && <Ways view={view} onView={setView} />}
    </Shell>
  );
}

start(Door);
