// Forms: what was typed, what is wrong with it and at which field, and one button that sends it once.

import type { ComponentChildren, JSX } from 'preact';
import { useEffect, useId, useRef, useState } from 'preact/hooks';
import { type Problem, problemOf } from './api';
import { kitWords } from './language';
import { ProblemNote, problemText } from './notice';

type Values = Record<string, string | boolean>;
export type Faults = Record<string, string>;

interface FormOptions<V extends Values> {
  /** Fields that may not be empty. */
  required?: (keyof V & string)[];
  /** More that can be said before asking the server: field -> what is wrong. */
  check?: (values: V) => Faults;
  /** Codes of the server's problems that are about one field. */
  fieldOf?: Record<string, keyof V & string>;
}

export interface Form<V extends Values> {
  id: string;
  values: V;
  faults: Faults;
  problem: Problem | undefined;
  isBusy: boolean;
  set(part: Partial<V>): void;
  submit(): Promise<void>;
}

/** What can be said before asking the server, in the language of the moment. */
function wrongIn<V extends Values>(values: V, { check, required = [] }: FormOptions<V>): Faults {
  const faults: Faults = { ...(check ? check(values) : {}) };
  for (const name of required) if (!String(values[name]).trim()) faults[name] = kitWords().required;
  return faults;
}

/** What was wrong when it was sent: at which fields, with which values, and what the server said of one of them. Kept without words, for these follow the language. */
interface Wrong<V> { names: string[]; of: V; said: Problem | undefined }

function faultsOf<V extends Values>({ names, of, said }: Wrong<V>, options: FormOptions<V>): Faults {
  const faults: Faults = {}, all = names.length && !said ? wrongIn(of, options) : {};
  for (const name of names) faults[name] = said ? problemText(said) : all[name] || kitWords().problems.bad_field!;
  return faults;
}

/** `send` is called with values that passed; what it throws is shown at its field, or below the form. */
export function useForm<V extends Values>(initial: V, send: (values: V) => Promise<unknown>, options: FormOptions<V> = {}): Form<V> {
  const id = useId(), [values, setValues] = useState(initial), [isBusy, setBusy] = useState(false);
  const [wrong, setWrong] = useState<Wrong<V>>({ names: [], of: initial, said: undefined }), [problem, setProblem] = useState<Problem>();
  const isHere = useRef(true);
  useEffect(() => () => { isHere.current = false; }, []);
  useEffect(() => {
    const first = Object.keys(values).find((name) => wrong.names.includes(name));
    if (first && wrong.of === values) document.getElementById(id + first)?.focus();
  }, [wrong]);

  const fail = (thrown: unknown): void => {
    const found = problemOf(thrown), said = found.details.field;
    const field = options.fieldOf?.[found.code] || (typeof said === 'string' && said in values ? said : undefined);
    if (field) setWrong({ names: [field], of: values, said: found });
    else setProblem(found);
  };
  const submit = async (): Promise<void> => {
    if (isBusy) return;
    const names = Object.keys(wrongIn(values, options));
    setWrong({ names, of: values, said: undefined });
    setProblem(undefined);
    if (names.length) return;
    setBusy(true);
    try {
      await send(values);
    } catch (e) {
      if (isHere.current) fail(e);
    }
    if (isHere.current) setBusy(false);
  };
  const set = (part: Partial<V>): void => {
    setValues((old) => ({ ...old, ...part }));
    setWrong((old) => (old.names.some((name) => name in part) ? { ...old, names: old.names.filter((name) => !(name in part)) } : old));
  };
  return { id, values, faults: faultsOf(wrong, options), problem, isBusy, set, submit };
}

interface FormViewProps<V extends Values> {
  form: Form<V>;
  /** On the button that sends. */
  action: string;
  isDanger?: boolean;
  /** More buttons beside it. */
  beside?: ComponentChildren;
  /** Asked for only now: it stands with what was said against the form, and in a long dialog both are always seen. */
  foot?: ComponentChildren;
  label?: string;
  children?: ComponentChildren;
}

