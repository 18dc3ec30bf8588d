// Signing in, with a second step for who has chosen one.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { en, zh } from '../i18n/door';
import { api, Problem } from '../kit/api';
import { Field, FormView, useForm } from '../kit/form';
import { texts } from '../kit/language';
import type { Me } from '../kit/me';

const words = texts(zh, en);

export function SignIn({ onDone }: { onDone: (me: Me) => void }): JSX.Element {
  const w = words(), [asksTotp, setAsksTotp] = useState(false);
  const form = useForm({ login: '', password: '', totp: '' }, async ({ login, password, totp }) => {
    try {
      onDone(await api.post<Me>('/door/sign-in', asksTotp ? { login, password, totp: totp.replace(/\s/g, '') } : { login, password }));
    } catch (e) {
      const isTotp = e instanceof Problem && (e.code === 'totp_needed' || (asksTotp && e.code === 'wrong'));
      if (!isTotp) throw e;
      if (asksTotp) throw new Problem(e.status, 'wrong_totp', e.message);
      setAsksTotp(true);
    }
  }, { required: asksTotp ? ['totp'] : ['login', 'password'], fieldOf: { wrong_totp: 'totp' } });
  const back = (): void => {
    setAsksTotp(false);
    form.set({ totp: '', password: '' });
  };
  return (
    <FormView form={form} action={w.signIn} beside={asksTotp && <button type="button" class="plain" onClick={back}>{w.otherAccount}</button>}>
      {asksTotp
        ? <Field key="totp" form={form} name="totp" label={w.totp} hint={w.totpHint} inputMode="numeric" autocomplete="one-time-code" maxLength={8} isCode takesFocus />
        : <>
          <Field form={form} name="login" label={w.login} autocomplete="username" />
          <Field form={form} name="password" type="password" label={w.password} autocomplete="current-password" />
        </>}
    </FormView>
  );
}
