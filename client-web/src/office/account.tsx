// One's own account: password, second step, where one is signed in.

import type { JSX } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, at, everyItem, renamed } from '../kit/api';
import { Confirm, Dialog } from '../kit/dialog';
import { Field, FormView, useForm } from '../kit/form';
import { kitWords, moment, texts } from '../kit/language';
import { Show, useAnswer } from '../kit/load';
import type { Me } from '../kit/me';
import { announce } from '../kit/notice';
import { checkPassword, PasswordFields } from '../kit/password';
import { plain } from '../kit/plain';
import { Qr } from '../kit/qr';
import { Table } from '../kit/table';
import { Name } from '../kit/text';
import { CopyLine } from './copy';
import { roleName } from './person';

const words = texts(zh.account, en.account);

function Password(): JSX.Element {
  const w = words(), blank = { old: '', password: '', again: '' };
  const form = useForm(blank, async ({ old, password }) => {
    await renamed(api.put('/me/password', { old, new: password }), { wrong: 'old_wrong' });
    form.set(blank);
    announce(w.passwordChanged);
  }, { required: ['old', 'password'], check: checkPassword, fieldOf: { old_wrong: 'old', weak_password: 'password' } });
  return (
    <section class="card">
      <h2>{w.password}</h2>
      <FormView form={form} action={w.changePassword}>
        <Field form={form} name="old" type="password" label={w.old} autocomplete="current-password" />
        <PasswordFields form={form} />
      </FormView>
    </section>
  );
}

interface Secret { secret: string; uri: string }

function Confirmation({ made, onDone, onClose }: { made: Secret; onDone: () => void; onClose: () => void }): JSX.Element {
  const w = words();
  const form = useForm({ totp: '' }, async ({ totp }) => {
    await renamed(api.put('/me/totp', { totp: totp.replace(/\s/g, '') }), { wrong: 'wrong_totp' });
    announce(w.totpDone);
    onDone();
  }, { required: ['totp'], fieldOf: { wrong_totp: 'totp' } });
  return (
    <Dialog title={w.totp} onClose={onClose}>
      <p>{w.totpScan}</p>
      <div class="centred"><Qr of={made.uri} label={w.qr} /></div>
      <CopyLine label={w.totpSecret} text={made.secret} />
      <FormView form={form} action={w.totpConfirm} beside={<button type="button" class="plain" onClick={onClose}>{kitWords().cancel}</button>}>
        <Field form={form} name="totp" label={w.digits} inputMode="numeric" autocomplete="one-time-code" maxLength={8} isCode />
      </FormView>
    </Dialog>
  );
}

function Totp({ me, onChange }: { me: Me; onChange: () => void }): JSX.Element {
  const w = words(), [made, setMade] = useState<Secret>(), [isEnding, end] = useState(false);
  const begin = useForm({}, async () => setMade(await api.post<Secret>('/me/totp')));
  const done = (): void => {
    setMade(undefined);
    onChange();
  };
  return (
    <section class="card">
      <h2>{w.totp}</h2>
      <p class="lead">{me.has_totp ? w.totpOn : w.totpText}</p>
      {me.has_totp
        ? <div class="actions"><button type="button" class="plain danger" onClick={() => end(true)}>{w.totpStop}</button></div>
        : <FormView form={begin} action={w.totpStart} />}
      {made && <Confirmation made={made} onDone={done} onClose={() => setMade(undefined)} />}
      {isEnding && <Confirm title={w.totpStop} text={w.totpStopText} yes={w.totpStop} isDanger onClose={() => end(false)}
        act={() => api.drop('/me/totp').then(() => announce(w.totpStopped))} onDone={() => { end(false); onChange(); }} />}
    </section>
  );
}

interface Session { id: string; since: string | number; last_seen: string | number | null; agent?: string; is_this?: boolean }

function Sessions(): JSX.Element {
  const w = words(), list = useAnswer('/me/sessions', () => everyItem<Session>('/me/sessions'));
  const [ended, end] = useState<Session>();
  return (
    <section class="card">
      <h2>{w.sessions}</h2>
      <Show of={list}>{(rows) => (
        <Table rows={rows} caption={w.sessions} keyOf={(s) => s.id} empty={kitWords().none} columns={[
          { name: w.since, isHead: true, cell: (s) => <>{moment(s.since)}{s.is_this && <span class="tag here">{w.thisOne}</span>}</> },
          { name: w.seen, cell: (s) => moment(s.last_seen) },
          { name: w.endSession, isActions: true, cell: (s) => !s.is_this && <button type="button" class="small danger" onClick={() => end(s)}>{w.endSession}</button> },
        ]} />
      )}</Show>
      {ended && <Confirm title={w.endSession} text={moment(ended.since)} yes={w.endSession} onClose={() => end(undefined)}
        act={() => api.drop(at`/me/sessions/${ended.id}`).then(() => announce(w.ended)).then(list.reload)} />}
    </section>
  );
}

export function Account({ me, onChange }: { me: Me; onChange: () => void }): JSX.Element {
  const w = words();
  useEffect(() => {
    document.title = `${w.title} · ${kitWords().brand}`;
  });
  return (
    <>
      <h1>{w.title}</h1>
      <p class="lead"><b><Name of={me.name} /></b>{me.login && <> · {w.who} <Name of={me.login} /></>}{me.school.name && <> · <Name of={me.school.name} /></>}</p>
      <p>{me.roles.map((r) => <span key={r.role + r.school + r.class} class="tag">{roleName(r.role)} <bdi>{plain(r.class_name || r.school_name || '')}</bdi></span>)}</p>
      <div class="halves"><Password /><Totp me={me} onChange={onChange} /></div>
      <Sessions />
    </>
  );
}