export function FormView<V extends Values>({ form, action, isDanger, beside, foot, label, children }: FormViewProps<V>): JSX.Element {
  const onSubmit = (e: Event): void => {
    e.preventDefault();
    form.submit();
  };
  return (
    <form class="form" noValidate onSubmit={onSubmit} aria-label={label} aria-busy={form.isBusy}>
      {children}
      <div class="foot">
        {form.problem && <ProblemNote problem={form.problem} />}
        {foot}
        <div class="actions">
          <button class={isDanger ? 'primary danger' : 'primary'} disabled={form.isBusy}>{form.isBusy ? kitWords().busy : action}</button>
          {beside}
        </div>
      </div>
    </form>
  );
}

interface FieldProps<V extends Values> {
  form: Form<V>;
  name: keyof V & string;
  label: string;
  hint?: ComponentChildren;
  /** An input's type; or 'area' for many lines. */
  type?: 'text' | 'password' | 'number' | 'date' | 'time' | 'datetime-local' | 'area';
  /** [value, what it is called]: makes it a choice. */
  choices?: [string, string][];
  autocomplete?: string;
  inputMode?: 'numeric' | 'text';
  placeholder?: string;
  maxLength?: number;
  rows?: number;
  disabled?: boolean;
  isOptional?: boolean;
  isCode?: boolean;
  /** When it appears. */
  takesFocus?: boolean;
}

/** A field with its label, its hint, and what is wrong with it. */
export function Field<V extends Values>(props: FieldProps<V>): JSX.Element {
  const { form, name, label, hint, choices, type = 'text' } = props, id = form.id + name, fault = form.faults[name];
  const [isShown, setShown] = useState(false);
  useEffect(() => {
    if (props.takesFocus) document.getElementById(id)!.focus();
  }, []);
  const common = {
    id, name, disabled: props.disabled, value: String(form.values[name]), 'aria-invalid': fault ? true : undefined,
    'aria-describedby': [hint && id + 'hint', fault && id + 'fault'].filter(Boolean).join(' ') || undefined,
    onInput: (e: Event) => form.set({ [name]: (e.target as HTMLInputElement).value } as Partial<V>),
  };
  const typed = {
    placeholder: props.placeholder, maxLength: props.maxLength, inputMode: props.inputMode, class: props.isCode ? 'code' : undefined,
    autocomplete: props.autocomplete || 'off', autocapitalize: 'none', spellcheck: false,
  } as const;
  const control = choices ? <select {...common}>{choices.map(([value, text]) => <option key={value} value={value}>{text}</option>)}</select>
    : type === 'area' ? <textarea {...common} {...typed} rows={props.rows || 6} />
      : <input {...common} {...typed} type={type === 'password' && isShown ? 'text' : type} />;
  return (
    <div class={fault ? 'field faulty' : 'field'}>
      <label for={id}>{label}{props.isOptional && <small>{kitWords().optional}</small>}</label>
      {type === 'password' ? <div class="line">{control}<button type="button" class="small" aria-pressed={isShown} onClick={() => setShown(!isShown)}>{isShown ? kitWords().hide : kitWords().show}</button></div> : control}
      {hint && <p class="hint" id={id + 'hint'}>{hint}</p>}
      {fault && <p class="fault" id={id + 'fault'}>{fault}</p>}
    </div>
  );
}

export function Check<V extends Values>({ form, name, label, hint }: { form: Form<V>; name: keyof V & string; label: string; hint?: string }): JSX.Element {
  const id = form.id + name;
  return (
    <div class="field">
      <label class="check" for={id}>
        <input id={id} type="checkbox" checked={form.values[name] === true} aria-describedby={hint ? id + 'hint' : undefined}
          onChange={(e) => form.set({ [name]: (e.target as HTMLInputElement).checked } as Partial<V>)} />
        <span>{label}</span>
      </label>
      {hint && <p class="hint" id={id + 'hint'}>{hint}</p>}
    </div>
  );
}
