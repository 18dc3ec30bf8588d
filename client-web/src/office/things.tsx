// Schools, classes and people: things with a code and a name, added, renamed and removed alike.

import type { JSX } from 'preact';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api } from '../kit/api';
import { Dialog } from '../kit/dialog';
import { Field, FormView, useForm } from '../kit/form';
import { fill, kitWords, texts } from '../kit/language';
import { announce } from '../kit/notice';

export const words = texts(zh.things, en.things);

export interface Thing { code: string; name: string }
export interface Klass extends Thing { grade: number }

const GRADES = 12;

export function gradeText(grade: number): string {
  return grade ? fill(words().gradeN, grade) : words().noGrade;
}

interface EditorProps {
  title: string;
  /** What is changed; undefined: something new. */
  thing?: Thing | Klass | undefined;
  /** What it is called in this form. */
  nameLabel: string;
  hasGrade?: boolean;
  pathOf: (code: string) => string;
  onDone: (code: string) => void;
  onClose: () => void;
}

export function Editor({ title, thing, nameLabel, hasGrade, pathOf, onDone, onClose }: EditorProps): JSX.Element {
  const w = words(), grade = thing && 'grade' in thing ? thing.grade : 0;
  const form = useForm({ code: thing ? thing.code : '', name: thing ? thing.name : '', grade: String(grade || '') }, async (values) => {
    const code = values.code.trim();
    await (thing ? api.put : api.make)(pathOf(code), hasGrade ? { name: values.name.trim(), grade: Number(values.grade) } : { name: values.name.trim() });
    announce(kitWords().saved);
    onDone(code);
  }, { required: ['code', 'name'], fieldOf: { exists: 'code', bad_code: 'code', bad_name: 'name', bad_grade: 'grade' } });
  const grades: [string, string][] = [['', w.noGrade]];
  for (let i = 1; i <= GRADES; i++) grades.push([String(i), gradeText(i)]);
  return (
    <Dialog title={title} onClose={onClose}>
      <FormView form={form} action={kitWords().save} beside={<button type="button" class="plain" onClick={onClose}>{kitWords().cancel}</button>}>
        {!thing && <Field form={form} name="code" label={w.code} hint={w.codeHint} maxLength={63} />}
        <Field form={form} name="name" label={nameLabel} maxLength={191} />
        {hasGrade && <Field form={form} name="grade" label={w.grade} choices={grades} />}
      </FormView>
    </Dialog>
  );
}
