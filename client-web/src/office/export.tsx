// Lists out of the roster.

import type { JSX } from 'preact';
import * as en from '../i18n/office-en';
import * as zh from '../i18n/office-zh';
import { api, at, withQuery } from '../kit/api';
import { Field, FormView, useForm } from '../kit/form';
import { lang, texts } from '../kit/language';
import { InDistrict, InSchool, type PanelProps } from './frame';
import { keepFile } from './person';

const words = texts(zh.exports, en.exports);

export function Export(props: PanelProps): JSX.Element {
  const w = words(), { school = '' } = props.place, In = school ? InSchool : InDistrict;
  const form = useForm({ kind: 'people', language: lang() as string, encoding: 'utf-8' }, async ({ kind, language, encoding }) =>
    keepFile(await api.download(withQuery(at`/exports/${kind}`, { school, language, encoding })), `${school ? school + '-' : ''}${kind}.csv`));
  return (
    <In {...props} tab="export">
      <p class="lead">{w.lead}</p>
      <div class="card">
        <FormView form={form} action={w.download}>
          <div class="fields">
            <Field form={form} name="kind" label={w.kind} choices={Object.entries(w.kinds)} />
            <Field form={form} name="language" label={w.language} choices={[['zh', w.chinese], ['en', w.english]]} />
            <Field form={form} name="encoding" label={w.encoding} choices={[['utf-8', w.utf8], ['gb18030', w.gb]]} />
          </div>
        </FormView>
      </div>
    </In>
  );
}
