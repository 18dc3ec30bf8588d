// A new password: typed twice, and not too short to be taken.

import type { JSX } from 'preact';
import { Field, type Faults, type Form } from './form';
import { texts } from './language';
import { en, zh } from '../i18n/door';

const words = texts(zh, en);

/** As the server has it (server/door). */
const PASSWORD_MIN = 10;

type NewPassword = { password: string; again: string };

export function checkPassword({ password, again }: NewPassword): Faults {
  const w = words(), faults: Faults = {};
  if (Array.from(password).length < PASSWORD_MIN) faults.password = w.tooShort;
  else if (password !== again) faults.again = w.notSame;
  return faults;
}

export function PasswordFields<V extends NewPassword & Record<string, string | boolean>>({ form }: { form: Form<V> }): JSX.Element {
  const w = words();
  return (
    <>
      <Field form={form} name="password" type="password" label={w.newPassword} hint={w.newPasswordHint} autocomplete="new-password" />
      <Field form={form} name="again" type="password" label={w.again} autocomplete="new-password" />
    </>
  );
}
