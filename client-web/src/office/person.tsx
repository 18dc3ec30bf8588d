// One person: what they are, whose guardian, how they come in, and what is kept about them.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, at, withQuery } from '../kit/api';
import { Confirm, Dialog } from '../kit/dialog';
import { Field, FormView, useForm } from '../kit/form';
import { go } from '../kit/hash';
import { fill, kitWords, moment, texts } from '../kit/language';
import { Show, useGet } from '../kit/load';
import type { Role, Ward } from '../kit/me';
import { announce } from '../kit/notice';
import { plain } from '../kit/plain';
import { Name } from '../kit/text';
import { auditOf } from './audit';
import { useClasses } from './classes';
import { CopyLine } from './copy';
import { EntryCode } from './entry-code';
import { InSchool, type PanelProps } from './frame';
import { DISTRICT, ROLE_PLACE, runsDistrict, runsSchool } from './places';
import { Editor, type Thing, words as thingWords } from './things';

const words = texts(zh.person, en.person);
const roleNames = texts(zh.roles, en.roles);
export const roleName = (role: string): string => roleNames()[role] || role;

interface Person extends Thing {
  roles: Role[];
  wards: Ward[];
  account: { login: string; has_totp: boolean; last_seen: string | number | null } | null;
  invited_until: string | number | null;
}

interface PartProps { person: Person; school: string; onChange: () => void; mayChange: boolean }

const pathOf = (school: string, code: string): string => at`/schools/${school}/people/${code}`;
const rolePath = (base: string, role: string, klass: string): string => withQuery(base + at`/roles/${role}`, { class: klass });

/** Whoever becomes more wants another invitation: what was made for less is void. */
const announceMore = ({ invited_until }: Person): void => announce(invited_until ? words().inviteVoid : kitWords().saved);

/** A class's or a school's name as it is said beside a role. */
function rolePlace(role: Role): string {
  const w = words(), kind = ROLE_PLACE[role.role];
  return kind === 'class' ? `${role.school_name} ${role.class_name || role.class}` : kind === 'school' ? role.school_name || w.wholeSchool : kind === 'district' ? w.wholeDistrict : '';
}

function AddRole({ person, school, onChange, onClose }: PartProps & { onClose: () => void }): JSX.Element {
  const w = words(), classes = useClasses(school);
  const given = Object.keys(ROLE_PLACE).filter((role) => (ROLE_PLACE[role] === 'district') === (school === DISTRICT));
  const form = useForm({ role: given[0]!, klass: '' }, async ({ role, klass }) => {
    const wanted = ROLE_PLACE[role] === 'class' ? klass || (classes.data && classes.data[0] ? classes.data[0].code : '') : '';
    await api.put(rolePath(pathOf(school, person.code), role, wanted));
    announceMore(person);
    onChange();
    onClose();
  });
  const isInClass = ROLE_PLACE[form.values.role] === 'class';
  return (
    <Dialog title={w.addRole} onClose={onClose}>
      <FormView form={form} action={kitWords().add} beside={<button type="button" class="plain" onClick={onClose}>{kitWords().cancel}</button>}>
        <Field form={form} name="role" label={w.role} choices={given.map((role) => [role, roleName(role)])} />
        {isInClass && <Show of={classes}>{(list) => (list.length
          ? <Field form={form} name="klass" label={w.klass} choices={list.map((c) => [c.code, plain(c.name)])} />
          : <p>{w.noClassYet}</p>)}</Show>}
      </FormView>
    </Dialog>
  );
}

