// What the rules refuse, an officer may allow: with a reason, which is logged. Forms ask for it once the server did.

import type { JSX } from 'preact';
import { useState } from 'preact/hooks';
import { Problem } from '../kit/api';
import { Field, type Form } from '../kit/form';
import { words } from './lesson-words';

export interface Override {
  isAsked: boolean;
  required: 'override'[];
  /** Passes on what came of it, and takes notice when a reason is wanted. */
  heed<T>(sent: Promise<T>): Promise<T>;
}

export function useOverride(): Override {
  const [isAsked, ask] = useState(false);
  const heed = async <T,>(sent: Promise<T>): Promise<T> => {
    try {
      return await sent;
    } catch (e) {
      if (e instanceof Problem && e.code === 'needs_override') ask(true);
      throw e;
    }
  };
  return { isAsked, required: isAsked ? ['override'] : [], heed };
}

/** What goes to the server. */
export const reasonOf = (values: { override: string }): { override?: string } => (values.override.trim() ? { override: values.override.trim() } : {});

export function OverrideField<V extends { override: string } & Record<string, string | boolean>>({ form, of }: { form: Form<V>; of: Override }): JSX.Element | null {
  const w = words();
  return of.isAsked ? <Field form={form} name="override" label={w.override} hint={w.overrideHint} maxLength={80} takesFocus /> : null;
}
