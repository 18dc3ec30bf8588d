// A first password: with the invitation from one's school, or with the set-up code of a new server.

import type { JSX } from 'preact';
import { en, zh } from '../i18n/door';
import { api, renamed } from '../kit/api';
import { Field, FormView, useForm } from '../kit/form';
import { texts } from '../kit/language';
import type { Me } from '../kit/me';
import { checkPassword, PasswordFields } from '../kit/password';
import { weekdayOf } from '../office/dates';

const words = texts(zh, en);

interface Props { code: string; onDone: (me: Me) => void }

const LOGIN_FAULTS = { bad_login: 'login', login_taken: 'login', exists: 'login' } as const;
const PASSWORD_FAULTS = { weak_password: 'password' } as const;

export function Invited({ code, onDone }: Props): JSX.Element {
  const w = words();
  const form = useForm({ invite: code, login: '', password: '', again: '' },
    async ({ invite, login, password }) => onDone(await renamed(api.post<Me>('/door/invited', { invite: invite.trim(), login: login.trim(), password }), { wrong: 'bad_invite', over: 'bad_invite' })),
    { required: ['invite', 'login', 'password'], check: checkPassword, fieldOf: { bad_invite: 'invite', mistyped: 'invite', ...LOGIN_FAULTS, ...PASSWORD_FAULTS } });
  return (
    <FormView form={form} action={w.start}>
      <Field form={form} name="invite" label={w.invite} isCode />
      <Field form={form} name="login" label={w.newLogin} hint={w.newLoginHint} autocomplete="username" />
      <PasswordFields form={form} />
    </FormView>
  );
}

export function SetUp({ code, onDone }: Props): JSX.Element {
  const w = words();
  const form = useForm({ code, name: '', login: '', password: '', again: '' },
    async ({ code: typed, name, login, password }) => onDone(await renamed(api.post<Me>('/door/setup', { code: typed.trim(), name, login: login.trim(), password }), { wrong: 'bad_setup_code' })),
    { required: ['code', 'name', 'login', 'password'], check: checkPassword, fieldOf: { bad_setup_code: 'code', mistyped: 'code', bad_name: 'name', ...LOGIN_FAULTS, ...PASSWORD_FAULTS } });
  return (
    <FormView form={form} action={w.setUp}>
      <Field form={form} name="code" label={w.code} isCode />
      <Field form={form} name="name" label={w.name} autocomplete="name" />
      <Field form={form} name="login" label={w.newLogin} hint={w.newLoginHint} autocomplete="username" />
      <PasswordFields form={form} />
    </FormView>
  );
}

/** When the term begins: asked of the first administrator, who may leave it for later. */
export function Term({ onDone }: { onDone: () => void }): JSX.Element {
  const w = words();
  const form = useForm({ monday: '' }, async ({ monday }) => {
    await api.put('/calendar', { ...await api.get<object>('/calendar'), first_monday: monday });
    onDone();
  }, { required: ['monday'], check: ({ monday }) => (monday && weekdayOf(monday) !== 1 ? { monday: w.notMonday } : {}), fieldOf: { bad_first_monday: 'monday' } });
  return (
    <FormView form={form} action={w.goOn} beside={<button type="button" class="plain" onClick={onDone}>{w.later}</button>}>
      <Field form={form} name="monday" type="date" label={w.monday} hint={w.mondayHint} />
    </FormView>
  );
}