function Roles(props: PartProps): JSX.Element {
  const { person, school, onChange, mayChange } = props, w = words(), [isAdding, setAdding] = useState(false), [ended, end] = useState<Role>();
  const held = person.roles.filter((r) => ROLE_PLACE[r.role]);
  const drop = (r: Role): Promise<unknown> => api.drop(rolePath(pathOf(school, person.code), r.role, r.class)).then(onChange);
  return (
    <section class="card">
      <div class="title"><h2>{w.roles}</h2>{mayChange && <button type="button" class="small" onClick={() => setAdding(true)}>{w.addRole}</button>}</div>
      {held.length === 0 && <p class="empty">{w.noRoles}</p>}
      <ul class="items">{held.map((r) => (
        <li key={r.role + r.school + '/' + r.class} class="line">
          <span><b>{roleName(r.role)}</b> <Name of={rolePlace(r)} /></span>
          {mayChange && <button type="button" class="small danger" aria-label={`${kitWords().remove}: ${roleName(r.role)} ${plain(rolePlace(r))}`} onClick={() => end(r)}>{kitWords().remove}</button>}
        </li>
      ))}</ul>
      {isAdding && <AddRole {...props} onClose={() => setAdding(false)} />}
      {ended && <Confirm title={w.removeRole} text={fill(w.removeRoleText, `${roleName(ended.role)} ${plain(rolePlace(ended))}`)} yes={w.removeRole} isDanger act={() => drop(ended)} onClose={() => end(undefined)} />}
    </section>
  );
}

function Wards({ person, school, onChange }: PartProps): JSX.Element {
  const w = words(), [isAdding, setAdding] = useState(false), [ended, end] = useState<Ward>();
  const wardPath = (ward: string, of: string): string => withQuery(pathOf(school, person.code) + at`/wards/${ward}`, { school: of === school ? '' : of });
  const form = useForm({ code: '' }, async ({ code }) => {
    await api.put(wardPath(code.trim(), school));
    setAdding(false);
    form.set({ code: '' });
    announceMore(person);
    onChange();
  }, { required: ['code'], fieldOf: { no_person: 'code', bad_code: 'code', not_a_pupil: 'code' } });
  return (
    <section class="card">
      <div class="title"><h2>{w.wards}</h2><button type="button" class="small" onClick={() => setAdding(true)}>{w.addWard}</button></div>
      {person.wards.length === 0 && <p class="empty">{w.noWards}</p>}
      <ul class="items">{person.wards.map((ward) => (
        <li key={ward.school + '/' + ward.code} class="line">
          <span><b><Name of={ward.name} /></b> <Name of={ward.class_name || ward.code} /></span>
          <button type="button" class="small danger" aria-label={`${kitWords().remove}: ${plain(ward.name)}`} onClick={() => end(ward)}>{kitWords().remove}</button>
        </li>
      ))}</ul>
      {isAdding && (
        <Dialog title={w.addWard} onClose={() => setAdding(false)}>
          <FormView form={form} action={kitWords().add} beside={<button type="button" class="plain" onClick={() => setAdding(false)}>{kitWords().cancel}</button>}>
            <Field form={form} name="code" label={w.wardCode} />
          </FormView>
        </Dialog>
      )}
      {ended && <Confirm title={w.removeWard} text={fill(w.removeWardText, plain(ended.name))} yes={w.removeWard} isDanger
        act={() => api.drop(wardPath(ended.code, ended.school)).then(onChange)} onClose={() => end(undefined)} />}
    </section>
  );
}

interface Invitation { invite: string; link: string; expires: string | number }

function Account({ person, school, onChange }: PartProps): JSX.Element {
  const w = words(), { account } = person, [made, setMade] = useState<Invitation>();
  const form = useForm({}, async () => setMade(await api.post<Invitation>(pathOf(school, person.code) + '/invite')));
  const close = (): void => {
    setMade(undefined);
    onChange();
  };
  return (
    <section class="card">
      <h2>{w.account}</h2>
      {account
        ? <p class="lead"><b><Name of={account.login} /></b> · {account.has_totp ? w.hasTotp : w.noTotp}{account.last_seen ? ' · ' + fill(w.lastSeen, moment(account.last_seen)) : ''}</p>
        : <p class="lead">{w.noAccount}</p>}
      {person.invited_until && <p class="hint">{fill(w.invitedUntil, moment(person.invited_until))}</p>}
      <FormView form={form} action={account ? w.inviteAgain : w.invite} />
      {made && (
        <Dialog title={w.inviteTitle} onClose={close}>
          <p>{fill(w.inviteText, moment(made.expires))}</p>
          <CopyLine label={w.inviteTitle} text={made.invite} />
          <CopyLine label={w.inviteLink} text={made.link.startsWith('/') ? location.origin + made.link : made.link} />
          <div class="actions"><button type="button" class="primary" onClick={close}>{kitWords().close}</button></div>
        </Dialog>
      )}
    </section>
  );
}

