// The district's rules about hours, minutes and breaks, as text.

import type { JSX } from 'preact';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, Problem, problemOf } from '../kit/api';
import { Field, FormView, useForm } from '../kit/form';
import { fill, kitWords, texts } from '../kit/language';
import { Show, useGet } from '../kit/load';
import { announce } from '../kit/notice';
import { InDistrict, type PanelProps } from './frame';

const words = texts(zh.policy, en.policy);

/** The cursor into the line that is wrong. */
function showLine(id: string, line: number): void {
  const field = document.getElementById(id) as HTMLTextAreaElement, lines = field.value.split('\n');
  const from = lines.slice(0, line - 1).join('\n').length + (line > 1 ? 1 : 0);
  field.focus();
  field.setSelectionRange(from, from + (lines[line - 1] || '').length);
}

function Rules({ text }: { text: string }): JSX.Element {
  const w = words();
  const form = useForm({ text }, async (values) => {
    try {
      await api.put('/policy', values);
    } catch (e) {
      const problem = problemOf(e), line = Number(problem.details.line);
      if (!line) throw e;
      setTimeout(() => showLine(form.id + 'text', line));
      throw new Problem(problem.status, problem.code, fill(en.policy.line, line, problem.message), { zh: fill(zh.policy.line, line, String(problem.details.zh)) });
    }
    announce(kitWords().saved);
  }, { fieldOf: { bad_policy: 'text' } });
  return <FormView form={form} action={kitWords().save}><Field form={form} name="text" type="area" rows={22} isCode label={w.text} hint={w.lead} /></FormView>;
}

export function Policy(props: PanelProps): JSX.Element {
  const policy = useGet<{ text: string }>('/policy');
  return <InDistrict {...props} tab="policy"><div class="card"><Show of={policy}>{({ text }) => <Rules text={text} />}</Show></div></InDistrict>;
}