function Pupil({ person, school }: PartProps): JSX.Element {
  const w = words(), [isAsked, ask] = useState(false);
  return (
    <section class="card">
      <h2>{w.entry}</h2>
      <p class="lead">{w.entryText}</p>
      <div class="actions"><button type="button" class="plain" onClick={() => ask(true)}>{w.resetEntry}</button></div>
      {isAsked && <EntryCode school={school} person={person} onClose={() => ask(false)} />}
    </section>
  );
}

/** Hands a file to the browser to be kept. */
export function keepFile(file: Blob, name: string): void {
  const url = URL.createObjectURL(file), link = Object.assign(document.createElement('a'), { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 60000);
}

function Data({ person, school }: PartProps): JSX.Element {
  const w = words(), [isErasing, setErasing] = useState(false);
  const path = pathOf(school, person.code);
  const download = useForm({}, async () => keepFile(await api.download(path + '/data'), person.code + '.json'));
  const erase = useForm({ code: '' }, async () => {
    await api.post(path + '/erase');
    announce(w.erased);
    go('schools', school, 'people');
  }, { check: ({ code }) => (code.trim() === person.code ? {} : { code: w.eraseWrong }) });
  return (
    <section class="card">
      <h2>{w.data}</h2>
      <p class="lead">{w.dataText}</p>
      <FormView form={download} action={w.download} beside={<button type="button" class="plain danger" onClick={() => setErasing(true)}>{w.erase}</button>} />
      {isErasing && (
        <Dialog title={w.erase} onClose={() => setErasing(false)}>
          <FormView form={erase} action={w.erase} isDanger beside={<button type="button" class="plain" onClick={() => setErasing(false)}>{kitWords().cancel}</button>}>
            <p>{fill(w.eraseText, plain(person.code))}</p>
            <Field form={erase} name="code" label={thingWords().code} />
          </FormView>
        </Dialog>
      )}
    </section>
  );
}

export function PersonPanel(props: PanelProps): JSX.Element {
  const w = words(), school = props.place.school!, code = props.place.person!, t = thingWords();
  const loaded = useGet<Person>(pathOf(school, code)), [doing, act] = useState<'rename' | 'remove'>();
  const done = (): void => {
    act(undefined);
    loaded.reload();
  };
  return (
    <InSchool {...props} tab="people">
      <Show of={loaded}>{(person) => {
        const part = { person, school, onChange: loaded.reload, mayChange: runsSchool(props.me, school) }, isPupil = person.roles.some((r) => r.role === 'student');
        return (
          <>
            <div class="title">
              <div><h2><Name of={person.name} /></h2><p class="hint">{t.code} <Name of={person.code} /></p></div>
              {part.mayChange && <div class="row">{runsDistrict(props.me) && <a class="small" href={auditOf(school === DISTRICT ? '' : school, person.code)}>{w.log}</a>}<button type="button" class="small" onClick={() => act('rename')}>{t.rename}</button><button type="button" class="small danger" onClick={() => act('remove')}>{kitWords().remove}</button></div>}
            </div>
            <div class="halves">
              <Roles {...part} />
              {part.mayChange && (isPupil ? <Pupil {...part} /> : <Account {...part} />)}
              {part.mayChange && !isPupil && school !== DISTRICT && <Wards {...part} />}
              {part.mayChange && isPupil && <Data {...part} />}
            </div>
            {doing === 'rename' && <Editor title={t.changePerson} thing={person} nameLabel={t.personName} pathOf={(c) => pathOf(school, c)} onDone={done} onClose={() => act(undefined)} />}
            {doing === 'remove' && <Confirm title={t.removePerson} text={fill(t.removePersonText, plain(person.name))} yes={kitWords().remove} isDanger
              act={() => api.drop(pathOf(school, code)).then(() => go('schools', school, 'people'))} onClose={() => act(undefined)} />}
          </>
        );
      }}</Show>
    </InSchool>
  );
}
